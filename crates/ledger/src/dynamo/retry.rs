//! Which of DynamoDB's errors may pass, and how long we wait for that.

use std::future::Future;
use std::time::Duration;

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use manners::Waits;

use crate::{Error, Result};

/// Codes of errors that pass: too much at once, a write that meets a transaction, a fault on their side.
const PASSING: [&str; 8] = [
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// Waits that grow with jitter, for 15 s in all. (The SDK itself retries each call a few times before.)
pub(crate) fn waits() -> Waits {
    Waits::new(Duration::from_millis(20), Duration::from_secs(1), 0.5).ending_after(Duration::from_secs(15))
}

/// Makes a call whose errors are those of [`passes`].
pub(crate) async fn send<T, E, F>(operation: &'static str, make: impl FnMut() -> F) -> Result<T>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    call(passes, make).await.map_err(|failed| error(operation, &failed))
}

/// Makes a call until it succeeds, fails for good, or the waits are over. A call may have been made although its answer
/// was lost: the caller must recognise what it did itself.
pub(crate) async fn call<T, E, F>(
    passes: impl Fn(&SdkError<E>) -> bool,
    mut make: impl FnMut() -> F,
) -> Result<T, SdkError<E>>
where
    F: Future<Output = Result<T, SdkError<E>>>,
{
    let mut waits = waits();
    loop {
        match make().await {
            Err(error) if passes(&error) => match waits.next_wait() {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            },
            made => return made,
        }
    }
}

/// True for an error that may pass by itself.
pub(crate) fn passes<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or_default();
            PASSING.contains(&code) || answer.raw().status().is_server_error()
        }
        _ => false,
    }
}

pub(crate) fn error<E: ProvideErrorMetadata>(operation: &'static str, error: &SdkError<E>) -> Error {
    failed(operation, passes(error), cause(error))
}

/// A call that failed, for now or for good.
pub(crate) fn failed(operation: &'static str, may_pass: bool, cause: String) -> Error {
    if may_pass { Error::Unavailable(operation, cause) } else { Error::Refused(operation, cause) }
}

/// A request, unless the SDK finds it incomplete.
pub(crate) fn built<T>(request: Result<T, BuildError>) -> Result<T> {
    request.map_err(|_| Error::Refused("a request", "incomplete request".to_owned()))
}

/// The cause without anything that could quote an item: DynamoDB's messages do, and so does the SDK's `Debug`.
pub(crate) fn cause<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    match error {
        SdkError::ServiceError(answer) => match answer.err().code() {
            Some(code) => code.to_owned(),
            None => format!("status {}", answer.raw().status().as_u16()),
        },
        SdkError::TimeoutError(_) => "timeout".to_owned(),
        SdkError::DispatchFailure(_) => "no connection".to_owned(),
        SdkError::ResponseError(_) => "an answer that cannot be read".to_owned(),
        _ => "the request could not be made".to_owned(),
    }
}
