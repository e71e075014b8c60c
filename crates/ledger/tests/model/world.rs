//! The real ledger, and everybody who uses it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use feeds::Outcome;
use futures::future::{Either, join, select};
use ledger::{Error, NewRow, NewRun, RowId, Run, RunId};

use crate::api::Api;
use crate::changes;
use crate::plan::{Beginning, Choice, Fault, Kind, POSTERS, REPORTERS, SPLITTERS, SWEEPS, Step, Who};
use crate::poster::Poster;
use crate::reporter::Reporter;
use crate::splitter::Splitter;
use crate::support::{Fixture, new_run, pending, skipped};
use crate::sweep::Sweep;
use crate::table::Table;
use testkit::proxy::Fate;

/// The last row of each file's sheet. Rows begin at 2.
const SHEETS: [(&str, u32); 2] = [("long", 8), ("short", 4)];

pub(crate) struct World {
    pub(crate) fixture: Fixture,
    pub(crate) api: RefCell<Api>,
    /// Rows whose message is in the queue. It delivers in any order, and as often as it likes.
    pub(crate) queue: RefCell<BTreeSet<RowId>>,
    pub(crate) table: RefCell<Table>,
    /// True if nobody else acts meanwhile, so that what the ledger must answer is known.
    pub(crate) is_alone: Cell<bool>,
    /// Every token that the ledger has given to an owner: to one, once.
    tokens: RefCell<BTreeSet<String>>,
    /// Who won: a version of a report, a round of the sweep.
    winners: RefCell<BTreeSet<String>>,
    pub(crate) splitters: [RefCell<Splitter>; SPLITTERS],
    pub(crate) posters: [RefCell<Poster>; POSTERS],
    pub(crate) reporters: [RefCell<Reporter>; REPORTERS],
    pub(crate) sweeps: [RefCell<Sweep>; SWEEPS],
}

/// A file as its splitter finds it.
pub(crate) fn file(choice: usize) -> NewRun {
    NewRun { lanes: 2, ..new_run(SHEETS[choice % SHEETS.len()].0, "a") }
}

/// Which of the files a run is of.
fn place(run: &RunId) -> Option<usize> {
    SHEETS.iter().position(|(name, _)| new_run(name, "a").id() == *run)
}

/// The rows of a file after one of them, at most `limit`.
pub(crate) fn sheet(run: &RunId, after: u32, limit: usize) -> Vec<NewRow> {
    let (_, last) = SHEETS[place(run).expect("a file")];
    let row = |row| if row % 4 == 0 { skipped(row) } else { pending(row) };
    (after.max(1) + 1..=last).map(row).take(limit).collect()
}

impl World {
    /// Everything as it begins.
    pub(crate) async fn begin(beginning: Beginning) -> Self {
        let world = Self {
            fixture: Fixture::new().await,
            api: RefCell::default(),
            queue: RefCell::default(),
            table: RefCell::default(),
            is_alone: Cell::new(true),
            tokens: RefCell::default(),
            winners: RefCell::default(),
            splitters: Default::default(),
            posters: Default::default(),
            reporters: Default::default(),
            sweeps: Default::default(),
        };
        for choice in 0..if beginning == Beginning::Files { 0 } else { SHEETS.len() } {
            let new = file(choice);
            let run = world.fixture.posting(new.clone(), &sheet(&new.id(), 0, usize::MAX)).await;
            world.enqueue(&run, &mut world.fixture.ledger.open_rows(&run)).await.expect("rows");
            if beginning == Beginning::Reports {
                world.settle_almost_all(&run).await;
            }
            world.fixture.advance(TimeDelta::seconds(1));
        }
        *world.table.borrow_mut() = Table::read(&world.fixture).await;
        world
    }

    /// Settles a run's rows: one as a dead letter, and the last of the long sheet not.
    async fn settle_almost_all(&self, run: &Run) {
        let rows: Vec<RowId> = self.queue.borrow().iter().filter(|row| row.run == run.id).cloned().collect();
        for row in rows.iter().filter(|row| row.row != 7) {
            let is_dead = row.row % 4 == 3;
            let outcome = if is_dead { Outcome::DeadLettered } else { Outcome::Created };
            if !is_dead {
                let post = self.api.borrow().find(row);
                self.api.borrow_mut().insert(post);
            }
            self.fixture.settle(run, row.row, outcome).await;
            self.queue.borrow_mut().remove(row);
        }
    }

