//! Secrets, read from SSM by name at cold start: never in the environment, never printed.

use std::time::Duration;

use aws_sdk_ssm::error::SdkError;
use secrecy::SecretString;

/// How long SSM is waited for, repeats included: Lambda gives a function 10 s to start.
const WAIT: Duration = Duration::from_secs(6);

/// A secret that could not be read, or is blank. Names the parameter, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("the parameter {0} {1}")]
pub struct SecretError(String, String);

/// Reads secrets from SSM.
#[derive(Clone, Debug)]
pub struct Secrets {
    ssm: aws_sdk_ssm::Client,
}

impl Secrets {
    /// Reads through this client.
    pub fn new(ssm: aws_sdk_ssm::Client) -> Self {
        Self { ssm }
    }

    /// The decrypted value of a parameter.
    pub async fn read(&self, name: &str) -> Result<SecretString, SecretError> {
        let error = |problem| SecretError(name.to_owned(), problem);
        let unreadable = |reason: &str| {
            error(format!(
                "could not be read from SSM ({reason}): check that it exists and that the function's role may read and \
                 decrypt it"
            ))
        };
        let asked = tokio::time::timeout(WAIT, self.ssm.get_parameter().name(name).with_decryption(true).send()).await;
        let answer = asked.map_err(|_| unreadable(&format!("no answer within {} s", WAIT.as_secs())))?;
        let answer = answer.map_err(|error| match &error {
            SdkError::ServiceError(service) => unreadable(service.err().meta().code().unwrap_or("unknown error")),
            SdkError::TimeoutError(_) => unreadable("no answer in time"),
            _ => unreadable("no connection, or no credentials to sign with"),
        })?;
        let value = answer.parameter.and_then(|parameter| parameter.value).unwrap_or_default();
        if value.trim().is_empty() {
            return Err(error("is empty: write the secret into it".to_owned()));
        }
        Ok(SecretString::from(value.trim().to_owned()))
    }
}
