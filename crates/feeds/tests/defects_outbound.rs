//! The defects of the replaced system (docs/contract/feeds.md, part 3) that leases and the summary
//! keep from returning. Each test is named after its defect.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use feeds::{
    ExcludedIds, Feed, FileResult, Header, Intake, Layout, Origin, Outcome, RowResult, Rules, Settlement, SheetRow,
    SummaryFacts, Tab, summary_tab,
};
use wire::{HelpRequest, NhsNumber, identities};

#[test]
fn defect_20_contact_tracing_shows_ids_and_status_of_every_row() {
    let layout = layout("contact-tracing", &["Account ID", "UTLA"]);
    let row = RowResult {
        settlement: Settlement { resident_id: Some(3), ..Settlement::new(Outcome::Failed) }
            .because("the API would not take it", ""),
        ..result(&["70001", "Hackney"], Some(4))
    };
    let cases = tab_of(&layout, "hackney_cases");
    let line = line_in(&layout, "hackney_cases", &row).expect("a row of Hackney's");
    let cell = |name| cases.columns().iter().position(|column| *column == name).map(|place| line[place].as_str());
    assert_eq!(cell("Account ID"), Some("70001"));
    assert_eq!(cell("status"), Some("failed"));
    assert_eq!(cell("reason"), Some("the API would not take it"));
    assert_eq!(cell("resident_id"), Some("3"));
    assert_eq!(cell("help_request_id"), Some("4"));
}

#[test]
fn defect_21_a_row_without_ids_says_why_and_what_to_do() {
    for feed in ["nsss", "spl", "self-isolation", "generic"] {
        let layout = layout(feed, &["A"]);
        let row = RowResult {
            settlement: Settlement::new(Outcome::Rejected).because("NHS number is blank", "Write it"),
            ..result(&["x"], None)
        };
        for tab in ["hackney_cases", "to_fix"] {
            let line = line_in(&layout, tab, &row).expect("a row to fix stands in both tabs");
            assert!(
                line.contains(&row.settlement.reason) && line.contains(&row.settlement.how_to_fix),
                "{feed}, {tab}"
            );
        }
    }
}

#[test]
fn defect_22_another_councils_row_is_listed_with_its_reason_and_counted() {
    let layout = layout("contact-tracing", &["Account ID", "Surname", "UTLA"]);
    let row = RowResult {
        settlement: Settlement::skipped("UTLA is Hackney and City of London".to_owned()),
        ..result(&["70001", "Lee", "Hackney and City of London"], None)
    };
    let line = line_in(&layout, "skipped", &row).expect("a skipped row");
    assert_eq!(line, ["2", "70001", "UTLA is Hackney and City of London"]);
    assert!(summary(&BTreeMap::from([(Outcome::Skipped, 1)])).contains(&("skipped".to_owned(), "1".to_owned())));
}

#[test]
fn defect_40_a_summary_may_be_dropped_again() {
    for feed in feeds::all() {
        let first = layout_of(feed, feed.columns().iter().map(|column| column.name.to_owned()).collect());
        // Contact tracing's cases lack the council: only its to_fix can be read again.
        let names: &[&str] = if feed.name() == "contact-tracing" { &["to_fix"] } else { &["hackney_cases", "to_fix"] };
        for name in names {
            let dropped: Vec<String> = tab_of(&first, name).columns().iter().map(ToString::to_string).collect();
            let second = layout_of(feed, dropped.clone());
            for tab in ["hackney_cases", "to_fix"] {
                assert_eq!(tab_of(&second, tab).columns(), tab_of(&first, tab).columns(), "{feed}, {name}");
            }
            let mut intake =
                Intake::new(feed, Rules { as_of: date(), excluded: ExcludedIds::default() }, Origin::Separated);
            intake.push(SheetRow::of_text(1, dropped)).expect("nothing is wrong yet");
            intake.finish().expect("our own columns are no reason to reject a file");
        }
    }
}

#[test]
fn defect_41_a_sheet_without_rows_ends_in_a_summary_too() {
    let lines = summary(&BTreeMap::new());
    assert!(lines.contains(&("total".to_owned(), "0".to_owned())));
    let to_do = lines.iter().find(|(label, _)| label == "what to do").expect("a line");
    assert_eq!(to_do.1, "Nothing: there are no rows below the header.");
}

