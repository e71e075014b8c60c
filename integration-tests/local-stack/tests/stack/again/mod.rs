//! Sheets that come again: the next week's, the same one under another name, and what a summary asks to be corrected.

mod names;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use feeds::{Feed, Outcome};
use ledger::{Progress, Run};
use local_stack::summaries::{self, Book};
use local_stack::{Options, Stack};
use rust_xlsxwriter::Workbook;
use simulators::here_to_help::{Staff, State};

use crate::common;
use crate::people::{Row, drop_sheet};
use names::{FEEDS, Names, changed};

const AS_OF: &str = "2021-03-08";
/// The last columns of every list of people.
const WHAT_BECAME_OF_IT: [&str; 5] = ["source_row", "status", "reason", "how_to_fix", "warnings"];
const IDS: [&str; 2] = ["resident_id", "help_request_id"];

/// Tabs in their order, each with its columns; the summary has none.
type Tabs<'a> = Vec<(&'a str, Vec<&'a str>)>;

fn drop_all(drive: &Path, name: &str, rows: impl Fn(&Names) -> Vec<Row>) {
    for names in &FEEDS {
        drop_sheet(drive, names.feed, name, &rows(names));
    }
}

/// Waits for the summaries of all files so far, and gives the runs of those of this name, by feed.
async fn runs_of(stack: &Stack, files: usize, name: &str) -> BTreeMap<&'static str, (Run, Progress)> {
    let runs = common::reported(stack, files * FEEDS.len()).await;
    let runs: BTreeMap<_, _> =
        runs.into_iter().filter(|(run, _)| run.file_name == name).map(|run| (run.0.feed.name(), run)).collect();
    assert_eq!(runs.len(), FEEDS.len(), "{name}");
    runs
}

fn totals((run, progress): &(Run, Progress)) -> BTreeMap<Outcome, u64> {
    let mut totals = progress.totals(run);
    totals.retain(|_, rows| *rows > 0);
    totals
}

#[tokio::test]
async fn sheets_that_come_again_change_only_what_is_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = Options::new(folder.path());
    options.as_of = Some(AS_OF.parse().expect("a date"));
    let stack = Stack::start(options).await.expect("the stack starts");
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");

    drop_all(folder.path(), "week 9.csv", Names::week);
    let first = runs_of(&stack, 1, "week 9.csv").await;
    for names in &FEEDS {
        let run = &first[names.feed];
        assert_eq!(totals(run), names.ends(), "{}", names.feed);
        as_people_know_it(names, run, summaries::of(&stack, &run.0.id).expect("the summary"));
    }

    // Staff enter a ward and a UPRN for everybody, over the sheet's own too.
    for resident in api.state().residents {
        let edit =
            serde_json::json!({ "Id": resident.id, "Ward": "Hoxton", "Uprn": format!("20000000{}", resident.id) });
        api.staff(Staff::EditResident(edit.as_object().expect("an object").clone())).expect("a resident");
    }
    let before = api.state();

    // Next week's sheet has news, and the same one comes again under another name.
    drop_all(folder.path(), "week 10.csv", |names| {
        let news = |row: Row| changed(changed(row, names.note, "another note"), names.email, "new@example.org");
        names.week().into_iter().map(news).collect()
    });
    drop_all(folder.path(), "week 9 again.csv", Names::week);
    for name in ["week 10.csv", "week 9 again.csv"] {
        for (feed, run) in runs_of(&stack, 3, name).await {
            let names = FEEDS.iter().find(|names| names.feed == feed).expect("one of them");
            let mut ends = names.ends();
            ends.remove(&Outcome::Created).and_then(|known| ends.insert(Outcome::AlreadyKnown, known));
            assert_eq!(totals(&run), ends, "{feed}: {name}");
        }
    }
    let after = api.state();
    assert_eq!(entered_by_staff(&before), entered_by_staff(&after));
    assert_eq!(before.help_requests.len(), after.help_requests.len());
    assert!(after.doubles.is_empty(), "{:?}", after.doubles);

    // What a summary asks to be corrected comes back as a CSV and as a copy of the whole spreadsheet; for every second
    // feed the other way round.
    for (names, place) in FEEDS.iter().zip(0..) {
        let book = main_book(names, summaries::of(&stack, &first[names.feed].0.id).expect("the summary"));
        let inbound = folder.path().join(names.feed).join("inbound");
        let corrected = names.corrected(&book);
        if place % 2 == 0 {
            as_csv(&corrected, &inbound.join("first.csv"))
        } else {
            as_xlsx(&book, &corrected, &inbound.join("first.xlsx"))
        }
    }
    corrected(&stack, 4, "first.", Outcome::Created).await;
    for (names, place) in FEEDS.iter().zip(0..) {
        let book = main_book(names, summaries::of(&stack, &first[names.feed].0.id).expect("the summary"));
        let inbound = folder.path().join(names.feed).join("inbound");
        let corrected = names.corrected(&book);
        if place % 2 == 1 {
            as_csv(&corrected, &inbound.join("second.csv"))
        } else {
            as_xlsx(&book, &corrected, &inbound.join("second.xlsx"))
        }
    }
    corrected(&stack, 5, "second.", Outcome::AlreadyKnown).await;
    let last = api.state();
    let added: u64 = FEEDS.iter().map(Names::to_fix).sum();
    assert_eq!(last.help_requests.len() as u64, after.help_requests.len() as u64 + added);
    assert!(last.doubles.help_requests.is_empty(), "{:?}", last.doubles);
    assert!(last.doubles.case_notes.is_empty(), "{:?}", last.doubles);
    stack.stop().await.expect("the stack stops");
}

