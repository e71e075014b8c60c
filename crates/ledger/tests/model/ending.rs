//! How every story ends: once nothing goes wrong any more, all is done, and the lists say so.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use feeds::Outcome;
use ledger::{RowId, RunId, RunState};

use crate::plan::{POSTERS, REPORTERS, SPLITTERS, SWEEPS, Who};
use crate::poster::Poster;
use crate::reporter::Reporter;
use crate::splitter::Splitter;
use crate::support::spl;
use crate::world::{World, file};

/// The good way, with the first of what there is to choose from.
const GOOD: u8 = 7;
/// More steps than any work takes.
const MANY: usize = 400;

impl World {
    /// Lets everybody die, and then one of each kind do all the work.
    pub(crate) async fn end(&self) {
        let everybody = (0..SPLITTERS).map(Who::Splitter).chain((0..POSTERS).map(Who::Poster));
        for who in everybody.chain((0..REPORTERS).map(Who::Reporter)).chain((0..SWEEPS).map(Who::Sweep)) {
            self.dies(who);
        }
        self.lists_agree().await;
        self.expire().await;
        for number in 0..2 {
            let is_done =
                || self.table.borrow().runs.get(&file(number).id()).is_some_and(|run| is_split(run.run.state));
            let choice = u8::try_from(8 * number).expect("small") | GOOD;
            self.goes_on(Who::Splitter(0), choice, || is_done() && self.splitters_rest()).await;
        }
        self.enqueue_open().await;
        self.goes_on(Who::Poster(0), GOOD, || self.nothing_to_post()).await;
        for number in 0..2 {
            let choice = u8::try_from(8 * number).expect("small") | GOOD;
            let is_done = || !self.table.borrow().runs[&file(number).id()].run.is_open() && self.reporters_rest();
            self.goes_on(Who::Reporter(0), choice, is_done).await;
        }
        self.lists_agree().await;
        self.each_row_arrived_once();
    }

    async fn expire(&self) {
        self.fixture.proxy.deliver_late().await;
        self.fixture.advance(TimeDelta::minutes(16));
        self.api.borrow_mut().arrive(self.now());
        self.observe().await;
    }

    async fn goes_on(&self, who: Who, choice: u8, is_done: impl Fn() -> bool) {
        for _ in 0..MANY {
            if is_done() {
                return;
            }
            self.act(who, choice, false).await;
            self.observe().await;
        }
        panic!("{who:?} does not come to an end");
    }

    async fn enqueue_open(&self) {
        let runs: Vec<_> = self.table.borrow().runs.values().map(|run| run.run.clone()).collect();
        for run in runs.iter().filter(|run| run.state == RunState::Posting) {
            self.enqueue(run, &mut self.fixture.ledger.open_rows(run)).await.expect("open rows");
        }
    }

    fn splitters_rest(&self) -> bool {
        matches!(*self.splitters[0].borrow(), Splitter::Idle)
    }

    fn reporters_rest(&self) -> bool {
        matches!(*self.reporters[0].borrow(), Reporter::Idle)
    }

    fn nothing_to_post(&self) -> bool {
        let is_dead = |outcome| matches!(outcome, Outcome::DeadLettered | Outcome::Uncertain);
        let dead = self.table.borrow().rows.values().any(|row| row.outcome.is_some_and(is_dead));
        !dead && self.queue.borrow().is_empty() && matches!(*self.posters[0].borrow(), Poster::Idle)
    }

    /// The sparse index lists what the items say.
    async fn lists_agree(&self) {
        self.observe().await;
        let table = self.table.borrow().clone();
        let runs = |open_only: bool| -> BTreeSet<RunId> {
            let runs = table.runs.values().filter(|run| !open_only || run.run.is_open());
            runs.map(|run| run.run.id.clone()).collect()
        };
        let open = self.fixture.ledger.open_runs(spl()).await.expect("a list");
        assert_eq!(open.into_iter().map(|run| run.id).collect::<BTreeSet<_>>(), runs(true), "the open runs");
        let all = self.fixture.ledger.runs(spl(), self.now() - TimeDelta::days(9)).await.expect("a list");
        assert_eq!(all.into_iter().map(|run| run.id).collect::<BTreeSet<_>>(), runs(false), "all runs");
        let is_dead = |outcome| matches!(outcome, Outcome::DeadLettered | Outcome::Uncertain | Outcome::Failed);
        let dead = table.rows.iter().filter(|(_, row)| row.outcome.is_some_and(is_dead));
        let dead: BTreeSet<RowId> = dead.map(|(id, _)| id.clone()).collect();
        let listed = self.fixture.ledger.dead_rows(spl(), None).await.expect("a list").into_iter();
        let listed: BTreeSet<RowId> = listed.map(|row| row.expect("readable").id).collect();
        assert_eq!(listed, dead, "the dead rows");
    }

    /// Every row that a person would count on is at the API, and what the API refused is not.
    fn each_row_arrived_once(&self) {
        for (id, row) in &self.table.borrow().rows {
            let run = &self.table.borrow().runs[&id.run].run;
            if run.state != RunState::Reported || row.reading != run.generation {
                continue;
            }
            let expected = match row.outcome {
                Some(Outcome::Created) => true,
                Some(Outcome::Failed | Outcome::Skipped) => false,
                other => panic!("row {id} ended as {other:?}"),
            };
            assert_eq!(self.api.borrow().has(id), expected, "row {id}: {:?}", row.outcome);
        }
    }
}

/// True if a splitter has nothing more to do for a run.
fn is_split(state: RunState) -> bool {
    !matches!(state, RunState::Reading | RunState::Enqueueing)
}
