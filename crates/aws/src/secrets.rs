//! Secrets, read from SSM by name at cold start: never in the environment, never printed.

use std::time::Duration;

use aws_sdk_ssm::error::SdkError;
use secrecy::SecretString;

/// How long SSM is waited for, repeats included: Lambda gives a function 10 s to start.
const WAIT: Duration = Duration::from_secs(6);

/// Why a secret could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// SSM did not give it.
    #[error(
        "the parameter {name} could not be read from SSM ({reason}): check that it exists and that the function's role may read and decrypt it"
    )]
    Unreadable {
        /// The parameter's name.
        name: String,
        /// SSM's error code, or what kept the call from SSM.
        reason: String,
    },
    /// It is there and blank.
    #[error("the parameter {name} is empty: write the secret into it")]
    Empty {
        /// The parameter's name.
        name: String,
    },
}

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
    ///
    /// # Errors
    /// [`SecretError`], which names the parameter.
    pub async fn read(&self, name: &str) -> Result<SecretString, SecretError> {
        let unreadable = |reason| SecretError::Unreadable { name: name.to_owned(), reason };
        let asked = tokio::time::timeout(WAIT, self.ssm.get_parameter().name(name).with_decryption(true).send()).await;
        let answer = asked.map_err(|_| unreadable(format!("no answer within {} s", WAIT.as_secs())))?;
        let answer = answer.map_err(|error| {
            let reason = match &error {
                SdkError::ServiceError(service) => service.err().meta().code().unwrap_or("unknown error"),
                SdkError::TimeoutError(_) => "no answer in time",
                _ => "no connection, or no credentials to sign with",
            };
            unreadable(reason.to_owned())
        })?;
        let value = answer.parameter.and_then(|parameter| parameter.value).unwrap_or_default();
        if value.trim().is_empty() {
            return Err(SecretError::Empty { name: name.to_owned() });
        }
        Ok(SecretString::from(value.trim().to_owned()))
    }
}
