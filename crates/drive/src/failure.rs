//! Google's answers: their bodies, and refusals read into errors (docs/contract/google-drive.md, Errors).

use std::time::SystemTime;

use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, Refusal, Subject};

/// The bytes that are read of a refusal at most, and of a token.
pub(crate) const LIMIT: usize = 64 * 1024;

/// The whole body of an answer, if it is not larger than `limit` bytes.
async fn body(response: Response, subject: &Subject, limit: usize) -> Result<Vec<u8>, Error> {
    let body = manners::body(response, limit).await.map_err(|error| Error::connection(subject, error))?;
    body.ok_or_else(|| Error::AnswerTooLarge(subject.clone(), limit))
}

/// An answer of JSON, and how many bytes it had.
pub(crate) async fn json<T: DeserializeOwned>(
    response: Response,
    subject: &Subject,
    limit: usize,
) -> Result<(T, usize), Error> {
    let body = body(response, subject, limit).await?;
    // serde's own message would repeat what it read: a cell.
    let answer = serde_json::from_slice(&body).map_err(|_| Error::Unreadable(subject.clone()))?;
    Ok((answer, body.len()))
}

/// The error that a refusal stands for. `account` is who was refused.
pub(crate) async fn failure(response: Response, subject: &Subject, account: &str) -> Error {
    let status = response.status();
    let retry_after = manners::retry_after(response.headers(), SystemTime::now());
    let reason = reason(&body(response, subject, LIMIT).await.unwrap_or_default());
    let refusal = Refusal::new(subject, account, status, &reason);
    match (status, reason.as_str()) {
        // It only says "slower"; every other 403 stays one however often it is asked.
        (StatusCode::FORBIDDEN, "rateLimitExceeded" | "userRateLimitExceeded") => Error::Busy(refusal, retry_after),
        (StatusCode::FORBIDDEN, "storageQuotaExceeded") => Error::NoStorage(refusal),
        (StatusCode::FORBIDDEN, "accessNotConfigured" | "SERVICE_DISABLED") => Error::ApiDisabled(refusal),
        (StatusCode::FORBIDDEN, _) => Error::Forbidden(refusal),
        (StatusCode::UNAUTHORIZED, _) => Error::SignIn(refusal.account, refusal.reason),
        (StatusCode::NOT_FOUND, _) => Error::NotFound(refusal),
        _ if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => Error::Busy(refusal, retry_after),
        _ => Error::Refused(refusal),
    }
}

/// Google's word for the refusal: Drive's `errors[].reason`, else Sheets' `details[].reason` or `status`, else
/// OAuth's `error`. Google's sentences are not taken: they may repeat what was sent.
fn reason(answer: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let error = &answer["error"];
    let of_details = || error["details"].as_array()?.iter().find_map(|detail| detail["reason"].as_str());
    let word = error["errors"][0]["reason"]
        .as_str()
        .or_else(of_details)
        .or_else(|| error["status"].as_str())
        .or_else(|| error.as_str())
        .unwrap_or_default();
    let is_of_words = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let is_word = (1..=64).contains(&word.len()) && word.chars().all(is_of_words);
    if is_word { word.to_owned() } else { "no reason given".to_owned() }
}
