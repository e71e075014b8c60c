//! Random short histories of a few people: sheets of one to three feeds, posters that die at any call, staff who correct, delete and
//! merge, a database that is restored, and messages that come again. After each upload all rows are done, nothing of staff's is
//! undone, nothing is there twice, and each value that is new in a sheet stands there or is named.
//!
//! The histories follow from a seed: `PROPTEST_RNG_SEED`, and `PROPTEST_CASES` for how many; a wrong one is shrunk.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use feeds::Outcome;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::json;
use simulators::desk::{Correction, Desk};
use simulators::here_to_help::Backup;

use crate::crowd::{Listed, Person, Row, holds, said};
use crate::stage::{Stage, event, pointer};

/// How many histories the test plays where `PROPTEST_CASES` does not say.
const CASES: u32 = 12;
/// One who is known by names and birthday, one by the telephone, and father and son of one name and telephone.
const PEOPLE: [Person; 4] = [Person(4), Person(6), Person(8), Person(9)];
const CALLS: [&str; 6] = ["create", "read", "search", "patch", "add-note", "follow-up"];

#[derive(Clone, Debug)]
enum Step {
    /// Sheets of a person by some of their feeds; what they say follows from a seed. The first row's poster may die at a call.
    Upload { person: usize, feeds: BTreeSet<usize>, says: u64, dies: Option<Death> },
    /// Staff correct a person's resident.
    Correct { person: usize, correction: Correction },
    /// Staff delete one of the requests of a person who has several.
    Delete { person: usize },
    /// Staff take a person's resident for another's.
    Merge { person: usize, into: usize },
    /// The database is restored as it was before the last upload.
    Restore,
    /// The messages of all rows come again.
    Repeat,
}

#[derive(Clone, Debug)]
struct Death {
    call: &'static str,
    after: &'static str,
}

fn step() -> impl Strategy<Value = Step> {
    let person = || 0..PEOPLE.len();
    let death = (prop::sample::select(CALLS.to_vec()), prop::sample::select(vec!["nothing", "everything"]));
    let dies = prop::option::weighted(0.3, death.prop_map(|(call, after)| Death { call, after }));
    let feeds = prop::collection::btree_set(0..5_usize, 1..=3);
    prop_oneof![
        6 => (person(), feeds, 0..6_u64, dies)
            .prop_map(|(person, feeds, says, dies)| Step::Upload { person, feeds, says, dies }),
        3 => (person(), prop::sample::select(Correction::ALL.to_vec()))
            .prop_map(|(person, correction)| Step::Correct { person, correction }),
        1 => person().prop_map(|person| Step::Delete { person }),
        1 => (person(), person()).prop_map(|(person, into)| Step::Merge { person, into }),
        1 => Just(Step::Restore),
        1 => Just(Step::Repeat),
    ]
}

struct World {
    stage: Stage,
    desk: Desk,
    rows: Vec<Row>,
    before: (Backup, Desk),
    /// What each feed said last of a person, by the API's name of the field.
    last: BTreeMap<(Person, &'static str, &'static str), String>,
    /// Staff have taken somebody for somebody else.
    is_merged: bool,
    files: usize,
}

