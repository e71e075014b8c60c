//! The rows that are to be forgotten, each with its person.

use std::collections::BTreeSet;

use futures::StreamExt;
use futures::stream;
use ledger::{Forgotten, HashKey, LeaseKey, Person, RowId};
use wire::NhsNumber;

use super::person::{numbers_in, person_of, resident_of};
use crate::command_prelude::*;

/// How long rows are kept at most: 90 days while they are open, then 30.
const KEPT: TimeDelta = TimeDelta::days(125);
/// How many rows are erased at once.
const AT_ONCE: usize = 16;

/// Whom to forget.
pub(super) enum Selection {
    /// Everybody in it, with its rows.
    Run(Box<Run>),
    /// Its person, with their rows in all runs.
    Row(Box<(Run, RowRecord)>),
    /// These persons, with their rows in all runs. At least one.
    Numbers(BTreeSet<NhsNumber>),
}

/// Everything that is to be forgotten.
#[derive(Default)]
pub(super) struct Found {
    /// Settled rows, run by run.
    settled: Vec<(Run, Vec<(u32, Person)>)>,
    /// Rows that are not settled: they are left.
    open: u64,
    /// Those whose numbers were given.
    persons: Vec<Person>,
}

/// The result, in numbers.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Erased {
    /// Rows.
    pub(super) erased: u64,
    /// Residents who were remembered.
    pub(super) residents: usize,
    /// Rows that are open, or whose resident somebody speaks about.
    pub(super) left: u64,
    /// NHS numbers whose resident somebody speaks about.
    pub(super) numbers_left: u64,
}

impl Selection {
    /// Looks for the rows. Those that were forgotten before are not among them.
    pub(super) async fn find(self, ledger: &Ledger, key: &HashKey) -> ledger::Result<Found> {
        let mut found = Found::default();
        match self {
            Self::Run(run) => found.look_through(ledger, *run, |run, row| Some(person_of(key, run, row))).await?,
            Self::Row(one) => {
                let (run, row) = &*one;
                let person = person_of(key, run, row);
                let mut wanted = Wanted::of(ledger, &person).await?;
                wanted.residents.extend(person.resident_id);
                wanted.row = Some(row.id(&run.id));
                found.look_through_all(ledger, key, &wanted, Some(run)).await?;
            }
            Self::Numbers(numbers) => {
                let leases = numbers.iter().map(|number| key.lease("nhs", number.as_str()));
                let all = Person { numbers: leases.clone().collect(), ..Person::default() };
                let wanted = Wanted { given: numbers.clone(), ..Wanted::of(ledger, &all).await? };
                found.look_through_all(ledger, key, &wanted, None).await?;
                found.persons = leases.map(|lease| Person { numbers: [lease].into(), ..Person::default() }).collect();
            }
        }
        Ok(found)
    }
}

/// Whose rows are looked for in all runs.
#[derive(Default)]
struct Wanted {
    /// Numbers of which no cell may be missed.
    given: BTreeSet<NhsNumber>,
    /// One row.
    row: Option<RowId>,
    numbers: BTreeSet<LeaseKey>,
    residents: BTreeSet<i64>,
}

impl Wanted {
    async fn of(ledger: &Ledger, person: &Person) -> ledger::Result<Self> {
        let residents = ledger.residents_of(person).await?;
        Ok(Self { numbers: person.numbers.clone(), residents, ..Self::default() })
    }

    /// The person of a row that is wanted.
    fn person(&self, key: &HashKey, run: &Run, row: &RowRecord) -> Option<Person> {
        let person = person_of(key, run, row);
        let is_the_row = || self.row.as_ref() == Some(&row.id(&run.id));
        let is_anothers =
            !self.numbers.is_empty() && !person.numbers.is_empty() && self.numbers.is_disjoint(&person.numbers);
        let has_reached = resident_of(row).is_some_and(|resident| self.residents.contains(&resident));
        if is_the_row() || has_reached && !is_anothers || !self.numbers.is_disjoint(&person.numbers) {
            return Some(person);
        }
        // A row that only mentions the number: its own person is not meant.
        numbers_in(&row.cells).any(|number| self.given.contains(&number)).then(Person::default)
    }
}

impl Found {
    /// How many rows would be erased.
    pub(super) fn rows(&self) -> u64 {
        self.settled.iter().map(|(_, rows)| rows.len() as u64).sum()
    }

    /// Of how many runs.
    pub(super) fn runs(&self) -> usize {
        self.settled.len()
    }

    /// Takes the rows of all runs whose person is wanted: of this run, and of all others that may have rows still.
    async fn look_through_all(
        &mut self,
        ledger: &Ledger,
        key: &HashKey,
        wanted: &Wanted,
        run: Option<&Run>,
    ) -> ledger::Result<()> {
        let mut runs: Vec<Run> = run.cloned().into_iter().collect();
        for feed in feeds::all() {
            let others = ledger.runs(feed, Utc::now() - KEPT).await?.into_iter();
            runs.extend(others.filter(|other| run.is_none_or(|run| run.id != other.id)));
        }
        for run in runs {
            self.look_through(ledger, run, |run, row| wanted.person(key, run, row)).await?;
        }
        Ok(())
    }

    /// Takes the rows of a run whose person is wanted.
    async fn look_through(
        &mut self,
        ledger: &Ledger,
        run: Run,
        person: impl Fn(&Run, &RowRecord) -> Option<Person>,
    ) -> ledger::Result<()> {
        let mut settled = Vec::new();
        let mut rows = ledger.rows(&run);
        while let Some(row) = rows.next().await? {
            let Some(person) = person(&run, &row).filter(|_| !row.cells.is_empty()) else { continue };
            match row.settlement {
                Some(_) => settled.push((row.row, person)),
                None => self.open += 1,
            }
        }
        if !settled.is_empty() {
            self.settled.push((run, settled));
        }
        Ok(())
    }

    /// Erases it all. First what is remembered of a row's person, for by the row they are found again if not all of it went.
    pub(super) async fn erase(&self, ledger: &Ledger) -> ledger::Result<Erased> {
        let mut erased = Erased { left: self.open, ..Erased::default() };
        for (run, rows) in &self.settled {
            let what = format!("erased {}", count(rows.len(), "row", "rows"));
            ledger.note_audit_entry(&run.id, &who(), &what, None).await?;
            ledger.note_forgotten(&run.id).await?;
            let one = |(row, person): &(u32, Person)| {
                let (row, person) = (*row, person.clone());
                async move {
                    let forgotten = ledger.forget_person(&person).await?;
                    let is_erased = forgotten != Forgotten::Held && ledger.forget_row(run, row).await?;
                    ledger::Result::Ok((forgotten, is_erased))
                }
            };
            let mut rows = stream::iter(rows.iter().map(one)).buffer_unordered(AT_ONCE);
            while let Some(row) = rows.next().await {
                let (forgotten, is_erased) = row?;
                erased.residents += forgotten.residents();
                *(if is_erased { &mut erased.erased } else { &mut erased.left }) += 1;
            }
        }
        for person in &self.persons {
            let forgotten = ledger.forget_person(person).await?;
            erased.residents += forgotten.residents();
            erased.numbers_left += u64::from(forgotten == Forgotten::Held);
        }
        Ok(erased)
    }
}
