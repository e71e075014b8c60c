//! Sweeps: look, begin a round, enqueue again; after two rounds, settle what is left. Of a reported run, take the marks off.

use std::collections::VecDeque;

use feeds::{Outcome, Settlement};
use ledger::{Error, GiveBack, Mark, Progress, RowClaim, Run, RunState};

use crate::plan::Choice;
use crate::world::{World, file};

/// How far a sweep has come.
#[derive(Default)]
pub(crate) enum Sweep {
    #[default]
    Idle,
    /// In the middle of a call.
    Busy,
    /// Its view may be out of date when it goes on.
    Looked(Box<Run>, Progress),
    Settling(Box<Run>, VecDeque<u32>),
    Marked(Box<Run>, Vec<Mark>),
    LookedAtMarked(Box<Run>, Progress, Vec<Mark>),
}

impl World {
    /// One step of a sweep.
    pub(crate) async fn sweep(&self, number: usize, choice: Choice) -> Result<(), Error> {
        let next = match self.sweeps[number].replace(Sweep::Busy) {
            Sweep::Busy => return Ok(()),
            Sweep::Idle => self.look_at_run(choice).await?,
            Sweep::Looked(run, progress) => self.begin_round(run, &progress).await?,
            Sweep::Settling(run, mut rows) => match rows.pop_front() {
                Some(row) => {
                    self.settle_open(&run, row).await?;
                    Sweep::Settling(run, rows)
                }
                None => Sweep::Idle,
            },
            Sweep::Marked(run, marks) => {
                let run = self.run(&run.id).await?;
                let progress = self.fixture.ledger.progress(&run).await?;
                Sweep::LookedAtMarked(Box::new(run), progress, marks)
            }
            Sweep::LookedAtMarked(run, progress, marks) => {
                self.fixture.ledger.unmark(&run, &progress, &marks).await?;
                Sweep::Idle
            }
        };
        self.sweeps[number].replace(next);
        Ok(())
    }

    async fn look_at_run(&self, choice: Choice) -> Result<Sweep, Error> {
        let run = self.fixture.ledger.run(&file(usize::from(choice / 8)).id()).await?;
        let Some(run) = run else { return Ok(Sweep::Idle) };
        if run.state == RunState::Reported {
            let marks = self.fixture.ledger.marked_runs(run.feed).await?.remove(&run.id);
            return Ok(marks.map_or(Sweep::Idle, |marks| Sweep::Marked(Box::new(run), marks)));
        }
        if run.state != RunState::Posting {
            return Ok(Sweep::Idle);
        }
        let progress = self.fixture.ledger.progress(&run).await?;
        Ok(Sweep::Looked(Box::new(run), progress))
    }

    async fn begin_round(&self, run: Box<Run>, progress: &Progress) -> Result<Sweep, Error> {
        let Some(round) = self.fixture.ledger.begin_sweep(&run, progress).await? else { return Ok(Sweep::Idle) };
        self.has_won(format!("the round after {} of {:?} of {}", run.sweep_rounds, run.swept_at, run.id));
        let mut open = self.fixture.ledger.open_rows(&run);
        if round <= 2 {
            self.enqueue(&run, &mut open).await?;
            return Ok(Sweep::Idle);
        }
        let mut rows = VecDeque::new();
        while let Some(open) = open.next().await? {
            rows.push_back(open.row);
        }
        Ok(Sweep::Settling(run, rows))
    }

    /// Gives an open row that nobody holds its last outcome.
    async fn settle_open(&self, run: &Run, row: u32) -> Result<(), Error> {
        let claim = self.fixture.ledger.claim_row(run, row, self.fixture.until()).await?;
        let RowClaim::Mine(row) = claim else { return Ok(()) };
        self.observe().await;
        if row.record.settlement.is_some() {
            return row.give_back(GiveBack::Untouched).await;
        }
        let outcome = if row.record.may_have_been_sent { Outcome::Uncertain } else { Outcome::DeadLettered };
        row.settle(Settlement::new(outcome)).await
    }
}
