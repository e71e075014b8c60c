//! The Here to Help API and its key, and this computer's clock.

use std::num::NonZeroU32;
use std::time::Duration;

use aws::secrets::Secrets;
use chrono::{DateTime, Utc};
use here_to_help::{Client, Kind, Pace, Settings};
use tokio::time::Instant;

use super::Line;
use super::functions::Functions;
use crate::place::Pipeline;

/// How long the API is waited for.
const PATIENCE: Duration = Duration::from_secs(40);
/// AWS refuses what is signed with a clock that is five minutes wrong.
const MOST_OFF: i64 = 120;

const SETTING: &str = "HERE_TO_HELP_BASE_URL";

pub(super) async fn check(pipeline: &Pipeline, functions: &Functions) -> Vec<Line> {
    const WHAT: &str = "Here to Help";
    let (Some(url), Some(parameter)) =
        (functions.setting(SETTING), functions.setting("HERE_TO_HELP_API_KEY_PARAMETER"))
    else {
        return vec![Line::problem(WHAT, "the poster is not told its address and key", "Deploy infra.")];
    };
    let key = match Secrets::new(pipeline.ssm.clone()).read(parameter).await {
        Ok(key) => key,
        Err(error) => return vec![Line::problem(WHAT, error.to_string(), WRITE_KEY)],
    };
    let client = match Client::new(&Settings::new(url, key), Pace::share(NonZeroU32::MIN, NonZeroU32::MIN)) {
        Ok(client) => client,
        Err(error) => {
            return vec![Line::problem(WHAT, format!("{:#}", anyhow::Error::new(error)), "Correct the parameter.")];
        }
    };
    vec![match client.invocation(Instant::now() + PATIENCE).probe().await {
        Ok(()) => Line::ok(WHAT, format!("{url} answers, and takes the key")),
        Err(error) => {
            let to_do = to_do(error.kind());
            Line::problem(WHAT, format!("{url}: {:#}", anyhow::Error::new(error)), to_do)
        }
    }]
}

const WRITE_KEY: &str = "Write the right key with `h2h key`.";

/// What helps against an answer of this kind.
fn to_do(kind: Kind) -> &'static str {
    match kind {
        Kind::Forbidden => WRITE_KEY,
        _ => "Ask those who run Here to Help. Nothing is lost meanwhile: rows wait, and posting goes on by itself.",
    }
}

/// The time here against that of the API's answer.
pub(super) async fn clock(functions: &Functions) -> Vec<Line> {
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
        off if off.abs() <= MOST_OFF => Line::ok(WHAT, format!("within {MOST_OFF} s of Here to Help's")),
        off => Line::problem(
            WHAT,
            format!("{} s off Here to Help's", off.abs()),
            "Set it by a time server: AWS refuses what is signed at a wrong time.",
        ),
    }]
}
