//! The Here to Help API and its key, and this computer's clock.

use std::time::Duration;

use aws::secrets::Secrets;
use here_to_help::{Kind, Settings};

use super::check::Check;
use super::functions::Functions;
use crate::command_prelude::*;
use crate::probe::probe;

/// AWS refuses what is signed with a clock that is five minutes wrong.
const MOST_OFF: i64 = 120;

const SETTING: &str = "HERE_TO_HELP_BASE_URL";
const WRITE_KEY: &str = "Write the right key with `h2h key`.";

pub(super) async fn check(environment: &Environment, functions: &Functions) -> Vec<Check> {
    let (Some(url), Some(parameter)) =
        (functions.poster.setting(SETTING), functions.poster.setting("HERE_TO_HELP_API_KEY_PARAMETER"))
    else {
        return vec![Check::problem("Here to Help", "the poster is not told its address and key", "Deploy infra.")];
    };
    let answer = match Secrets::new(environment.clients.ssm.clone()).read(parameter).await {
        Ok(key) => probe(&Settings::new(url, key)).await,
        Err(error) => return vec![Check::problem("Here to Help", error.to_string(), WRITE_KEY)],
    };
    let (problem, to_do) = match answer {
        Ok(Ok(())) => return vec![Check::ok("Here to Help", format!("{url} answers, and takes the key"))],
        Ok(Err(error)) if error.kind() == Kind::Forbidden => {
            (anyhow::Error::new(error).context(url.to_owned()), WRITE_KEY)
        }
        Ok(Err(error)) => (
            anyhow::Error::new(error).context(url.to_owned()),
            "Ask those who run Here to Help. Nothing is lost meanwhile: rows wait, and posting goes on by itself.",
        ),
        Err(error) => (error.into(), "Correct the parameter."),
    };
    vec![Check::problem("Here to Help", format!("{problem:#}"), to_do)]
}

/// The time here against that of the API's answer.
pub(super) async fn clock(functions: &Functions) -> Vec<Check> {
    let Some(url) = functions.poster.setting(SETTING) else { return Vec::new() };
    let asked = reqwest::Client::new().get(url).timeout(Duration::from_secs(10)).send().await;
    let told = asked.ok().and_then(|answer| {
        let date = answer.headers().get(reqwest::header::DATE)?.to_str().ok()?;
        DateTime::parse_from_rfc2822(date).ok()
    });
    // Where nobody answers, the line before says so.
    let Some(told) = told else { return Vec::new() };
    let off = (Utc::now() - told.to_utc()).num_seconds().abs();
    let (ok, problem) = (format!("within {MOST_OFF} s of Here to Help's"), format!("{off} s off Here to Help's"));
    let to_do = "Set it by a time server: AWS refuses what is signed at a wrong time.";
    vec![Check::that(off <= MOST_OFF, "this computer's clock", ok, &problem, to_do)]
}