/// Just the rows of `to_fix` were ingested, and all of them so.
async fn corrected(stack: &Stack, files: usize, name: &str, outcome: Outcome) {
    let runs = common::reported(stack, files * FEEDS.len()).await;
    for names in &FEEDS {
        let run = runs.iter().find(|(run, _)| run.feed.name() == names.feed && run.file_name.starts_with(name));
        let run = run.expect("a run of the corrected sheet");
        assert_eq!(totals(run), BTreeMap::from([(outcome, names.to_fix())]), "{}: {name}", names.feed);
        assert_eq!(run.0.rows_read, names.to_fix(), "{}: {name}", names.feed);
    }
}

fn entered_by_staff(state: &State) -> BTreeMap<i64, (Option<&str>, Option<&str>)> {
    state.residents.iter().map(|resident| (resident.id, (resident.text("Ward"), resident.text("Uprn")))).collect()
}

/// The spreadsheet that has the tab `to_fix`.
fn main_book(names: &Names, mut books: BTreeMap<String, Book>) -> Book {
    let kind = if names.feed == "contact-tracing" { "hackney" } else { "processed" };
    books.remove(kind).expect("the spreadsheet")
}

/// Names, tabs and columns are those of docs/contract/feeds.md, and the counts add up to the sheet's rows.
fn as_people_know_it(names: &Names, run: &(Run, Progress), mut books: BTreeMap<String, Book>) {
    let feed = Feed::named(names.feed).expect("a feed");
    let own: Vec<&str> = feed.columns().iter().map(|column| column.name).collect();
    let to_fix = [&own[..], &["row_in_sheet", "problem", "how_to_fix"]].concat();
    let cases = "hackney_cases";
    let expected: Vec<(String, Tabs<'_>)> = if names.feed == "contact-tracing" {
        let list = |columns: &[&'static str]| [columns, &WHAT_BECAME_OF_IT, &IDS].concat();
        let sixteen = [
            "Account ID",
            "NHS Number",
            "Forename",
            "Surname",
            "Gender",
            "Date of Birth",
            "House Number",
            "Postcode",
            "Email",
            "Phone",
            "Phone2",
            "First Symptomatic At",
            "Date Tested",
            "Comments",
            "Date Updated",
            "Date Time Extracted",
        ];
        let hackney = vec![
            ("email_list", list(&["Date Time Extracted", "Forename", "Surname", "Email"])),
            ("address_list", list(&["Date Time Extracted", "Forename", "Surname", "House Number", "Postcode"])),
            (cases, list(&sixteen)),
            ("summary", vec![]),
            ("to_fix", to_fix),
            ("skipped", vec!["source_row", "Account ID", "reason"]),
        ];
        vec![
            ("hackney", "Hackney_CT_FOR_UPLOAD", hackney),
            ("city", "city_CT_FOR_UPLOAD", vec![("city_cases", list(&sixteen))]),
        ]
    } else {
        let follow_up: &[&str] = if names.feed == "self-isolation" { &["cev_case_added_id"] } else { &[] };
        let tabs = vec![
            (cases, [follow_up, &IDS, &own[..], &WHAT_BECAME_OF_IT].concat()),
            ("summary", vec![]),
            ("to_fix", to_fix),
        ];
        vec![("processed", "PROCESSED", tabs)]
    }
    .into_iter()
    .map(|(kind, prefix, tabs)| {
        let book = books.get(kind).unwrap_or_else(|| panic!("no spreadsheet {kind}"));
        assert_eq!(book.name, format!("{prefix}_week 9.csv_{AS_OF}"));
        (kind.to_owned(), tabs)
    })
    .collect();
    assert_eq!(books.len(), expected.len(), "{}", names.feed);
    for (kind, tabs) in &expected {
        let shown: Vec<&str> = books[kind].tabs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(shown, tabs.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{}", names.feed);
        for (tab, columns) in tabs.iter().filter(|(tab, _)| *tab != "summary") {
            assert_eq!(books[kind].tab(tab)[0], *columns, "{}: {tab}", names.feed);
        }
    }

    let sheet = names.week().len() as u64;
    let mut listed: BTreeMap<String, u64> = BTreeMap::new();
    if names.feed == "contact-tracing" {
        for line in books["city"].lines("city_cases").iter().chain(&books["hackney"].lines(cases)) {
            *listed.entry(line["status"].clone()).or_default() += 1;
        }
        let skipped = books["hackney"].lines("skipped").len() as u64;
        listed.insert("skipped".to_owned(), skipped);
    } else {
        for line in books["processed"].lines(cases) {
            *listed.entry(line["status"].clone()).or_default() += 1;
        }
    }
    let book = main_book(names, std::mem::take(&mut books));
    let told: BTreeMap<&str, &str> =
        book.tab("summary").iter().map(|line| (line[0].as_str(), line[1].as_str())).collect();
    let count = |label: &str| told[label].parse::<u64>().expect("a count");
    let counts = Outcome::ALL.iter().map(|outcome| count(outcome.as_str()));
    assert_eq!((count("total"), counts.sum::<u64>()), (sheet, sheet), "{}: {told:?}", names.feed);
    for outcome in Outcome::ALL {
        let lines = listed.get(outcome.as_str()).copied().unwrap_or_default();
        assert_eq!(count(outcome.as_str()), lines, "{}: {outcome}", names.feed);
    }
    assert_eq!(book.lines("to_fix").len() as u64, names.to_fix(), "{}", names.feed);
    assert_eq!((told["file"], told["run"]), ("week 9.csv", run.0.id.as_str()));
}

fn as_csv(lines: &[Vec<String>], path: &Path) {
    let mut sheet = csv::Writer::from_writer(Vec::new());
    for line in lines {
        sheet.write_record(line).expect("a line");
    }
    fs::write(path, sheet.into_inner().expect("the sheet")).expect("the sheet is written");
}

/// A copy of the spreadsheet in which only `to_fix` is another.
fn as_xlsx(book: &Book, corrected: &[Vec<String>], path: &Path) {
    let mut workbook = Workbook::new();
    for (name, lines) in &book.tabs {
        let tab = workbook.add_worksheet().set_name(name).expect("a tab");
        let lines = if name == "to_fix" { corrected } else { lines };
        for (row, line) in (0..).zip(lines) {
            for (column, cell) in (0..).zip(line) {
                tab.write_string(row, column, cell).expect("a cell");
            }
        }
    }
    workbook.save(path).expect("the spreadsheet is written");
}
