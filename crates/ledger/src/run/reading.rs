//! A run that is being read: rows go into the ledger, and nothing is enqueued yet.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use feeds::{FileProblem, Header, Outcome};
use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt, stream};

use super::split_lease::SplitLease;
use crate::dynamo::batch::WRITES;
use crate::dynamo::{Item, Update, VERSION, structured, write};
use crate::keys::{Key, MAX_ROW, lane_of};
use crate::lists::run_keys;
use crate::{Checkpoint, Enqueueing, Error, NewRow, Result, Run, RunState};

/// How many batches of rows are written at once.
const BATCHES_AT_ONCE: usize = 4;
/// The largest header, or list of problems, that a run item takes, in bytes. DynamoDB's limit for the item is 400 KB.
const LARGEST_PART: usize = 300 * 1024;

/// A splitter's claim on a run that is being read.
#[must_use = "release it, or nobody can go on before it expires"]
#[derive(Debug)]
pub struct Reading {
    lease: SplitLease,
}

impl Reading {
    pub(crate) fn new(lease: SplitLease) -> Self {
        Self { lease }
    }

    /// The run as it now stands.
    pub fn run(&self) -> &Run {
        &self.lease.run
    }

    /// Notes the header that was found. Where it is [too large](Error::TooLarge), reject the file.
    pub async fn set_header(&mut self, header: &Header) -> Result<()> {
        self.check_size("the header", header.columns.iter().map(String::len).sum())?;
        self.lease.write("noting the header", Update::new().set("header", structured(header))).await
    }

    /// Ledgers rows, then moves the checkpoint: `rows` are those between the last checkpoint and this one, in the
    /// sheet's order (none, where all were blank). What a crash left behind the checkpoint is written again.
    ///
    /// # Errors
    /// [`Error::TooLarge`] and [`Error::OutOfOrder`], before anything is written.
    pub async fn record(&mut self, rows: &[NewRow], checkpoint: Checkpoint) -> Result<()> {
        self.check_rows(rows, &checkpoint)?;
        self.put(rows).await?;
        let run = self.run();
        let rows_read = run.rows_read + rows.len() as u64;
        let mut settled = run.settled_at_split.clone();
        for outcome in rows.iter().filter_map(|row| row.settlement.as_ref().map(|settlement| settlement.outcome)) {
            *settled.entry(outcome).or_default() += 1;
        }
        let mut to_post = run.to_post.clone();
        for row in rows.iter().filter(|row| row.settlement.is_none()) {
            *to_post.entry(lane_of(row.row, run.lanes)).or_default() += 1;
        }
        // Totals, not increments, so that the write is idempotent.
        let update = Update::new()
            .set("rows_read", rows_read)
            .set("settled_at_split", structured(&settled))
            .set("to_post", structured(&to_post))
            .set("checkpoint", structured(&checkpoint));
        self.lease.write("moving the checkpoint", update).await
    }

    /// Begins again, for a file that changed while it was read: header, checkpoint and counts are dropped, and the rows
    /// of this reading will never be enqueued, counted or reported.
    pub async fn start_over(&mut self, file_modified: DateTime<Utc>) -> Result<()> {
        let nothing: BTreeMap<Outcome, u64> = BTreeMap::new();
        let update = Update::new()
            .set("reading", self.run().generation + 1)
            .set("file_modified", file_modified.trunc_subsecs(3))
            .set("rows_read", 0u64)
            .set("settled_at_split", structured(&nothing))
            .set("to_post", structured(&nothing))
            .remove("checkpoint")
            .remove("header");
        self.lease.write("starting over", update).await
    }

    /// The file is read whole and has not changed: its rows may be enqueued.
    pub async fn read_whole(mut self) -> Result<Enqueueing> {
        self.open_lanes().await?;
        let update = Update::new().set("state", RunState::Enqueueing.as_str());
        self.lease.write("ending the reading", update).await?;
        Ok(Enqueueing::new(self.lease))
    }