impl World {
    async fn begin() -> Self {
        let stage = Stage::new().await;
        let before = (stage.api.backup(), Desk::default());
        let (rows, last) = (Vec::new(), BTreeMap::new());
        Self { stage, desk: Desk::default(), rows, before, last, is_merged: false, files: 0 }
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Upload { person, feeds, says, dies } => {
                let person = PEOPLE[*person];
                self.before = (self.stage.api.backup(), self.desk.clone());
                let feeds: Vec<&'static str> =
                    feeds.iter().filter_map(|place| person.feeds().get(*place)).copied().collect();
                let mut dies = dies.as_ref();
                for feed in feeds {
                    self.upload(person, feed, *says, dies.take()).await?;
                }
            }
            Step::Correct { person, correction } => {
                let is_born_alike = *correction == Correction::DateOfBirth && *person > 1;
                if let Some(resident) = self.resident(PEOPLE[*person]).filter(|_| !is_born_alike) {
                    self.desk.correct(&self.stage.api, resident, *correction)?;
                }
            }
            Step::Delete { person } => {
                if let Some(resident) = self.resident(PEOPLE[*person]) {
                    let state = self.stage.api.state();
                    let theirs = state.help_requests.iter().filter(|one| one.resident_id == resident);
                    let theirs: Vec<i64> = theirs.map(|one| one.id).collect();
                    if let [first, _, ..] = &theirs[..] {
                        self.stage.staff(json!({"delete_help_request": {"Id": first}}));
                        self.forget_edits_of_what_is_gone();
                    }
                }
            }
            Step::Merge { person, into } => {
                let residents = (self.resident(PEOPLE[*person]), self.resident(PEOPLE[*into]));
                if let (Some(gone), Some(kept)) = residents
                    && gone != kept
                {
                    self.stage.staff(json!({"merge_residents": {"Id": gone, "Into": kept}}));
                    self.is_merged = true;
                    self.forget_edits_of_what_is_gone();
                }
            }
            Step::Restore => {
                self.stage.api.restore(&self.before.0);
                self.desk = self.before.1.clone();
            }
            Step::Repeat => {
                for row in &self.rows {
                    self.stage.deliver_until_done(&row.run, row.number).await;
                }
                self.all_is_well("a message that came again")?;
            }
        }
        Ok(())
    }

    async fn upload(
        &mut self,
        person: Person,
        feed: &'static str,
        says: u64,
        dies: Option<&Death>,
    ) -> Result<(), String> {
        self.files += 1;
        self.stage.pass(TimeDelta::days(1));
        let said_of = person.says(feed, &mut StdRng::seed_from_u64(says));
        let sheet = Listed::of(feed).row(feed, person, &said_of);
        let file = format!("{feed} {}", self.files);
        let row = sheet.drop_at(&self.stage, &file).await.remove(0);
        if let Some(death) = dies {
            self.dies(&row, death).await;
        }
        self.stage.deliver_until_done(&row.run, row.number).await;

        let (record, state) = (row.record(&self.stage).await, self.stage.api.state());
        let settled = record.settlement.as_ref();
        let outcome = settled.map(|settlement| settlement.outcome);
        let named = format!("{file} of {person:?}");
        if !matches!(outcome, Some(Outcome::Created | Outcome::AlreadyKnown)) {
            // Whom staff took for another may be another for the sheet too.
            let is_anothers = self.is_merged && outcome == Some(Outcome::Failed);
            return if is_anothers { Ok(()) } else { Err(format!("{named}: {outcome:?}")) };
        }
        let resident = settled.and_then(|settlement| state.resident(settlement.resident_id?));
        let resident = resident.ok_or_else(|| format!("{named}: no resident"))?;
        let warnings = record.warnings.join("; ");
        let is_joined = warnings.contains("joined this person with another");
        for value in said(&row.post) {
            let (word, name, text) = &value;
            let is_news = self.last.insert((person, feed, name), text.clone()).as_ref() != Some(text);
            let stands = match *name {
                // What an address is called, and a house number, may leave what is there.
                "AddressFirstLine" | "Postcode" => resident.text(name).is_some_and(|there| !there.is_empty()),
                "Uprn" => true,
                _ => holds(resident, &value),
            };
            let is_named = warnings.contains(word) || *name == "Postcode" && warnings.contains("address");
            if is_news && !stands && !is_named && !is_joined {
                return Err(format!("{named}: {name} neither stands there nor is named: `{warnings}`"));
            }
        }
        self.rows.push(row);
        self.all_is_well(&named)
    }

    /// The row's poster dies once it has made this call; or goes on to the end, where it makes none.
    async fn dies(&self, row: &Row, death: &Death) {
        self.stage.faults(json!([{"answer": "hang", "after": death.after, "calls": [death.call], "next": 1}]));
        let struck = async {
            while self.stage.struck() == [0] {
                tokio::task::yield_now().await;
            }
        };
        let message = pointer(&row.run, row.number);
        let event = event(&[(&message, 1)]);
        tokio::select! {
            biased;
            () = struck => {}
            answer = self.stage.poster.handle(event, self.stage.in_seconds(60)) => drop(answer),
        }
        self.stage.faults(json!([]));
        self.stage.pass(TimeDelta::seconds(100));
    }

    /// Nothing of staff's is undone, and nothing is there twice.
    fn all_is_well(&self, when: &str) -> Result<(), String> {
        let state = self.stage.api.state();
        if let Some((edit, change)) = self.desk.undone(&state).first() {
            let (correction, field) = (edit.correction, change.place.field());
            // A sheet that has a new e-mail since may bring one.
            let is_news = correction == Correction::Cleared && self.last.keys().any(|(.., name)| *name == field);
            if !is_news {
                return Err(format!("{when}: undone: {correction:?} of resident {} ({field})", edit.resident));
            }
        }
        let doubles = &state.doubles;
        if !doubles.case_notes.is_empty() || !doubles.help_requests.is_empty() {
            return Err(format!("{when}: there twice: {doubles:?}"));
        }
        let names = |one: &simulators::here_to_help::Resident| one.text("LastName").map(str::to_owned);
        let people: BTreeSet<_> = state.help_requests.iter().map(|request| request.resident_id).collect();
        if state.residents.len() > people.len() + usize::from(self.is_merged) {
            let names: Vec<_> = state.residents.iter().map(names).collect();
            return Err(format!("{when}: a resident without a request: {names:?}"));
        }
        Ok(())
    }

    /// The resident of whom a person's newest row that is there was.
    fn resident(&self, person: Person) -> Option<i64> {
        let state = self.stage.api.state();
        let rows = self.rows.iter().rev().filter(|row| row.person == person);
        let ingested = |row: &Row| {
            let id = format!("{}/{}", row.run.id, row.number);
            let made = state.help_requests.iter().find(|one| one.metadata("ingestion_row").as_ref() == Some(&id));
            made.map(|request| request.resident_id)
        };
        rows.filter_map(ingested).next()
    }

    /// What staff wrote at a resident, request or note that they deleted since is not undone by anybody else.
    fn forget_edits_of_what_is_gone(&mut self) {
        let state = self.stage.api.state();
        let is_gone =
            |edit: &simulators::desk::Edit| self.desk.undone(&state).iter().any(|(undone, _)| *undone == edit);
        self.desk = self.desk.edits().iter().filter(|edit| !is_gone(edit)).cloned().collect();
    }
}

#[test]
fn whatever_happens_nothing_is_lost_twice_or_undone() {
    let given = Config::default();
    let config = Config {
        cases: std::env::var("PROPTEST_CASES").map_or(CASES, |_| given.cases),
        rng_seed: if given.rng_seed == RngSeed::Random { RngSeed::Fixed(1) } else { given.rng_seed },
        failure_persistence: None,
        max_shrink_iters: 60,
        ..given
    };
    let played = TestRunner::new(config).run(&prop::collection::vec(step(), 3..8), |steps| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let ended = runtime.block_on(async {
            let mut world = World::begin().await;
            for step in &steps {
                world.step(step).await?;
            }
            Ok(())
        });
        ended.map_err(|wrong: String| TestCaseError::fail(wrong))
    });
    if let Err(error) = played {
        panic!("{error}");
    }
}
