//! Redrive: dead rows are sent to the posters again, and their messages are taken off the dead-letter queue.
//!
//! The order is what makes it safe to interrupt: **every pointer is in the rows queue before any dead letter goes.**
//! Started again, it sends those rows again that are dead still (a pointer that is there twice is harmless: one poster
//! claims the row, the other finds it settled), and takes off the dead letters that are left. A row whose outcome has
//! moved meanwhile is not listed any more, and its dead letter is stale.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::num::NonZeroU32;
use std::time::Duration;

use aws::queue::{BATCH, Queue};
use chrono::{DateTime, Utc};
use feeds::Outcome;
use ledger::{Clock, Ledger, MessageError, RowId, RowMessage, Run, RunId, RunState, Standing};
use serde::Serialize;

use crate::Result;
use crate::dead::{Dead, DeadList, Selection, Unreadable};
use crate::dead_letter_queue::{DeadLetter, DeadLetterQueue};

/// Redrives dead rows.
#[derive(Clone)]
pub struct Redriver<Q> {
    /// Runs and rows.
    pub ledger: Ledger,
    /// Where the posters get their rows from.
    pub rows: Q,
    /// Where the dead letters lie.
    pub letters: DeadLetterQueue,
    /// The clock.
    pub clock: Clock,
}

/// The plan of a redrive.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The rows to send again, each once.
    pub rows: Vec<Dead>,
    /// Rows of the selection that no redrive helps: failed ones.
    pub to_correct: Vec<Dead>,
    /// Rows of runs that were cancelled: they are not sent.
    pub cancelled: Vec<Dead>,
    /// Rows that cannot be read here, or whose run cannot: they are not sent.
    pub unreadable: Vec<Unreadable>,
    /// The runs of the others.
    pub runs: BTreeMap<RunId, Run>,
}

/// How far a redrive has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// This many more rows are in the rows queue.
    Sent(u64),
    /// This many more dead letters were looked at.
    LookedAt(u64),
}

/// The result of a redrive; serialised, the counts of dead letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// Rows that were sent again.
    #[serde(skip)]
    pub sent: u64,
    /// Dead letters of these rows that were taken off.
    pub taken_off: u64,
    /// Dead letters of rows that are settled otherwise, or that the ledger does not have any more, taken off too.
    pub stale: u64,
    /// Dead letters of other rows, which stay.
    pub left: u64,
    /// Dead letters that are not row messages of ours, which stay: somebody must look at them.
    pub foreign: u64,
    /// Dead letters that SQS did not delete: start again.
    pub not_deleted: u64,
}

