//! The Here to Help API and its key, and this computer's clock.

use std::time::Duration;

use aws::secrets::Secrets;
use chrono::{DateTime, Utc};
use here_to_help::{Kind, Settings};

use super::check::Check;
use super::functions::Functions;
use crate::environment::Environment;
use crate::probe::probe;

/// AWS refuses what is signed with a clock that is five minutes wrong.
const MOST_OFF: i64 = 120;

const SETTING: &str = "HERE_TO_HELP_BASE_URL";

pub(super) async fn check(environment: &Environment, functions: &Functions) -> Vec<Check> {
    const WHAT: &str = "Here to Help";
    let (Some(url), Some(parameter)) =
        (functions.setting(SETTING), functions.setting("HERE_TO_HELP_API_KEY_PARAMETER"))
    else {
        return vec![Check::problem(WHAT, "the poster is not told its address and key", "Deploy infra.")];
    };
    let key = match Secrets::new(environment.ssm.clone()).read(parameter).await {
        Ok(key) => key,
        Err(error) => return vec![Check::problem(WHAT, error.to_string(), WRITE_KEY)],
    };
    vec![match probe(&Settings::new(url, key)).await {
        Ok(Ok(())) => Check::ok(WHAT, format!("{url} answers, and takes the key")),
        Ok(Err(error)) => {
            let to_do = to_do(error.kind());
            Check::problem(WHAT, format!("{url}: {:#}", anyhow::Error::new(error)), to_do)
        }
        Err(error) => Check::problem(WHAT, format!("{:#}", anyhow::Error::new(error)), "Correct the parameter."),
    }]
}

const WRITE_KEY: &str = "Write the right key with `h2h key`.";

/// The remedy for an answer of this kind.
fn to_do(kind: Kind) -> &'static str {
    match kind {
        Kind::Forbidden => WRITE_KEY,
        _ => "Ask those who run Here to Help. Nothing is lost meanwhile: rows wait, and posting goes on by itself.",
    }
}

/// The time here against that of the API's answer.
pub(super) async fn clock(functions: &Functions) -> Vec<Check> {
    const WHAT: &str = "this computer's clock";
    let Some(url) = functions.setting(SETTING) else { return Vec::new() };
    let asked = reqwest::Client::new().get(url).timeout(Duration::from_secs(10)).send().await;
    let told = asked.ok().and_then(|answer| {
        let date = answer.headers().get(reqwest::header::DATE)?.to_str().ok()?;
        DateTime::parse_from_rfc2822(date).ok()
    });
    // Where nobody answers, the line before says so.
    let Some(told) = told else { return Vec::new() };
    vec![match (Utc::now() - told.to_utc()).num_seconds() {
        off if off.abs() <= MOST_OFF => Check::ok(WHAT, format!("within {MOST_OFF} s of Here to Help's")),
        off => Check::problem(
            WHAT,
            format!("{} s off Here to Help's", off.abs()),
            "Set it by a time server: AWS refuses what is signed at a wrong time.",
        ),
    }]
}
