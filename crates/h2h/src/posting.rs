//! Whether rows are posted, as it is shown.

use std::fmt;
use std::io::{self, Write};

use anyhow::Context;
use chrono::{DateTime, Utc};
use ledger::{By, Ledger, Posting, Switch};
use serde::Serialize;

use crate::render::{Report, instant};

/// The switch as it stands.
#[derive(Serialize)]
pub(crate) struct PostingView {
    pub(crate) posting: Posting,
    why: String,
    pub(crate) by: By,
    pub(crate) since: DateTime<Utc>,
}

impl PostingView {
    /// Looks at the switch.
    pub(crate) async fn look(ledger: &Ledger) -> anyhow::Result<Self> {
        Ok(ledger.switch().await.context("cannot look at the switch")?.into())
    }
}

impl From<Switch> for PostingView {
    fn from(Switch { posting, why, by, since, .. }: Switch) -> Self {
        Self { posting, why, by, since }
    }
}

/// In a sentence.
impl fmt::Display for PostingView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { posting, why, by, since } = self;
        let what = match posting {
            Posting::Running if *by == By::Nobody => return f.write_str("Posting is running."),
            Posting::Running => "running",
            Posting::Paused => "paused",
            Posting::Trying => "being tried with a few rows",
        };
        let end = if why.ends_with(['.', '?', '!']) { "" } else { "." };
        write!(f, "Posting is {what} since {}, by {by}: {why}{end}", instant(*since))
    }
}

impl Report for PostingView {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{self}")
    }
}
