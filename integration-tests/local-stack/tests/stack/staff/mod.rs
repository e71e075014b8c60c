//! What staff corrected stays, and what sheets say of it since is not lost: issue 16's staff test.

mod people;

use std::collections::{BTreeMap, BTreeSet};

use feeds::Outcome;
use local_stack::summaries::{self, Line};
use local_stack::{Options, Stack};
use simulators::desk::{Correction, Desk, Place};
use simulators::here_to_help::{Resident, Simulator, State};

use crate::common;
use crate::people::{Row, drop_sheet};
use people::{Field, PEOPLE, Person};

const FEEDS: [&str; 4] = ["spl", "nsss", "generic", "self-isolation"];

/// The stack, the staff, and everything that is not as it must be.
struct Story {
    stack: Stack,
    drive: tempfile::TempDir,
    files: usize,
    desk: Desk,
    /// The people's residents, as the first sheets made them.
    residents: BTreeMap<u32, i64>,
    undone: BTreeSet<Place>,
    wrong: Vec<String>,
}

/// The rows that a sheet lists, each with its person, in order.
type Listed = Vec<(Person, Row)>;

impl Story {
    async fn begin() -> Self {
        let drive = tempfile::tempdir().expect("a folder");
        let mut options = Options::new(drive.path());
        options.as_of = Some("2021-03-08".parse().expect("a date"));
        let stack = Stack::start(options).await.expect("the stack starts");
        let (desk, residents, undone) = (Desk::default(), BTreeMap::new(), BTreeSet::new());
        Self { stack, drive, files: 0, desk, residents, undone, wrong: Vec::new() }
    }

    fn api(&self) -> &Simulator {
        self.stack.here_to_help.as_ref().expect("the stack's own simulator")
    }

    /// Drops a sheet of each feed, waits for the summaries, and gives the summary's line of each person, by feed.
    async fn upload(&mut self, name: &str, sheets: &[(&'static str, Listed)]) -> BTreeMap<(&'static str, u32), Line> {
        for (feed, listed) in sheets {
            let rows: Vec<Row> = listed.iter().map(|(_, row)| row.clone()).collect();
            drop_sheet(self.drive.path(), feed, &format!("{name}.csv"), &rows);
        }
        self.files += sheets.len();
        let runs = common::reported(&self.stack, self.files).await;
        let mut lines = BTreeMap::new();
        for (feed, listed) in sheets {
            let run = runs.iter().find(|(run, _)| run.feed.name() == *feed && run.file_name == format!("{name}.csv"));
            let books = summaries::of(&self.stack, &run.expect("its run").0.id).expect("the summary");
            let mut shown = books["processed"].lines("hackney_cases");
            shown.sort_by_key(|line| line["source_row"].parse::<u32>().expect("a number"));
            assert_eq!(shown.len(), listed.len(), "{feed}: {name}");
            for ((person, _), line) in listed.iter().zip(shown) {
                let done = [Outcome::Created, Outcome::AlreadyKnown].map(|outcome| outcome.as_str());
                if !done.contains(&line["status"].as_str()) {
                    self.wrong.push(format!(
                        "{name}: {feed} of {} ({:?}): {}, {}",
                        person.number,
                        person.correction(),
                        line["status"],
                        line["reason"]
                    ));
                }
                lines.insert((*feed, person.number), line);
            }
        }
        self.nobody_is_there_twice(name);
        lines
    }

    fn nobody_is_there_twice(&mut self, when: &str) {
        let state = self.api().state();
        if state.residents.len() != PEOPLE as usize {
            self.wrong.push(format!("{when}: {} residents of {PEOPLE} people", state.residents.len()));
        }
        if !state.doubles.is_empty() {
            self.wrong.push(format!("{when}: there twice: {:?}", state.doubles));
        }
    }

    /// Names what staff wrote and stands no longer, but for what they cleared and a sheet has news of since.
    fn nothing_is_undone(&mut self, when: &str, people: &[Person], news_came: bool) {
        let state = self.api().state();
        let person = |resident: i64| people.iter().find(|person| self.residents[&person.number] == resident);
        for (edit, change) in self.desk.undone(&state) {
            let news = person(edit.resident).and_then(Person::news);
            let is_news = edit.correction == Correction::Cleared && news_came && news == Some(Field::Email);
            if !is_news && self.undone.insert(change.place) {
                let field = change.place.field();
                self.wrong
                    .push(format!("{when}: undone: {:?} of resident {} ({field})", edit.correction, edit.resident));
            }
        }
    }

    /// A value stands at the resident, or the row's warnings name it; where staff corrected it, they say just that.
    fn arrives(&mut self, when: &str, feed: &str, person: &Person, field: Field, line: &Line) {
        let state = self.api().state();
        let has_arrived = self.resident(&state, person).is_some_and(|resident| person.has_arrived(field, resident));
        let kept = if person.is_corrected(field) { " kept: changed in Here to Help" } else { "" };
        if !has_arrived && !line["warnings"].contains(&format!("{}{kept}", field.words())) {
            let (corrected, number) = (person.correction(), person.number);
            self.wrong.push(format!(
                "{when}: {feed} of {number} ({corrected:?}): the {} neither arrived nor is it named: `{}`",
                field.words(),
                line["warnings"]
            ));
        }
    }

    fn resident<'a>(&self, state: &'a State, person: &Person) -> Option<&'a Resident> {
        state.resident(self.residents[&person.number])
    }
}