    /// One step, and a look at what it did to the table, if it did anything.
    pub(crate) async fn step(&self, step: &Step) {
        let calls = self.fixture.proxy.calls().len();
        match step {
            Step::Goes { who, after, choice, fault } => {
                self.goes_well(*who, *choice, *after).await;
                self.goes(*who, *choice, fault).await;
            }
            Step::Both { who, choice, steps } => {
                for who in std::iter::repeat_n([*who, who.twin()], *steps).flatten() {
                    self.act(who, *choice, false).await;
                    self.observe().await;
                }
            }
            Step::Overtaken { who, after, choice } => {
                self.goes_well(*who, *choice, *after).await;
                self.overtaken(*who, *choice).await;
            }
            Step::Dies(who) => self.dies(*who),
            Step::Waits(seconds) => self.pass(*seconds),
            Step::LateArrivals => self.fixture.proxy.deliver_late().await,
            Step::Loses(choice) => {
                let lost = pick(&self.queue.borrow(), *choice).cloned();
                lost.map(|row| self.queue.borrow_mut().remove(&row));
            }
        }
        if self.fixture.proxy.calls().len() > calls || matches!(step, Step::LateArrivals) {
            self.observe().await;
        }
    }

    /// Some steps on the good way.
    async fn goes_well(&self, who: Who, choice: Choice, steps: usize) {
        for _ in 0..steps {
            self.act(who, choice | 7, false).await;
            self.observe().await;
        }
    }

    async fn goes(&self, who: Who, choice: Choice, fault: &Fault) {
        let first = self.fixture.proxy.calls().len();
        match fault.clone() {
            Fault::None => self.act(who, choice, false).await,
            Fault::At { call: at, kind } => {
                self.fixture.proxy.plan(move |call| match call.number.checked_sub(first + at) {
                    Some(0) => fate(kind, call.operation),
                    Some(_) if kind.is_deadly() => Fate::DiedBefore,
                    _ => Fate::Pass,
                });
                self.act(who, choice, kind.is_deadly()).await;
            }
            Fault::Meanwhile { call: at, who: other, choice: others } => {
                self.meanwhile((who, choice), (other, others), first + at).await;
            }
            Fault::Twin { call: at } => self.meanwhile((who, choice), (who.twin(), choice), first + at).await,
        }
        self.fixture.proxy.calm();
    }

    /// One acts, and another while a call of the first is held on its way.
    async fn meanwhile(&self, (who, choice): (Who, Choice), (other, others): (Who, Choice), held_call: usize) {
        self.is_alone.set(false);
        self.fixture.proxy.plan(move |call| if call.number == held_call { Fate::Held } else { Fate::Pass });
        let acts = Box::pin(self.act(who, choice, false));
        let held = Box::pin(self.fixture.proxy.held());
        if let Either::Right(((), acts)) = select(acts, held).await {
            let other = async {
                self.observe().await;
                self.act(other, others, false).await;
                self.observe().await;
                self.fixture.proxy.let_go();
            };
            join(acts, other).await;
        }
        self.is_alone.set(true);
    }

    /// An actor dies of a call that arrives when its time is up and its twin has taken over what it held.
    async fn overtaken(&self, who: Who, choice: Choice) {
        let wanted = self.choice_of_held(who);
        self.goes(who, choice, &Fault::At { call: 0, kind: Kind::Late }).await;
        self.dies(who);
        self.observe().await;
        self.pass(901);
        if let Some(wanted) = wanted {
            self.dies(who.twin());
            self.act(who.twin(), wanted, false).await;
            self.observe().await;
        }
        self.fixture.proxy.deliver_late().await;
    }

    /// The choice that makes an idle actor take up what this one holds.
    fn choice_of_held(&self, who: Who) -> Option<Choice> {
        let place = match who {
            Who::Splitter(number) => place(self.splitters[number].borrow().run()?),
            Who::Poster(number) => {
                let row = self.posters[number].borrow().row()?.clone();
                self.messages().iter().position(|message| *message == row)
            }
            Who::Reporter(number) => place(self.reporters[number].borrow().run()?),
            Who::Sweep(_) => None,
        };
        Some(u8::try_from(8 * place?).expect("small") | 7)
    }

    /// The rows that a poster may get a message of: from the queue, or one that was redriven.
    pub(crate) fn messages(&self) -> BTreeSet<RowId> {
        let mut messages = self.queue.borrow().clone();
        let table = self.table.borrow();
        let redriven = table.rows.iter().filter(|(_, row)| row.outcome.is_some_and(is_redriven));
        messages.extend(redriven.map(|(id, _)| id.clone()));
        messages
    }

