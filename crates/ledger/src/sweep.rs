//! What the sweep needs to find and repair runs that stalled.

use chrono::{DateTime, Utc};

use crate::keys::Key;
use crate::lanes::{Lanes, Wanted};
use crate::split_lease::read_run;
use crate::store::Written;
use crate::update::Update;
use crate::{Ledger, Progress, Result, Run, Token, stream};

/// A row that has not settled. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRow {
    /// The row.
    pub row: u32,
    /// Until when a poster has claimed it, if one has; may be past.
    pub claimed_until: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: u32,
}

/// The open rows of a run in order, page by page.
#[derive(Debug)]
pub struct OpenRows {
    rows: Lanes,
}

impl OpenRows {
    /// The next row; none at the end.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn next(&mut self) -> Result<Option<OpenRow>> {
        let row = self.rows.next().await?;
        Ok(row.map(|row| OpenRow { row: row.row, claimed_until: row.claimed_until, attempts: row.attempts }))
    }
}

impl Ledger {
    /// The rows of a run that have not settled, strongly consistent.
    pub fn open_rows(&self, run: &Run) -> OpenRows {
        OpenRows { rows: Lanes::new(self, run, Wanted::Open) }
    }

    /// Begins a round of sweeping a stalled run: its number, counted from 1 since a lane last moved. None if another
    /// sweep was quicker since `run` was read.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn begin_sweep(&self, run: &Run, progress: &Progress) -> Result<Option<u32>> {
        let has_moved = progress.last_settled_at > run.swept_at;
        let round = if has_moved { 1 } else { run.sweep_rounds + 1 };
        let token = Token::random();
        let update = Update::new().set("sweep_rounds", round).set("swept_at", self.now()).set("sweep_token", &token);
        let update = update.set(stream::TAKEN_UP, true);
        let update = match run.swept_at {
            Some(swept_at) => update.when("#swept_at = :seen").bind("seen", swept_at),
            None => update.when("attribute_not_exists(#swept_at)"),
        };
        let update = update.when("#sweep_rounds = :rounds").bind("rounds", run.sweep_rounds);
        match self.update("beginning a sweep", &Key::run(&run.id), update).await? {
            Written::Done(_) => Ok(Some(round)),
            Written::Refused(Some(item)) => {
                let (_, owners) = read_run(&run.id, item)?;
                Ok((owners.sweep_token == Some(token)).then_some(round))
            }
            Written::Refused(None) => Ok(None),
        }
    }
}
