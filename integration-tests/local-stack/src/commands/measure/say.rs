//! How what was measured is printed.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;

/// Prints it: in one line for programs, in many for people.
pub(super) fn say(measured: &impl Serialize, json: bool) -> Result<()> {
    let text = if json { serde_json::to_string(measured)? } else { serde_json::to_string_pretty(measured)? };
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
