//! The state of posting, as it is shown.

use std::fmt;
use std::io::{self, Write};

use anyhow::Context;
use chrono::{DateTime, Utc};
use ledger::{BreakerState, By, CircuitBreaker, Ledger};
use serde::Serialize;

use crate::render::{Report, instant};

#[derive(Serialize)]
pub(crate) struct PostingView {
    pub(crate) posting: BreakerState,
    why: String,
    pub(crate) by: By,
    pub(crate) since: DateTime<Utc>,
}

impl PostingView {
    pub(crate) async fn look(ledger: &Ledger) -> anyhow::Result<Self> {
        ledger.breaker().await.context("cannot look at the circuit breaker").map(Self::of)
    }

    pub(crate) fn of(CircuitBreaker { state, why, by, since, .. }: CircuitBreaker) -> Self {
        Self { posting: state, why, by, since }
    }
}

impl fmt::Display for PostingView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { posting, why, by, since } = self;
        let what = match posting {
            BreakerState::Closed if *by == By::Nobody => return f.write_str("Posting is running."),
            BreakerState::Closed => "running",
            BreakerState::Open => "paused",
            BreakerState::HalfOpen => "being tried with a few rows",
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
