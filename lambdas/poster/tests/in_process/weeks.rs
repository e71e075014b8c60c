//! Three weeks of the Shielding Patient List, with small changes each week, other feeds' rows in between, and staff who correct
//! everybody twice: nothing of theirs is undone, each changed cell arrives or is named, and nobody is there twice.
//!
//! `WEEKS_PEOPLE` says for how many people, otherwise than the tests do.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use feeds::Outcome;
use serde_json::{Value, json};
use simulators::desk::{Correction, Desk, Place};
use simulators::here_to_help::Options;

use crate::crowd::{Listed, Person, Queue, Row, Said, faults, given, holds, said};
use crate::stage::Stage;

/// How many kinds of people there are: one for each correction, and one whom nobody corrects.
const KINDS: usize = Correction::ALL.len() + 1;

/// What staff correct of a person after this week.
fn correction(person: Person, week: usize) -> Option<Correction> {
    Correction::ALL.get((person.0 + 5 * week) % KINDS).copied()
}

/// What a feed's sheet of this week says of a person: a cell is another from week to week.
fn says(person: Person, feed: &str, week: usize) -> Said {
    let mut said = person.base(feed);
    if feed != "spl" {
        // An e-mail that no list had last is news, and goes where staff cleared another one.
        said.email = says(person, "spl", week).email;
        return said;
    }
    for past in 2..=week {
        let is_cleared = (1..past).any(|week| correction(person, week) == Some(Correction::Cleared));
        let cells = [
            &mut said.first,
            &mut said.last,
            &mut said.birth,
            &mut said.telephone,
            &mut said.mobile,
            &mut said.line,
            &mut said.email,
        ];
        // Who has no news is the rest. An e-mail that staff cleared may come anew: that is no correction undone.
        let place = (person.0 / 2 + 3 * past) % (cells.len() + 2);
        match cells.into_iter().nth(place) {
            Some(_) if place == 6 && is_cleared => {}
            Some(birth) if place == 2 => *birth = format!("0{past}/03/{}", 1930 + person.0 % 60),
            Some(phone) if place == 3 || place == 4 => *phone = format!("0800 {past}{:04}", person.0),
            Some(line) if place == 5 => {
                *line = format!("{past} Well Street {}", person.0);
                // With the UPRN of before it would be the same address in other words.
                said.uprn = format!("{past}000{:04}", person.0);
            }
            Some(email) if place == 6 => *email = format!("week{past}-{}@example.org", person.0),
            Some(name) => name.push_str(["", "", "tta", "bella"][past]),
            None => {}
        }
    }
    said
}

struct Story {
    stage: Stage,
    people: Vec<Person>,
    desk: Desk,
    undone: BTreeSet<Place>,
    /// Of each person's resident, by the person's place.
    residents: Vec<i64>,
    wrong: Vec<String>,
}

impl Story {
    async fn begin(people: usize, faults: Value) -> Self {
        let stage = Stage::patient(Options::default()).await;
        stage.faults(faults);
        // Father and son share a name: they are not for this list.
        let people = (0..).filter(|number| number % 10 < 8).map(Person).take(people).collect();
        Self { stage, people, desk: Desk::default(), undone: BTreeSet::new(), residents: Vec::new(), wrong: Vec::new() }
    }

    async fn upload(&mut self, feed: &'static str, week: usize, is_listed: impl Fn(usize) -> bool) -> Vec<Row> {
        self.stage.pass(TimeDelta::days(2));
        let listed = self.people.iter().filter(|person| is_listed(person.0));
        let sheet = listed.fold(Listed::of(feed), |sheet, person| sheet.row(feed, *person, &says(*person, feed, week)));
        let when = format!("{feed}, week {week}");
        let rows = sheet.drop_at(&self.stage, &when).await;
        Queue::new(&self.stage, week as u64, &rows).drain().await;
        let state = self.stage.api.state();
        for row in &rows {
            let settled =
                row.record(&self.stage).await.settlement.map(|settlement| (settlement.outcome, settlement.reason));
            if !matches!(&settled, Some((Outcome::Created | Outcome::AlreadyKnown, _))) {
                self.wrong.push(format!("{when}: person {}: {settled:?}", row.person.0));
            }
        }
        for (edit, change) in self.desk.undone(&state) {
            if self.undone.insert(change.place) {
                let field = change.place.field();
                self.wrong
                    .push(format!("{when}: undone: {:?} of resident {} ({field})", edit.correction, edit.resident));
            }
        }
        if state.residents.len() != self.people.len() || !state.doubles.is_empty() {
            self.wrong.push(format!("{when}: {} residents, twice {:?}", state.residents.len(), state.doubles));
        }
        rows
    }

    /// Staff correct everybody who is there.
    fn corrected(&mut self, week: usize) {
        for (person, resident) in self.people.iter().zip(&self.residents) {
            if let Some(correction) = correction(*person, week) {
                self.desk.correct(&self.stage.api, *resident, correction).expect("an order that is taken");
            }
        }
    }

    /// What is not as in the week before stands there, or a warning names it.
    async fn news_arrive(&mut self, rows: &[Row], week: usize) {
        let state = self.stage.api.state();
        let before = rows
            .iter()
            .fold(Listed::of("spl"), |sheet, row| sheet.row("spl", row.person, &says(row.person, "spl", week - 1)));
        for ((row, before), resident) in rows.iter().zip(before.sheet.posts()).zip(&self.residents) {
            let before = said(&before);
            let warnings = row.record(&self.stage).await.warnings.join("; ");
            let resident = state.resident(*resident).expect("a resident");
            for value in said(&row.post).into_iter().filter(|value| !before.contains(value)) {
                if !holds(resident, &value) && !warnings.contains(value.0) {
                    self.wrong.push(format!("week {week}: {} of person {}: `{warnings}`", value.1, row.person.0));
                }
            }
        }
    }
}

async fn three_weeks(people: usize, faults: Value) {
    let mut story = Story::begin(given("WEEKS_PEOPLE", people), faults).await;
    let rows = story.upload("spl", 1, |_| true).await;
    for row in &rows {
        let resident = row.record(&story.stage).await.settlement.and_then(|settlement| settlement.resident_id);
        story.residents.push(resident.expect("a resident"));
    }
    story.corrected(1);
    story.upload("nsss", 1, |number| number % 3 == 0).await;
    let rows = story.upload("spl", 2, |_| true).await;
    story.news_arrive(&rows, 2).await;
    story.corrected(2);
    story.upload("self-isolation", 2, |number| number % 5 == 1).await;
    story.upload("generic", 2, |number| number % 4 == 2).await;
    let rows = story.upload("spl", 3, |_| true).await;
    story.news_arrive(&rows, 3).await;
    story.upload("nsss", 3, |number| number % 3 != 2).await;
    let wrong = story.wrong;
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn nothing_of_staff_s_is_undone_in_three_weeks() {
    three_weeks(KINDS * 2, json!([])).await;
}

#[tokio::test]
async fn nothing_of_staff_s_is_undone_in_three_weeks_of_faults() {
    three_weeks(KINDS * 2, faults()).await;
}