#[test]
fn defect_48_a_cell_stays_the_text_that_it_was() {
    let layout = layout("nsss", &["a", "b", "c", "d"]);
    let cells = ["=SUM(A1)", "+447700900123", "07700900123", "12345e67"];
    let row = RowResult { settlement: Settlement::new(Outcome::Failed), ..result(&cells, None) };
    for tab in ["hackney_cases", "to_fix"] {
        let line = line_in(&layout, tab, &row).expect("a failed row stands in both tabs");
        assert!(line.windows(4).any(|window| window == cells), "{tab}");
    }
}

#[test]
fn defect_51_one_person_in_two_feeds_is_never_posted_twice_at_once() {
    let person = HelpRequest { first_name: some("Ann"), last_name: some("Lee"), ..HelpRequest::default() };
    let tracing = HelpRequest {
        nhs_ctas_id: some("70001"),
        help_needed: some("Contact Tracing"),
        nhs_number: NhsNumber::read("9434765919"),
        ..person.clone()
    };
    let generic = HelpRequest { first_name: some("ANN"), help_needed: some("EUSS"), ..person };
    let generic = identities(&generic);
    assert!(identities(&tracing).iter().any(|identity| generic.contains(identity)));
}

#[test]
fn defect_53_the_city_gets_only_the_columns_that_it_needs() {
    let sheet = ["Account ID", "Occupation", "Ethnicity", "Comments", "UTLA"];
    let layout = layout("contact-tracing", &sheet);
    let city = tab_of(&layout, "city_cases");
    assert_eq!(city.columns(), tab_of(&layout, "hackney_cases").columns());
    let row = result(&["70001", "Baker", "Irish", "note", "City of London"], Some(4));
    let line = line_in(&layout, "city_cases", &row).expect("a row of the City's");
    assert!(line.contains(&"70001".to_owned()) && line.contains(&"note".to_owned()));
    assert!(!line.contains(&"Baker".to_owned()) && !line.contains(&"Irish".to_owned()));
}

fn layout(feed: &str, columns: &[&str]) -> Layout {
    layout_of(Feed::named(feed).expect("a feed of this name"), columns.iter().map(ToString::to_string).collect())
}

fn layout_of(feed: &Feed, columns: Vec<String>) -> Layout {
    Layout::of(feed, &Header { row: 1, columns }, "people", date())
}

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2021, 3, 8).expect("a date")
}

fn tab_of<'a>(layout: &'a Layout, name: &str) -> &'a Tab {
    let mut tabs = layout.spreadsheets.iter().flat_map(|spreadsheet| &spreadsheet.tabs);
    tabs.find(|tab| tab.name == name).expect("a tab of this name")
}

/// The line that the row adds to the tab of this name.
fn line_in(layout: &Layout, tab: &str, row: &RowResult) -> Option<Vec<String>> {
    let mut placed = layout.place(row).into_iter();
    let found = placed.find(|placed| layout.spreadsheets[placed.spreadsheet].tabs[placed.tab].name == tab);
    found.map(|placed| placed.cells)
}

fn summary(settled: &BTreeMap<Outcome, u64>) -> Vec<(String, String)> {
    let facts = SummaryFacts {
        file: "people",
        feed: Feed::named("contact-tracing").expect("a feed of this name"),
        run: "0123456789abcdef0123",
        tab: None,
        warnings: Vec::new(),
        started: DateTime::UNIX_EPOCH,
        finished: DateTime::UNIX_EPOCH,
        gone: 0,
        result: FileResult::Settled(settled),
        compared: None,
    };
    let cells = summary_tab(&facts).into_iter().map(|line| line.cells());
    cells.filter(|cells| cells.len() > 1).map(|cells| (cells[0].clone(), cells[1].clone())).collect()
}

fn result(cells: &[&str], help_request_id: Option<i64>) -> RowResult {
    RowResult {
        row: 2,
        cells: cells.iter().map(ToString::to_string).collect(),
        warnings: Vec::new(),
        help_request_id,
        settlement: Settlement::new(Outcome::Created),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}
