//! Redrive: dead rows are sent to the posters again, and their messages are taken off the dead-letter queue.
//!
//! The order is what makes it safe to interrupt: **every pointer is in the rows queue before any dead letter goes.**
//! Started again, it sends those rows again that are dead still (a pointer that is there twice is harmless: one poster
//! claims the row, the other finds it settled), and takes off the dead letters that are left. A row whose outcome has
//! moved meanwhile is not listed any more, and its dead letter is stale.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::num::NonZeroU32;
use std::time::Duration;

use aws::queue::{BATCH, Sqs};
use chrono::{DateTime, Utc};
use feeds::Outcome;
use ledger::{Clock, DeadRow, Ledger, MessageError, RowId, RowMessage, Run, RunId, RunState, Standing, UnreadableRow};
use serde::Serialize;

use crate::Result;
use crate::dead::{DeadList, Selection};
use crate::dead_letter_queue::{DeadLetter, DeadLetterQueue};

/// Redrives dead rows.
#[derive(Clone)]
pub struct Redriver {
    /// Runs and rows.
    pub ledger: Ledger,
    /// Where the posters get their rows from.
    pub rows: Sqs,
    /// Where the dead letters lie.
    pub letters: DeadLetterQueue,
    /// The clock.
    pub clock: Clock,
}

/// The plan of a redrive.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The rows to send again, each once.
    pub rows: Vec<DeadRow>,
    /// Rows of the selection that no redrive helps: failed ones.
    pub to_correct: Vec<DeadRow>,
    /// Rows of runs that were cancelled: they are not sent.
    pub cancelled: Vec<DeadRow>,
    /// Rows that cannot be read here, or whose run cannot: they are not sent.
    pub unreadable: Vec<UnreadableRow>,
    /// The runs of the others.
    pub runs: BTreeMap<RunId, Run>,
}

impl Plan {
    /// The plan for the rows of a list that has its runs.
    pub fn of(DeadList { rows, runs, unreadable }: DeadList) -> Self {
        let is_cancelled = |dead: &DeadRow| runs.get(&dead.id.run).is_some_and(|run| run.state == RunState::Cancelled);
        let (cancelled, rows): (Vec<DeadRow>, Vec<DeadRow>) = rows.into_iter().partition(is_cancelled);
        let (rows, to_correct) = rows.into_iter().partition(DeadRow::can_be_redriven);
        Self { rows, to_correct, cancelled, unreadable, runs }
    }
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

impl Redriver {
    /// Plans a redrive of a selection. Touches nothing.
    pub async fn plan(&self, selection: &Selection) -> Result<Plan> {
        Ok(Plan::of(DeadList::read(&self.ledger, selection).await?))
    }

    /// Sends the rows again, at most so many a second, and takes their dead letters off.
    pub async fn redrive(
        &self,
        plan: &Plan,
        rate: Option<NonZeroU32>,
        mut on_step: impl FnMut(Step),
    ) -> Result<Redriven> {
        let began = (self.clock)();
        self.send(&plan.rows, rate, &mut on_step).await?;
        let sent: BTreeSet<RowId> = plan.rows.iter().map(|dead| dead.id.clone()).collect();
        let redriven = self.take_letters_off(&sent, began, on_step).await?;
        Ok(Redriven { sent: plan.rows.len() as u64, ..redriven })
    }

    async fn send(&self, rows: &[DeadRow], rate: Option<NonZeroU32>, on_step: &mut impl FnMut(Step)) -> Result<()> {
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
            let pointer = |dead: &DeadRow| RowMessage { row: dead.id.clone(), feed: dead.feed }.body();
            let bodies: Vec<String> = rows.iter().map(pointer).collect();
            self.rows.send(&bodies).await?;
            on_step(Step::Sent(bodies.len() as u64));
        }
        Ok(())
    }

    /// Takes the dead letters off whose rows are settled for good. What stays is visible again at the end.
    pub async fn take_stale_letters_off(&self, on_step: impl FnMut(Step)) -> Result<Redriven> {
        self.take_letters_off(&BTreeSet::new(), (self.clock)(), on_step).await
    }

    /// Goes through the dead-letter queue once. What stays is visible again at the end.
    async fn take_letters_off(
        &self,
        sent: &BTreeSet<RowId>,
        began: DateTime<Utc>,
        mut on_step: impl FnMut(Step),
    ) -> Result<Redriven> {
        let mut redriven = Redriven::default();
        let (mut kept, mut seen, mut runs) = (Vec::new(), HashSet::new(), BTreeMap::new());
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
                    let (count, pile) = match fate {
                        Fate::SentAgain => (&mut redriven.taken_off, &mut done_with),
                        Fate::Stale => (&mut redriven.stale, &mut done_with),
                        Fate::Stays => (&mut redriven.left, &mut staying),
                        Fate::Foreign => (&mut redriven.foreign, &mut staying),
                    };
                    *count += 1;
                    pile.push(letter);
                }
                self.letters.hide(&staying).await;
                kept.append(&mut staying);
                redriven.not_deleted += done_with.len() as u64 - self.letters.delete(&done_with).await?;
            }
        };
        let result = gone_through.await;
        self.letters.make_visible(&kept).await;
        result.map(|()| redriven)
    }

    /// The fates of dead letters, by how their rows stand now. `runs` are those that were met before; of one that cannot be
    /// looked into, the fate of its letters.
    async fn fates(
        &self,
        letters: Vec<DeadLetter>,
        sent: &BTreeSet<RowId>,
        began: DateTime<Utc>,
        runs: &mut BTreeMap<RunId, Result<Run, Fate>>,
    ) -> Result<Vec<(DeadLetter, Fate)>> {
        for row in letters.iter().flat_map(|letter| &letter.row) {
            if !runs.contains_key(&row.run) {
                let run = match self.ledger.run(&row.run).await {
                    Ok(run) => run.ok_or(Fate::Foreign),
                    Err(error) if error.is_unreadable() => Err(Fate::Stays),
                    Err(error) => return Err(error.into()),
                };
                runs.insert(row.run.clone(), run);
            }
        }
        let place = |letter: &DeadLetter| match &letter.row {
            Ok(row) => match runs.get(&row.run) {
                Some(Ok(run)) => Ok((run, row.row)),
                Some(Err(fate)) => Err(*fate),
                None => Err(Fate::Foreign),
            },
            Err(MessageError::OtherVersion) => Err(Fate::Stays),
            Err(MessageError::Unreadable { .. }) => Err(Fate::Foreign),
        };
        let places: Vec<Result<(&Run, u32), Fate>> = letters.iter().map(place).collect();
        let known: Vec<(&Run, u32)> = places.iter().flatten().copied().collect();
        let mut standings = self.ledger.standings(&known).await?.into_iter();
        let fate = |(letter, place): (DeadLetter, Result<_, Fate>)| {
            let was_sent = letter.row.as_ref().is_ok_and(|row| sent.contains(row)) && letter.sent_at < began;
            let standing = place.map(|_| standings.next().unwrap_or(Standing::Unreadable));
            let fate = standing.map_or_else(|fate| fate, |standing| Fate::of(standing, was_sent));
            (letter, fate)
        };
        Ok(letters.into_iter().zip(places).map(fate).collect())
    }
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
    /// `was_sent`: the row was sent again after this dead letter had been. Dead again since, it has a new one.
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
