//! Sheets as offices make them, in `fixtures/field`: re-saved, exported, pasted together. Each is read by the reader that
//! the service uses, and each row must become what `expected.jsonl` says.
//!
//! A line of it is an expectation. Of a row: `outcome` (`post`, `rejected`, or `either`), and of a post `sent` (fields and
//! the id in the metadata; null: left out; a list: any of these), `notes`, `warns` (each stands in a warning), `silent` (none
//! of these does); of a rejection `says`. Of the file as a whole: `whole`, `says`, and how many `rows` and `posts` there are,
//! the `header`'s row and the `tab`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use feeds::{Decision, ExcludedIds, Feed, FileRejected, Intake, Judged, Post, Problem, Rules};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    file: String,
    feed: &'static Feed,
    row: Option<u32>,
    outcome: Option<String>,
    whole: Option<String>,
    #[serde(default)]
    sent: serde_json::Map<String, Value>,
    #[serde(default)]
    warns: Vec<String>,
    #[serde(default)]
    silent: Vec<String>,
    #[serde(default)]
    says: Vec<String>,
    notes: Option<Vec<String>>,
    rows: Option<usize>,
    posts: Option<usize>,
    header: Option<u32>,
    tab: Option<String>,
}

/// The outcome of a file.
struct Sheet {
    intake: Intake,
    result: Result<Vec<Judged>, FileRejected>,
}

fn field() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/field")
}

fn read(feed: &'static Feed, file: &str) -> Sheet {
    let as_of = NaiveDate::from_ymd_opt(2021, 3, 8).expect("a date");
    let rules = Rules { as_of, excluded: ExcludedIds::default() };
    let format = sheets::Format::of(file, None).expect("a sheet by its name");
    let opened = File::open(field().join(file)).expect("the file is there");
    let rows = match sheets::open(opened, format, &sheets::Limits::default()) {
        Ok(rows) => rows,
        Err(error) => {
            let problems = vec![error.file_problem()];
            let intake = Intake::new(feed, rules, feeds::Origin::Separated);
            return Sheet { intake, result: Err(FileRejected { problems }) };
        }
    };
    let mut intake = Intake::new(feed, rules, rows.origin.clone());
    let judged = || {
        let mut judged = Vec::new();
        for row in rows {
            let row = row.map_err(|error| FileRejected { problems: vec![error.file_problem()] })?;
            judged.extend(intake.push(row)?);
        }
        judged.extend(intake.finish()?);
        Ok(judged)
    };
    let result = judged();
    Sheet { intake, result }
}

#[test]
fn every_row_of_every_file_becomes_what_is_expected() {
    let text = fs::read_to_string(field().join("expected.jsonl")).expect("the expectations are there");
    let expectations: Vec<Expectation> =
        text.lines().map(|line| serde_json::from_str(line).expect("an expectation")).collect();
    let mut wrong = Vec::new();
    for expectation in &expectations {
        let sheet = read(expectation.feed, &expectation.file);
        let (row, file) = (expectation.row.map_or(String::new(), |row| format!(", row {row}")), &expectation.file);
        if let Err(what) = expectation.check(&sheet) {
            wrong.push(format!("{file}{row}: {what}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are not met:\n{}", wrong.len(), expectations.len(), wrong.join("\n"));
    for entry in fs::read_dir(field()).expect("the folder is there") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        let is_expected = expectations.iter().any(|expectation| expectation.file == name);
        assert!(is_expected || name == "expected.jsonl", "nothing is expected of {name}");
    }
}

impl Expectation {
    fn check(&self, sheet: &Sheet) -> Result<(), String> {
        match &self.whole {
            Some(whole) => self.check_whole(whole, sheet),
            None => {
                let rows = sheet.result.as_ref().map_err(|rejected| format!("the file is rejected: {rejected}"))?;
                let row = rows.iter().find(|judged| Some(judged.row) == self.row).ok_or("no such row")?;
                self.check_row(row)
            }
        }
    }

    fn check_whole(&self, whole: &str, sheet: &Sheet) -> Result<(), String> {
        let said = match (&sheet.result, whole) {
            (Ok(rows), "accepted") => {
                let posts = rows.iter().filter(|row| matches!(row.decision, Decision::Post(_))).count();
                expect("rows", &self.rows.unwrap_or(rows.len()), &rows.len())?;
                expect("posts", &self.posts.unwrap_or(posts), &posts)?;
                let header = sheet.intake.header().map(|header| header.row);
                expect("header", &self.header.or(header), &header)?;
                let tab = &sheet.intake.evidence().tab;
                expect("tab", self.tab.as_ref().map_or(tab, |_| &self.tab), tab)?;
                sheet.intake.evidence().warnings().join("\n")
            }
            (Err(rejected), "rejected") => {
                let lines =
                    rejected.problems.iter().map(|problem| format!("{}\n{}", problem.problem, problem.how_to_fix));
                lines.collect::<Vec<_>>().join("\n")
            }
            (Ok(_), _) => return Err("the file is accepted".to_owned()),
            (Err(rejected), _) => return Err(format!("the file is rejected: {rejected}")),
        };
        holds_all(&self.says, &said)
    }

    fn check_row(&self, row: &Judged) -> Result<(), String> {
        match (&row.decision, self.outcome.as_deref()) {
            (Decision::Post(post), Some("post" | "either")) => self.check_post(post, &row.warnings),
            (Decision::Rejected { problems }, Some("rejected" | "either")) => {
                let (wrong, fix) = Problem::in_words(problems);
                holds_all(&self.says, &format!("{wrong}\n{fix}"))
            }
            (Decision::Rejected { problems }, _) => Err(format!("rejected: {}", Problem::in_words(problems).0)),
            (Decision::Skipped { reason }, _) => Err(format!("skipped: {reason}")),
            (Decision::Post(_), _) => Err("posted".to_owned()),
        }
    }

    fn check_post(&self, post: &Post, warnings: &[String]) -> Result<(), String> {
        let request = serde_json::to_value(&post.request).expect("JSON");
        let address = serde_json::to_value(&post.address).expect("JSON");
        for (field, expected) in &self.sent {
            let sent = [&request[field], &address[field], &request["Metadata"][field]];
            let sent = sent.into_iter().find(|value| !value.is_null()).unwrap_or(&Value::Null);
            let is_right = expected.as_array().map_or(expected == sent, |any| any.contains(sent));
            if !is_right {
                return Err(format!("{field} is {sent}, not {expected}"));
            }
        }
        if let Some(notes) = &self.notes {
            expect("notes", notes, &post.notes.iter().map(|note| note.note.clone()).collect())?;
        }
        holds_all(&self.warns, &warnings.join("\n"))?;
        match warnings.iter().find(|warning| self.silent.iter().any(|word| warning.contains(word))) {
            Some(warning) => Err(format!("warned: {warning}")),
            None => Ok(()),
        }
    }
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, got: &T) -> Result<(), String> {
    if expected == got { Ok(()) } else { Err(format!("{what}: {got:?}, not {expected:?}")) }
}

fn holds_all(words: &[String], said: &str) -> Result<(), String> {
    match words.iter().find(|word| !said.contains(word.as_str())) {
        Some(word) => Err(format!("nothing says \"{word}\": {said}")),
        None => Ok(()),
    }
}