    /// The file cannot be ingested; a summary is owed that says why. Problems quote no cell below the header, and may be
    /// [too large](Error::TooLarge).
    pub async fn reject(self, problems: &[FileProblem]) -> Result<()> {
        let size = problems.iter().map(|problem| problem.problem.len() + problem.how_to_fix.len()).sum();
        self.check_size("the list of its problems", size)?;
        let update = Update::new()
            .set("state", RunState::Rejected.as_str())
            .set("problems", structured(problems))
            .set("split_at", self.lease.ledger.now());
        self.lease.write_and_release("rejecting the file", update).await.map(drop)
    }

    /// Gives the run up for newer content of the file. No summary is owed. Where this content is there again,
    /// [`Ledger::claim_run`](crate::Ledger::claim_run) begins anew.
    pub async fn supersede(self) -> Result<()> {
        let update = Update::new()
            .set_all(run_keys(self.run(), false))
            .set("state", RunState::Superseded.as_str())
            .set("split_at", self.lease.ledger.now());
        self.lease.write_and_release("giving the run up for newer content", update).await.map(drop)
    }

    /// Gives the claim back, so that the next splitter can go on at once.
    pub async fn release(self) -> Result<()> {
        self.lease.write_and_release("releasing the run", Update::new()).await.map(drop)
    }

    /// Writes into each lane's progress how many rows it is to settle: the write that settles the last of them is then told
    /// from the others, and the stream calls the reporter for it alone. None has settled yet: so it may be written again, and a
    /// writer whose call arrives late changes nothing.
    async fn open_lanes(&self) -> Result<()> {
        self.lease.check_time()?;
        let run = self.run();
        let writes = run.to_post.iter().map(|(lane, rows)| async move {
            let update = Update::new()
                .set("v", VERSION)
                .set("open", *rows)
                .set("reading", run.generation)
                .when("attribute_not_exists(#settled_at)")
                .when("attribute_not_exists(#reading) OR #reading <= :generation")
                .bind("generation", run.generation);
            self.lease.ledger.update("opening a lane", &Key::progress(&run.id, *lane), update).await.map(drop)
        });
        try_join_all(writes).await.map(drop)
    }

    fn check_rows(&self, rows: &[NewRow], checkpoint: &Checkpoint) -> Result<()> {
        let mut after = self.run().checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.last_row);
        for row in rows {
            if row.row <= after {
                return Err(Error::OutOfOrder(row.row, after));
            }
            if row.row > MAX_ROW || !row.fits() {
                return Err(Error::TooLarge(format!("row {} of run {}", row.row, self.run().id)));
            }
            after = row.row;
        }
        if checkpoint.last_row < after {
            return Err(Error::OutOfOrder(checkpoint.last_row, after));
        }
        Ok(())
    }

    /// Writes the rows, whatever is there: only rows beyond the checkpoint, which nobody but a splitter has seen.
    async fn put(&self, rows: &[NewRow]) -> Result<()> {
        let batches = stream::iter(rows.chunks(WRITES)).map(|rows| async move {
            self.lease.check_time()?;
            let items = rows.iter().map(|row| self.item(row)).collect::<Result<Vec<_>>>()?;
            self.lease.ledger.put_all("ledgering rows", items).await
        });
        batches.buffer_unordered(BATCHES_AT_ONCE).try_collect().await
    }

    fn item(&self, row: &NewRow) -> Result<Item> {
        let run = self.run();
        let key = Key::row(&run.id, run.lanes, row.row);
        let mut item = write("a row", &row.record(run.generation, self.lease.ledger.now()))?;
        item.extend(key.item());
        Ok(item)
    }

    fn check_size(&self, part: &str, size: usize) -> Result<()> {
        let too_large = || Error::TooLarge(format!("{part} of run {}", self.run().id));
        if size > LARGEST_PART { Err(too_large()) } else { Ok(()) }
    }
}