    fn pass(&self, seconds: i64) {
        self.fixture.advance(TimeDelta::seconds(seconds));
        self.api.borrow_mut().arrive(self.now());
    }

    /// One act; who may die of it drops what it holds.
    pub(crate) async fn act(&self, who: Who, choice: Choice, may_die: bool) {
        let is_late = self.until(who).is_some_and(|until| until <= self.now());
        let acted = match who {
            Who::Splitter(number) => self.split(number, choice).await,
            Who::Poster(number) => self.post(number, choice).await,
            Who::Reporter(number) => self.report(number, choice).await,
            Who::Sweep(number) => self.sweep(number, choice).await,
        };
        match acted {
            Ok(()) => {}
            Err(Error::Refused { .. }) if may_die => self.dies(who),
            Err(Error::LostClaim { .. }) if is_late => self.dies(who),
            Err(error) => panic!("{who:?} could not go on: {error}"),
        }
    }

    /// When what an actor holds expires.
    fn until(&self, who: Who) -> Option<DateTime<Utc>> {
        match who {
            Who::Splitter(number) => self.splitters[number].borrow().until(),
            Who::Poster(number) => self.posters[number].borrow().until(),
            Who::Reporter(number) => self.reporters[number].borrow().until(),
            Who::Sweep(_) => None,
        }
    }

    pub(crate) fn dies(&self, who: Who) {
        match who {
            Who::Splitter(number) => drop(self.splitters[number].take()),
            Who::Poster(number) => drop(self.posters[number].take()),
            Who::Reporter(number) => drop(self.reporters[number].take()),
            Who::Sweep(number) => drop(self.sweeps[number].take()),
        }
    }

    /// Looks at the table, and checks that it may have become what it is.
    pub(crate) async fn observe(&self) {
        let after = Table::read(&self.fixture).await;
        let before = self.table.replace(after.clone());
        changes::check(&before, &after, self.now().timestamp_millis());
        changes::check_marks(&after, &self.api.borrow());
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.fixture.now()
    }

    pub(crate) async fn run(&self, id: &RunId) -> Result<Run, Error> {
        Ok(self.fixture.ledger.run(id).await?.expect("a run that is known"))
    }

    /// A write that only an owner in its time may make was made.
    pub(crate) fn was_in_time(&self, until: DateTime<Utc>) {
        assert!(self.now() < until, "an owner went on after its time was up");
    }

    /// The ledger gave somebody a claim: nobody had this token before.
    pub(crate) fn is_given(&self, token: Option<String>) -> String {
        let token = token.expect("a claim that the table knows");
        assert!(self.tokens.borrow_mut().insert(token.clone()), "two owners of one claim");
        token
    }

    /// Somebody won what only one can win.
    pub(crate) fn has_won(&self, what: String) {
        assert!(self.winners.borrow_mut().insert(what.clone()), "two winners of {what}");
    }

    /// Puts open rows on the queue.
    pub(crate) async fn enqueue(&self, run: &Run, rows: &mut ledger::Rows) -> Result<(), Error> {
        while let Some(open) = rows.next().await? {
            self.queue.borrow_mut().insert(RowId { run: run.id.clone(), row: open.row });
        }
        Ok(())
    }
}

/// The element that a choice picks.
pub(crate) fn pick<T>(from: &BTreeSet<T>, choice: Choice) -> Option<&T> {
    from.iter().nth(usize::from(choice / 8) % from.len().max(1))
}

/// True if a message for a row that ended like this makes a redrive.
pub(crate) fn is_redriven(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::DeadLettered | Outcome::Uncertain)
}

impl Kind {
    fn is_deadly(self) -> bool {
        matches!(self, Self::DiesBefore | Self::DiesAfter | Self::Late)
    }
}

fn fate(kind: Kind, operation: &str) -> Fate {
    match kind {
        Kind::Throttled => Fate::Throttled,
        Kind::Conflict if matches!(operation, "TransactWriteItems" | "UpdateItem") => Fate::Conflict,
        Kind::Conflict if operation == "BatchWriteItem" => Fate::Unprocessed,
        Kind::Conflict => Fate::Throttled,
        Kind::AnswerLost => Fate::AnswerLost,
        Kind::DiesBefore => Fate::DiedBefore,
        Kind::DiesAfter => Fate::DiedAfter,
        // It has no condition: that it arrives before its owner's claim expires is what the expiry is long enough for.
        Kind::Late if operation == "BatchWriteItem" => Fate::DiedAfter,
        Kind::Late => Fate::Late,
    }
}