impl<Q: Queue> Redriver<Q> {
    /// Plans a redrive of a selection. Touches nothing.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn plan(&self, selection: &Selection) -> Result<Plan> {
        let DeadList { rows, runs, unreadable } = DeadList::read(&self.ledger, selection).await?;
        let is_cancelled = |dead: &Dead| runs.get(&dead.row.id.run).is_some_and(|run| run.state == RunState::Cancelled);
        let (cancelled, rows): (Vec<Dead>, Vec<Dead>) = rows.into_iter().partition(is_cancelled);
        let (rows, to_correct) = rows.into_iter().partition(Dead::can_be_redriven);
        Ok(Plan { rows, to_correct, cancelled, unreadable, runs })
    }

    /// Sends the rows again, at most so many a second, and takes their dead letters off.
    ///
    /// # Errors
    /// The ledger's and the queues'. Start again with a new plan: it goes on where this one stopped.
    pub async fn redrive(
        &self,
        plan: &Plan,
        rate: Option<NonZeroU32>,
        mut on_step: impl FnMut(Step),
    ) -> Result<Redriven> {
        let began = (self.clock)();
        self.send(&plan.rows, rate, &mut on_step).await?;
        let sent: BTreeSet<RowId> = plan.rows.iter().map(|dead| dead.row.id.clone()).collect();
        let mut redriven = Redriven { sent: plan.rows.len() as u64, ..Redriven::default() };
        self.take_letters_off(&sent, began, &mut redriven, &mut on_step).await?;
        Ok(redriven)
    }

    async fn send(&self, rows: &[Dead], rate: Option<NonZeroU32>, on_step: &mut impl FnMut(Step)) -> Result<()> {
        let at_once = rate.map_or(BATCH, |rate| BATCH.min(rate.get() as usize));
        let mut ticks = rate.map(|rate| {
            let between = Duration::from_secs_f64(at_once as f64 / f64::from(rate.get()));
            let mut ticks = tokio::time::interval(between);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            ticks
        });
        for rows in rows.chunks(at_once) {
            if let Some(ticks) = &mut ticks {
                ticks.tick().await;
            }
            let pointer = |Dead { row, feed }: &Dead| RowMessage { row: row.id.clone(), feed }.body();
            let bodies: Vec<String> = rows.iter().map(pointer).collect();
            self.rows.send(&bodies).await?;
            on_step(Step::Sent(bodies.len() as u64));
        }
        Ok(())
    }

    /// Takes the dead letters off whose rows are settled for good. What stays is visible again at the end.
    ///
    /// # Errors
    /// As [`Redriver::redrive`].
    pub async fn take_stale_letters_off(&self, mut on_step: impl FnMut(Step)) -> Result<Redriven> {
        let mut taken = Redriven::default();
        self.take_letters_off(&BTreeSet::new(), (self.clock)(), &mut taken, &mut on_step).await?;
        Ok(taken)
    }

    /// Goes through the dead-letter queue once. What stays is visible again at the end.
    async fn take_letters_off(
        &self,
        sent: &BTreeSet<RowId>,
        began: DateTime<Utc>,
        redriven: &mut Redriven,
        on_step: &mut impl FnMut(Step),
    ) -> Result<()> {
        let mut kept = Vec::new();
        let mut seen = HashSet::new();
        let mut runs = BTreeMap::new();
        let gone_through = async {
            loop {
                let mut letters = self.letters.receive().await?;
                // All of them are back that were seen and kept: it has been gone through.
                letters.retain(|letter| seen.insert(letter.id.clone()));
                if letters.is_empty() {
                    return Ok(());
                }
                on_step(Step::LookedAt(letters.len() as u64));
                let (mut done_with, mut staying) = (Vec::new(), Vec::new());
                for (letter, fate) in self.fates(letters, sent, began, &mut runs).await? {
                    match fate {
                        Fate::SentAgain => redriven.taken_off += 1,
                        Fate::Stale => redriven.stale += 1,
                        Fate::Stays => redriven.left += 1,
                        Fate::Foreign => redriven.foreign += 1,
                    }
                    match fate {
                        Fate::SentAgain | Fate::Stale => done_with.push(letter),
                        Fate::Stays | Fate::Foreign => staying.push(letter),
                    }
                }
                self.letters.hide(&staying).await;
                kept.append(&mut staying);
                redriven.not_deleted += done_with.len() as u64 - self.letters.delete(&done_with).await?;
            }
        };
        let result = gone_through.await;
        self.letters.make_visible(&kept).await;
        result
    }

    /// The fates of dead letters, by how their rows stand now.
    async fn fates(
        &self,
        letters: Vec<DeadLetter>,
        sent: &BTreeSet<RowId>,
        began: DateTime<Utc>,
        runs: &mut BTreeMap<RunId, Known>,
    ) -> Result<Vec<(DeadLetter, Fate)>> {
        let rows: Vec<_> = letters.iter().map(|letter| letter.row.clone()).collect();
        let new = |id: &&RunId| !runs.contains_key(*id);
        let unknown: BTreeSet<RunId> = rows.iter().flatten().map(|row| &row.run).filter(new).cloned().collect();
        for id in unknown {
            let run = match self.ledger.run(&id).await {
                Ok(run) => run.map_or(Known::NotAtAll, |run| Known::Run(Box::new(run))),
                Err(error) if error.is_unreadable() => Known::ByNewerVersion,
                Err(error) => return Err(error.into()),
            };
            runs.insert(id, run);
        }
        let run_of = |row: &RowId| match runs.get(&row.run) {
            Some(Known::Run(run)) => Some((&**run, row.row)),
            _ => None,
        };
        let is_newer = |row: &RowId| matches!(runs.get(&row.run), Some(Known::ByNewerVersion));
        let known: Vec<(&Run, u32)> = rows.iter().flatten().filter_map(run_of).collect();
        let standings = self.ledger.standings(&known).await?;
        let mut standings = standings.into_iter();
        let fate = |(letter, row): (DeadLetter, std::result::Result<RowId, MessageError>)| {
            let standing = row.as_ref().ok().and_then(run_of).and_then(|_| standings.next());
            let fate = match (row, standing) {
                (Ok(row), Some(standing)) => Fate::of(standing, sent.contains(&row) && letter.sent_at < began),
                (Ok(row), None) if is_newer(&row) => Fate::Stays,
                (Err(MessageError::OtherVersion), _) => Fate::Stays,
                _ => Fate::Foreign,
            };
            (letter, fate)
        };
        Ok(letters.into_iter().zip(rows).map(fate).collect())
    }
}

/// The run of a dead letter, as far as it is known.
enum Known {
    Run(Box<Run>),
    /// It is there, and cannot be read here.
    ByNewerVersion,
    NotAtAll,
}

/// The fate of a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Its row is sent again: it goes.
    SentAgain,
    /// Nothing is left to do for its row: it goes.
    Stale,
    /// Its row is dead and was not sent again, or is under way, or cannot be read: it stays.
    Stays,
    /// No row of ours: it stays.
    Foreign,
}

impl Fate {
    /// `was_sent`: the row was sent again after this dead letter had been. A row that is dead again since has a new
    /// one.
    fn of(standing: Standing, was_sent: bool) -> Self {
        match standing {
            _ if was_sent => Self::SentAgain,
            Standing::Settled(Outcome::DeadLettered | Outcome::Uncertain) | Standing::Open | Standing::Unreadable => {
                Self::Stays
            }
            Standing::Settled(_) | Standing::Gone => Self::Stale,
        }
    }
}