/// The sheet of each feed that lists people from the beginning.
fn sheets(people: &[Person]) -> Vec<(&'static str, Listed)> {
    let of = |feed: &'static str| {
        let listed = people.iter().filter(|person| person.feeds().contains(&feed));
        (feed, listed.map(|person| (person.clone(), person.row(feed))).collect())
    };
    FEEDS.into_iter().map(of).collect()
}

#[tokio::test]
async fn what_staff_corrected_stays_and_what_sheets_say_is_not_lost() {
    let mut story = Story::begin().await;
    let people: Vec<Person> = (0..PEOPLE).map(Person::new).collect();
    story.upload("week 1", &sheets(&people)).await;
    assert!(story.wrong.is_empty(), "{:#?}", story.wrong);
    let state = story.api().state();
    for person in &people {
        let theirs = state.residents.iter().find(|resident| resident.text("LastName") == Some(&person.last));
        story.residents.insert(person.number, theirs.expect("their resident").id);
    }

    for person in &people {
        if let Some(correction) = person.correction() {
            let mut desk = std::mem::take(&mut story.desk);
            assert_eq!(desk.correct(story.api(), story.residents[&person.number], correction), Ok(true));
            story.desk = desk;
        }
    }

    // The same cells in another order change nothing at all.
    let before = story.api().state();
    let backwards: Vec<Person> = people.iter().rev().cloned().collect();
    story.upload("week 2", &sheets(&backwards)).await;
    story.nothing_is_undone("week 2", &people, false);
    let after = story.api().state();
    for resident in &before.residents {
        if after.resident(resident.id) != Some(resident) {
            story.wrong.push(format!("week 2: resident {} is another than before", resident.id));
        }
    }
    if (before.help_requests, before.case_notes) != (after.help_requests, after.case_notes) {
        story.wrong.push("week 2: requests or notes are others than before".to_owned());
    }

    // Changed cells arrive, or are named where staff have been there.
    let news: Vec<Person> = people.iter().map(Person::with_news).collect();
    let changing: Vec<(&'static str, Listed)> = FEEDS
        .into_iter()
        .map(|feed| {
            let in_sheet = news.iter().zip(&people).filter(|(_, person)| person.feeds().contains(&feed));
            let row = |(news, person): (&Person, &Person)| {
                let says = if person.feeds()[0] == feed { news } else { person };
                (says.clone(), says.row(feed))
            };
            (feed, in_sheet.map(row).collect())
        })
        .collect();
    let lines = story.upload("week 3", &changing).await;
    story.nothing_is_undone("week 3", &people, true);
    for (person, news) in people.iter().zip(&news) {
        let feed = person.feeds()[0];
        if let Some(field) = person.news() {
            story.arrives("week 3", feed, news, field, &lines[&(feed, person.number)]);
        }
    }

    // Another feed asks for help for those who were corrected. An e-mail that staff cleared it does not bring.
    let corrected = news.iter().filter(|person| person.correction().is_some() && !person.feeds().contains(&"generic"));
    let asking = corrected.map(|person| {
        let is_cleared = person.correction() == Some(Correction::Cleared);
        let person = if is_cleared { person.clone().without_email() } else { person.clone() };
        (person.clone(), person.row("generic"))
    });
    let asking: Listed = asking.collect();
    let lines = story.upload("link work", &[("generic", asking.clone())]).await;
    story.nothing_is_undone("link work", &people, true);
    let state = story.api().state();
    for (person, _) in &asking {
        let line = &lines[&("generic", person.number)];
        let theirs = story.residents[&person.number];
        let request = line["help_request_id"].parse().ok().and_then(|id| state.help_request(id));
        if request
            .is_none_or(|request| request.resident_id != theirs || request.text("HelpNeeded") != Some("Link Work"))
        {
            story.wrong.push(format!("link work: the request of {} is not resident {theirs}'s", person.number));
        }
        for field in person.fields("generic") {
            story.arrives("link work", "generic", person, field, line);
        }
    }
    let Story { stack, wrong, .. } = story;
    stack.stop().await.expect("the stack stops");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
