//! Splitters: claim, read, enqueue.

use chrono::{DateTime, Utc};
use feeds::FileProblem;
use ledger::{Enqueueing, Error, Reading, RowId, RunClaim, RunId, RunState};

use crate::plan::Choice;
use crate::support::{checkpoint, header};
use crate::world::{World, file, sheet};

/// How far a splitter has come.
#[derive(Default)]
pub(crate) enum Splitter {
    #[default]
    Idle,
    /// In the middle of a call.
    Busy,
    Reading(Box<Reading>, DateTime<Utc>),
    Enqueueing(Box<Enqueueing>, DateTime<Utc>),
}

impl Splitter {
    /// The run that it splits.
    pub(crate) fn run(&self) -> Option<&RunId> {
        match self {
            Self::Reading(reading, _) => Some(&reading.run().id),
            Self::Enqueueing(enqueueing, _) => Some(&enqueueing.run().id),
            Self::Idle | Self::Busy => None,
        }
    }

    pub(crate) fn until(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Reading(_, until) | Self::Enqueueing(_, until) => Some(*until),
            Self::Idle | Self::Busy => None,
        }
    }
}

impl World {
    /// One step of a splitter.
    pub(crate) async fn split(&self, number: usize, choice: Choice) -> Result<(), Error> {
        let next = match self.splitters[number].replace(Splitter::Busy) {
            Splitter::Busy => return Ok(()),
            Splitter::Idle => self.claim_file(choice).await?,
            Splitter::Reading(reading, until) => {
                let next = self.read_on(*reading, until, choice).await?;
                self.was_in_time(until);
                next
            }
            Splitter::Enqueueing(enqueueing, until) => {
                let next = self.enqueue_on(*enqueueing, until, choice).await?;
                self.was_in_time(until);
                next
            }
        };
        self.splitters[number].replace(next);
        Ok(())
    }

    async fn claim_file(&self, choice: Choice) -> Result<Splitter, Error> {
        let new = file(usize::from(choice / 8));
        let (id, until) = (new.id(), self.fixture.until());
        let claim = self.fixture.ledger.claim_run(new, until).await?;
        let seen = self.table.borrow().runs.get(&id).map(|run| (run.run.state, run.owners.split_until));
        let expected = match seen {
            None => "reading",
            Some((RunState::Reading | RunState::Enqueueing, Some(until))) if until > self.now().timestamp_millis() => {
                "held"
            }
            Some((RunState::Reading | RunState::Superseded, _)) => "reading",
            Some((RunState::Enqueueing, _)) => "enqueueing",
            Some(_) => "known",
        };
        let (answer, next) = match claim {
            RunClaim::Reading(reading) => ("reading", Splitter::Reading(reading, until)),
            RunClaim::Enqueueing(enqueueing) => ("enqueueing", Splitter::Enqueueing(enqueueing, until)),
            RunClaim::Held { .. } => ("held", Splitter::Idle),
            RunClaim::Known(_) => ("known", Splitter::Idle),
        };
        assert!(!self.is_alone.get() || answer == expected, "{id}: {answer}, not {expected}");
        if matches!(next, Splitter::Reading(..) | Splitter::Enqueueing(..)) {
            let mut item = self.fixture.direct.item(&format!("RUN#{id}"), "RUN").await.expect("a run");
            self.is_given(item.remove("split_token").and_then(|token| token.as_s().ok().cloned()));
        }
        Ok(next)
    }

    async fn read_on(&self, mut reading: Reading, until: DateTime<Utc>, choice: Choice) -> Result<Splitter, Error> {
        match choice {
            0 => {
                let problem = FileProblem { problem: "no header".to_owned(), how_to_fix: "add one".to_owned() };
                reading.reject(&[problem]).await?;
                return Ok(Splitter::Idle);
            }
            8 => {
                reading.supersede().await?;
                return Ok(Splitter::Idle);
            }
            _ if choice.is_multiple_of(8) => {
                reading.release().await?;
                return Ok(Splitter::Idle);
            }
            _ if choice % 8 == 1 && reading.run().generation < 3 => reading.start_over(self.now()).await?,
            _ if reading.run().header.is_none() => reading.set_header(&header()).await?,
            _ => {
                let after = reading.run().checkpoint.as_ref().map_or(1, |checkpoint| checkpoint.last_row);
                let rows = sheet(&reading.run().id, after, 3);
                match rows.last().map(|row| row.row) {
                    Some(last) => reading.record(&rows, checkpoint(last)).await?,
                    None => return Ok(Splitter::Enqueueing(Box::new(reading.read_whole().await?), until)),
                }
            }
        }
        Ok(Splitter::Reading(Box::new(reading), until))
    }

    async fn enqueue_on(
        &self,
        mut enqueueing: Enqueueing,
        until: DateTime<Utc>,
        choice: Choice,
    ) -> Result<Splitter, Error> {
        if choice.is_multiple_of(8) {
            enqueueing.release().await?;
            return Ok(Splitter::Idle);
        }
        let rows = enqueueing.next_rows(2).await?;
        let Some(last) = rows.last().copied() else {
            enqueueing.all_enqueued().await?;
            return Ok(Splitter::Idle);
        };
        // The messages are sent before the checkpoint: in their time, for a splitter watches its deadline.
        if self.now() < until {
            let run = &enqueueing.run().id;
            let is_whole = self.table.borrow().runs[run].run.state != RunState::Reading;
            assert!(is_whole, "run {run} is enqueued before it is read whole");
            self.queue.borrow_mut().extend(rows.iter().map(|row| RowId { run: run.clone(), row: *row }));
        }
        enqueueing.enqueued_up_to(last, rows.len() as u64).await?;
        Ok(Splitter::Enqueueing(Box::new(enqueueing), until))
    }
}
