//! How what was measured is printed.

use std::fmt::Display;
use std::io::Write;

use anyhow::Result;
use serde::Serialize;

/// Prints it: in one line for programs, in many for people.
pub(super) fn say(measured: &impl Serialize, json: bool) -> Result<()> {
    let text = if json { serde_json::to_string(measured)? } else { serde_json::to_string_pretty(measured)? };
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// Measures one of these after the other. For people each is printed once it is known, for programs all at the end, as one array.
pub(super) async fn each<T: Copy, L: Serialize + Display>(
    cases: &[T],
    json: bool,
    measure: impl AsyncFn(T) -> Result<L>,
) -> Result<()> {
    let mut lines = Vec::new();
    for case in cases {
        let line = measure(*case).await?;
        if !json {
            writeln!(std::io::stdout(), "{line}")?;
        }
        lines.push(line);
    }
    if json { say(&lines, true) } else { Ok(()) }
}
