//! Sheets that list the same people, ten posters at once, and what must be there at the end.

mod end;
mod people;
mod queue;

use feeds::Post;
use ledger::{RowRecord, Run};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde_json::{Value, json};

pub(crate) use end::{findings, holds, said};
pub(crate) use people::{FEEDS, Person, Said};
pub(crate) use queue::Queue;

use crate::stage::{Sheet, Stage};

/// A number that the environment gives, or the usual one.
pub(crate) fn given(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|given| given.parse().ok()).unwrap_or(usual)
}

/// Of the API's calls 10 % are answered and the answer is lost, 10 % give 500, 10 % 429, and 5 % a 400 with a text.
pub(crate) fn faults() -> Value {
    json!([
        {"answer": "closed", "after": "everything", "probability": 0.1},
        {"answer": "500", "after": "resident", "probability": 0.05},
        {"answer": "500", "probability": 0.05},
        {"answer": "429", "probability": 0.1},
        {"answer": "text-400", "after": "help-request", "probability": 0.025},
        {"answer": "text-400", "probability": 0.025},
    ])
}

/// A sheet with whom each row is about.
pub(crate) struct Listed {
    pub(crate) sheet: Sheet,
    pub(crate) people: Vec<Person>,
}

/// A row that was decided, in the order of the sheets.
pub(crate) struct Row {
    pub(crate) run: Run,
    pub(crate) number: u32,
    pub(crate) person: Person,
    pub(crate) post: Post,
}

impl Listed {
    pub(crate) fn of(feed: &str) -> Self {
        Self { sheet: Sheet::of(feed), people: Vec::new() }
    }

    pub(crate) fn row(mut self, feed: &str, person: Person, said: &Said) -> Self {
        let cells = said.cells(feed);
        let cells: Vec<(&str, &str)> = cells.iter().map(|(column, text)| (*column, text.as_str())).collect();
        self.sheet = self.sheet.row(&cells);
        self.people.push(person);
        self
    }

    /// A feed's sheet of most of these people: some rows stand twice in it and say something else there.
    pub(crate) fn of_most(feed: &'static str, people: &[Person], rng: &mut StdRng) -> Self {
        let mut listed: Vec<Person> =
            people.iter().filter(|person| person.feeds().contains(&feed) && rng.random_bool(0.8)).copied().collect();
        listed.shuffle(rng);
        listed.into_iter().fold(Self::of(feed), |sheet, person| {
            let times = if rng.random_bool(0.04) { 2 } else { 1 };
            (0..times).fold(sheet, |sheet, _| sheet.row(feed, person, &person.says(feed, rng)))
        })
    }

    /// Drops the sheet; its rows.
    pub(crate) async fn drop_at(&self, stage: &Stage, file: &str) -> Vec<Row> {
        let run = stage.run(file, &self.sheet).await;
        let posts = self.sheet.posts();
        assert_eq!(posts.len(), self.people.len(), "all rows are posted");
        let rows = (2..).zip(posts).zip(&self.people);
        rows.map(|((number, post), person)| Row { run: run.clone(), number, person: *person, post }).collect()
    }
}

impl Row {
    /// The row as the ledger has it.
    pub(crate) async fn record(&self, stage: &Stage) -> RowRecord {
        stage.ledger.row(&self.run, self.number).await.expect("an answer").expect("a row")
    }
}
