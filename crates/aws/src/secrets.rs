//! Secrets, kept in SSM and read by name at cold start: never in the environment, never printed.

use std::time::Duration;

use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ssm::types::ParameterType;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

/// How long SSM is waited for, repeats included: Lambda gives a function 10 s to start.
const WAIT: Duration = Duration::from_secs(6);

/// SSM's code where there is no parameter of this name.
const NOT_FOUND: &str = "ParameterNotFound";
/// SSM's codes where somebody else has made it, or is just making it.
const MADE_BY_ANOTHER: [&str; 2] = ["ParameterAlreadyExists", "TooManyUpdates"];

/// Why a secret could not be had.
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
    /// There was none, and SSM did not take the new one.
    #[error(
        "the parameter {name} does not exist and could not be made in SSM ({reason}): check that the function's role may put it, or put a random secret there"
    )]
    NotMade {
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

impl SecretError {
    /// True if there is no parameter of this name.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Unreadable { reason, .. } if reason == NOT_FOUND)
    }
}

/// Reads secrets from SSM, and makes those that no person has to know.
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
        in_time(name, self.get(name)).await
    }

    /// The decrypted value of a parameter; where there is none, a random secret is made first. Of many who ask at once
    /// one makes it, and all get the same.
    ///
    /// # Errors
    /// [`SecretError`], which names the parameter. Where it could not be read for another reason than that it does not
    /// exist, none is made.
    pub async fn read_or_make(&self, name: &str) -> Result<SecretString, SecretError> {
        let read_or_made = async {
            match self.get(name).await {
                Err(error) if error.is_not_found() => {
                    self.make(name).await?;
                    // Read back: another may have been faster.
                    self.get(name).await
                }
                read => read,
            }
        };
        in_time(name, read_or_made).await
    }

    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        let asked = self.ssm.get_parameter().name(name).with_decryption(true).send();
        let answer = asked.await.map_err(|error| unreadable(name, reason(&error)))?;
        let value = answer.parameter.and_then(|parameter| parameter.value).unwrap_or_default();
        if value.trim().is_empty() {
            return Err(SecretError::Empty { name: name.to_owned() });
        }
        Ok(SecretString::from(value.trim().to_owned()))
    }

    /// Makes the parameter, or leaves the one that has come to be.
    async fn make(&self, name: &str) -> Result<(), SecretError> {
        let secret = SecretString::from(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
        let request = self.ssm.put_parameter().name(name).value(secret.expose_secret());
        // Never over one that is there: others work with it already.
        match request.r#type(ParameterType::SecureString).overwrite(false).send().await {
            Ok(_) => Ok(()),
            Err(error) => match reason(&error) {
                reason if MADE_BY_ANOTHER.contains(&reason) => Ok(()),
                reason => Err(SecretError::NotMade { name: name.to_owned(), reason: reason.to_owned() }),
            },
        }
    }
}

/// What comes of it within the time that SSM is waited for.
async fn in_time<T>(name: &str, asked: impl Future<Output = Result<T, SecretError>>) -> Result<T, SecretError> {
    let waited = tokio::time::timeout(WAIT, asked).await;
    waited.unwrap_or_else(|_| Err(unreadable(name, &format!("no answer within {} s", WAIT.as_secs()))))
}

fn unreadable(name: &str, reason: &str) -> SecretError {
    SecretError::Unreadable { name: name.to_owned(), reason: reason.to_owned() }
}

/// SSM's error code, or what kept the call from SSM.
fn reason<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> &str {
    match error {
        SdkError::ServiceError(service) => service.err().code().unwrap_or("unknown error"),
        SdkError::TimeoutError(_) => "no answer in time",
        _ => "no connection, or no credentials to sign with",
    }
}
