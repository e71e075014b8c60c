//! Google's refusals, read into errors (docs/contract/google-drive.md, Errors).

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{Response, StatusCode, header::RETRY_AFTER};
use serde_json::Value;

use crate::{
    error::{Error, Subject},
    http::body,
};

/// What is read of a refusal at most.
const LIMIT: usize = 64 * 1024;

/// The reasons of a 403 that only say "slower"; every other 403 stays one however often it is asked.
const RATE_LIMITS: [&str; 2] = ["rateLimitExceeded", "userRateLimitExceeded"];

/// The reasons of a 403 that mean: the API is not switched on.
const DISABLED: [&str; 2] = ["accessNotConfigured", "SERVICE_DISABLED"];

/// The error that a refusal stands for. `account` is who was refused.
pub(crate) async fn failure(response: Response, subject: &Subject, account: &str) -> Error {
    let status = response.status();
    let retry_after = retry_after(&response, Utc::now());
    let answer = body(response, subject, LIMIT).await.unwrap_or_default();
    classify(status, reason(&answer), retry_after, subject.clone(), account.to_owned())
}

fn classify(
    status: StatusCode,
    reason: String,
    retry_after: Option<Duration>,
    subject: Subject,
    account: String,
) -> Error {
    let rate_limited = status == StatusCode::TOO_MANY_REQUESTS
        || (status == StatusCode::FORBIDDEN && RATE_LIMITS.contains(&reason.as_str()));
    match status {
        _ if rate_limited || status.is_server_error() => {
            Error::Busy { subject, status: status.as_u16(), reason, retry_after }
        }
        StatusCode::UNAUTHORIZED => Error::SignIn { account, reason },
        StatusCode::NOT_FOUND => Error::NotFound { subject, account },
        StatusCode::FORBIDDEN if reason == "storageQuotaExceeded" => Error::NoStorage { subject, account },
        StatusCode::FORBIDDEN if DISABLED.contains(&reason.as_str()) => Error::ApiDisabled { account, reason },
        StatusCode::FORBIDDEN => Error::Forbidden { subject, account, reason },
        _ => Error::Refused { subject, status: status.as_u16(), reason },
    }
}

/// Google's word for the refusal: Drive's `errors[].reason`, else Sheets' `details[].reason` or `status`, else
/// OAuth's `error`. Google's sentences are not taken: they may repeat what was sent.
pub(crate) fn reason(answer: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let error = &answer["error"];
    let of_details = || error["details"].as_array()?.iter().find_map(|detail| detail["reason"].as_str());
    let word = error["errors"][0]["reason"]
        .as_str()
        .or_else(of_details)
        .or_else(|| error["status"].as_str())
        .or_else(|| error.as_str())
        .unwrap_or_default();
    let is_word = !word.is_empty()
        && word.len() <= 64
        && word.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
    if is_word { word.to_owned() } else { "no reason given".to_owned() }
}

/// `Retry-After` in either of its forms: seconds, or the instant to wait for.
fn retry_after(response: &Response, now: DateTime<Utc>) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => (DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now).to_std().ok(),
    }
}
