//! The layouts as a whole, and the rules that hold for every one of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::feed::Feed;
use crate::header::Header;
use crate::problem::Problem;
use crate::settlement::Outcome;
use crate::settlement::Settlement;

const TRACING: [&str; 19] = [
    "UTLA",
    "Account ID",
    "NHS Number",
    "forename",
    "SURNAME",
    "Gender",
    "Occupation",
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
    "Ethnicity",
];

#[test]
fn spl_nsss_and_generic_show_two_ids_and_the_sheets_own_columns() {
    for feed in ["spl", "nsss", "generic"] {
        let layout = layout(feed, &["Traced_NHSNUMBER", "", "category"]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown(&layout), @r"
            processed: PROCESSED_people.csv_2021-03-08
              hackney_cases | resident_id | help_request_id | Traced_NHSNUMBER |  | category | source_row | status | reason | how_to_fix | warnings
              summary
              to_fix | Traced_NHSNUMBER |  | category | row_in_sheet | problem | how_to_fix
            ");
        }
    }
}

#[test]
fn self_isolation_shows_the_follow_up_first() {
    insta::assert_snapshot!(shown(&layout("self-isolation", &["ID", "Comments"])), @r"
    processed: PROCESSED_people.csv_2021-03-08
      hackney_cases | cev_case_added_id | resident_id | help_request_id | ID | Comments | source_row | status | reason | how_to_fix | warnings
      summary
      to_fix | ID | Comments | row_in_sheet | problem | how_to_fix
    ");
}

#[test]
fn contact_tracing_has_a_spreadsheet_for_each_council() {
    insta::assert_snapshot!(shown(&layout("contact-tracing", &TRACING)), @r"
    hackney: Hackney_CT_FOR_UPLOAD_people.csv_2021-03-08
      email_list | Date Time Extracted | Forename | Surname | Email | source_row | status | reason | how_to_fix | warnings | resident_id | help_request_id
      address_list | Date Time Extracted | Forename | Surname | House Number | Postcode | source_row | status | reason | how_to_fix | warnings | resident_id | help_request_id
      hackney_cases | Account ID | NHS Number | Forename | Surname | Gender | Date of Birth | House Number | Postcode | Email | Phone | Phone2 | First Symptomatic At | Date Tested | Comments | Date Updated | Date Time Extracted | source_row | status | reason | how_to_fix | warnings | resident_id | help_request_id
      summary
      to_fix | UTLA | Account ID | NHS Number | forename | SURNAME | Gender | Occupation | Date of Birth | House Number | Postcode | Email | Phone | Phone2 | First Symptomatic At | Date Tested | Comments | Date Updated | Date Time Extracted | Ethnicity | row_in_sheet | problem | how_to_fix
      skipped | source_row | Account ID | reason
    city: city_CT_FOR_UPLOAD_people.csv_2021-03-08
      city_cases | Account ID | NHS Number | Forename | Surname | Gender | Date of Birth | House Number | Postcode | Email | Phone | Phone2 | First Symptomatic At | Date Tested | Comments | Date Updated | Date Time Extracted | source_row | status | reason | how_to_fix | warnings | resident_id | help_request_id
    ");
}

#[test]
fn a_rejected_file_has_nothing_but_the_summary() {
    insta::assert_snapshot!(shown(&Layout::rejected("people.csv", date())), @r"
    rejected: REJECTED_people.csv_2021-03-08
      summary
    ");
}

#[test]
fn an_earlier_summary_dropped_again_does_not_carry_our_columns_twice() {
    let of = |columns: &[&str]| shown(&layout("spl", columns));
    let first = of(&["A", "B"]);
    assert_eq!(of(&["A", "B", "row_in_sheet", "problem", "how_to_fix"]), first);
    assert_eq!(
        of(&["resident_id", "help_request_id", "A", "B", "source_row", "status", "reason", "how_to_fix", "Warnings"]),
        first
    );
    assert_eq!(of(&["cev_case_added_id", "resident_id", "help_request_id", "A", "B"]), first);
}

#[test]
fn a_sheet_may_have_a_status_of_its_own() {
    let first = layout("spl", &["A", "status", "reason"]);
    let cases = &first.spreadsheets[0].tabs[0];
    assert_eq!(
        cases.columns(),
        [
            "resident_id",
            "help_request_id",
            "A",
            "status",
            "reason",
            "source_row",
            "status",
            "reason",
            "how_to_fix",
            "warnings"
        ]
    );

    // And keeps it when its to_fix is dropped again.
    let to_fix = ["A", "status", "reason", "row_in_sheet", "problem", "how_to_fix"];
    assert_eq!(layout("spl", &to_fix).spreadsheets[0].tabs[0].columns(), cases.columns());
}

#[test]
fn a_row_of_spl_stands_among_the_cases_and_in_to_fix_where_it_must_be_fixed() {
    let layout = layout("spl", &["Traced_NHSNUMBER", "category"]);
    let rejected = RowResult {
        warnings: vec!["one".to_owned(), "two".to_owned()],
        settlement: Settlement::new(Outcome::Rejected).because("NHS number is blank", "Write it"),
        ..result(17, &["", "=SUM(A1)"], Outcome::Rejected)
    };
    insta::assert_snapshot!(lines(&layout, &rejected), @r"
    processed hackney_cases: |||=SUM(A1)|17|rejected|NHS number is blank|Write it|one; two
    processed to_fix: |=SUM(A1)|17|NHS number is blank; one; two|Write it
    ");

    let created = RowResult {
        help_request_id: Some(4),
        settlement: Settlement { resident_id: Some(3), follow_up_id: Some(5), ..Settlement::new(Outcome::Created) },
        ..result(18, &["9434765919", "+44"], Outcome::Created)
    };
    insta::assert_snapshot!(lines(&layout, &created), @"processed hackney_cases: 3|4|9434765919|+44|18|created|||");
}

#[test]
fn a_follow_up_is_shown_where_one_was_made() {
    let settlement = Settlement { follow_up_id: Some(5), ..Settlement::new(Outcome::AlreadyKnown) };
    let made = RowResult { settlement, ..result(2, &["7"], Outcome::AlreadyKnown) };
    insta::assert_snapshot!(lines(&layout("self-isolation", &["ID"]), &made), @"processed hackney_cases: 5|||7|2|already-known|||");
}

#[test]
fn who_a_row_is_about_stays_in_sight() {
    let in_sight = |feed, columns: &[&str]| {
        let layout = layout(feed, columns);
        let tabs = layout.spreadsheets.into_iter().flat_map(|spreadsheet| spreadsheet.tabs);
        tabs.map(|tab| (tab.name, tab.in_sight())).collect::<Vec<_>>()
    };
    let names = ["Traced_NHSNUMBER", "PatientFirstName", "PatientOtherName", "patientsurname", "mobile"];
    assert_eq!(in_sight("spl", &names), [("hackney_cases", 6), ("summary", 0), ("to_fix", 4)]);
    assert_eq!(in_sight("spl", &["category", "uprn"]), [("hackney_cases", 2), ("summary", 0), ("to_fix", 0)]);
    let of_tracing = in_sight("contact-tracing", &TRACING);
    assert_eq!(of_tracing[..2], [("email_list", 3), ("address_list", 3)]);
    assert_eq!(of_tracing[2..5], [("hackney_cases", 4), ("summary", 0), ("to_fix", 5)]);
}

#[test]
fn a_row_looks_like_what_became_of_it_and_a_row_to_fix_shows_where() {
    let layout = layout("spl", &["Traced_NHSNUMBER", "mobile"]);
    let problem = Problem::of_column("mobile", "it is too short", "Write all of it");
    let rejected =
        RowResult { settlement: Settlement::rejected(&[problem]), ..result(17, &["1", "2"], Outcome::Rejected) };
    let looks: Vec<Look> = layout.place(&rejected).into_iter().map(|placed| placed.look).collect();
    let mark = Mark { column: 1, note: "It is too short.\nWrite all of it.".to_owned() };
    assert!(looks == [Look::Case { outcome: Outcome::Rejected, status: 5 }, Look::ToFix(vec![mark])], "{looks:?}");
}

#[test]
fn contact_tracing_sends_each_row_to_its_council() {
    let layout = layout("contact-tracing", &TRACING);
    let row = |utla, outcome| RowResult {
        help_request_id: Some(4),
        settlement: Settlement { resident_id: Some(3), ..Settlement::new(outcome) }.because("why", "how"),
        ..result(9, &tracing(utla, "12", "ann@example.org", ["020", ""]), outcome)
    };
    insta::assert_snapshot!(lines(&layout, &row("hackney", Outcome::Created)), @"hackney hackney_cases: 70001|9434765919|Ann|Lee|F|1/2/1980|12|E8 1AB|ann@example.org|020||1 March|5 March|note|6 March|7 March|9|created|why|how||3|4");
    insta::assert_snapshot!(lines(&layout, &row("CityofLondon", Outcome::Failed)), @r"
    hackney to_fix: CityofLondon|70001|9434765919|Ann|Lee|F|Baker|1/2/1980|12|E8 1AB|ann@example.org|020||1 March|5 March|note|6 March|7 March|Irish|9|why|how
    city city_cases: 70001|9434765919|Ann|Lee|F|1/2/1980|12|E8 1AB|ann@example.org|020||1 March|5 March|note|6 March|7 March|9|failed|why|how||3|4
    ");
    insta::assert_snapshot!(lines(&layout, &row("Islington", Outcome::Skipped)), @"hackney skipped: 9|70001|why");
}

#[test]
fn contact_tracing_lists_those_who_cannot_be_called() {
    let layout = layout("contact-tracing", &TRACING);
    let tabs = |utla, house, email, phones, outcome| {
        let row = result(9, &tracing(utla, house, email, phones), outcome);
        let tab = |placed: Placed| layout.spreadsheets[placed.spreadsheet].tabs[placed.tab].name;
        layout.place(&row).into_iter().map(tab).collect::<Vec<_>>()
    };
    let created = Outcome::Created;
    assert_eq!(tabs("Hackney", "12", "a@b", ["", ""], created), ["email_list", "address_list", "hackney_cases"]);
    assert_eq!(tabs("Hackney", "12", "", ["", " "], created), ["address_list", "hackney_cases"]);
    assert_eq!(tabs("Hackney", "", "a@b", ["", ""], created), ["email_list", "hackney_cases"]);
    assert_eq!(tabs("Hackney", "", "", ["", ""], created), ["hackney_cases"]);
    assert_eq!(tabs("Hackney", "12", "a@b", ["020", ""], created), ["hackney_cases"]);
    assert_eq!(tabs("Hackney", "12", "a@b", ["", "077"], created), ["hackney_cases"]);
    assert_eq!(tabs("City of London", "12", "a@b", ["", ""], created), ["city_cases"]);
    assert_eq!(tabs("Hackney", "", "a@b", ["", ""], Outcome::Rejected), ["email_list", "hackney_cases", "to_fix"]);
    assert_eq!(tabs("City of London", "", "", ["", ""], Outcome::Rejected), ["to_fix", "city_cases"]);
    assert_eq!(tabs("Hackney", "", "", ["", ""], Outcome::DeadLettered), ["hackney_cases"]);
    assert_eq!(tabs("Hackney", "", "", ["", ""], Outcome::Uncertain), ["hackney_cases"]);
    // An excluded account of Hackney's.
    assert_eq!(tabs("Hackney", "12", "a@b", ["", ""], Outcome::Skipped), ["skipped"]);
}

#[test]
fn the_summary_is_the_only_tab_without_rows() {
    for feed in crate::all() {
        let layout = layout(feed.name(), &TRACING);
        let summaries = layout.spreadsheets.iter().flat_map(|one| &one.tabs).filter(|tab| tab.is_summary()).count();
        assert_eq!(summaries, 1, "{feed}");
    }
}

#[test]
fn a_large_run_goes_out_in_parts() {
    let layout = layout("spl", &["A", "B"]);
    let spreadsheet = &layout.spreadsheets[0];
    let run =
        |created, rejected| spreadsheet.parts(&counts([(Outcome::Created, created), (Outcome::Rejected, rejected)]));

    // 9 columns of cases, 5 of to_fix.
    assert_eq!(run(1_000_000, 0).count(), 1);
    assert_eq!(run(1_110_000, 0).count(), 1);
    assert_eq!(run(1_112_000, 0).count(), 2);
    assert_eq!(run(0, 714_000).count(), 1);
    assert_eq!(run(0, 715_000).count(), 2);
    assert_eq!(run(2_000_000, 0).count(), 3);
    assert_eq!(run(0, 0).count(), 1);
    assert_eq!(spreadsheet.parts(&BTreeMap::new()).count(), 1);

    assert_eq!(run(10, 0).name(spreadsheet, 0), "PROCESSED_people.csv_2021-03-08");
    assert_eq!(run(2_000_000, 0).name(spreadsheet, 1), "PROCESSED_people.csv_2021-03-08 (2 of 3)");
}

#[test]
fn nothing_personal_is_printed() {
    let row = result(17, &["CANARY"], Outcome::Created);
    let placed = layout("spl", &["A"]).place(&row);
    insta::assert_snapshot!(format!("{row:?} {placed:?}"), @"RowResult { row: 17, settlement: Settlement { outcome: Created, error_class: None, .. }, .. } [Placed { spreadsheet: 0, tab: 0, .. }]");
}

proptest! {
    #[test]
    fn every_line_has_a_cell_for_each_column(row in row_of(), feed in feed()) {
        let layout = layout(feed, &TRACING);
        for placed in layout.place(&row) {
            let tab = &layout.spreadsheets[placed.spreadsheet].tabs[placed.tab];
            prop_assert_eq!(placed.cells.len(), tab.columns().len());
            prop_assert!(!tab.is_summary());
        }
    }

    #[test]
    fn no_row_vanishes(row in row_of(), feed in feed()) {
        let layout = layout(feed, &TRACING);
        let known_council = Council::of(&row.cells[0]).is_some();
        prop_assume!(feed != "contact-tracing" || known_council || row.settlement.outcome == Outcome::Skipped);
        prop_assert!(!layout.place(&row).is_empty());
    }

    #[test]
    fn no_part_is_too_large(
        outcomes in prop::collection::vec(prop::sample::select(Outcome::ALL.to_vec()), 1..120),
        feed in feed(),
        limit in 1_200_u64..6_000,
    ) {
        let layout = layout(feed, &TRACING);
        let mut settled = BTreeMap::new();
        for outcome in &outcomes {
            *settled.entry(*outcome).or_default() += 1;
        }
        for (number, spreadsheet) in layout.spreadsheets.iter().enumerate() {
            let parts = spreadsheet.parts_within(limit, &settled);
            let mut cells = vec![0; usize::try_from(parts.count()).expect("few parts")];
            for (place, outcome) in (0_u64..).zip(&outcomes) {
                let row = result(2, &tracing("Hackney", "12", "a@b", ["", ""]), *outcome);
                let placed = layout.place(&row).into_iter().filter(|placed| placed.spreadsheet == number);
                cells[usize::try_from(parts.of_row(place)).expect("few parts")] +=
                    placed.map(|placed| placed.cells.len() as u64).sum::<u64>();
            }
            let header: u64 = spreadsheet.tabs.iter().map(Tab::width).sum();
            for cells in cells {
                prop_assert!(cells + header <= limit, "{cells} of {limit}");
            }
        }
    }
}

fn feed() -> impl Strategy<Value = &'static str> {
    prop::sample::select(crate::all().iter().map(|feed| feed.name()).collect::<Vec<_>>())
}

/// Rows with as many cells as there are columns, or fewer.
fn row_of() -> impl Strategy<Value = RowResult> {
    let cell = prop::sample::select(vec!["", "x", "Hackney", "City of London"]);
    let cells = prop::collection::vec(cell, 1..=TRACING.len());
    (cells, prop::sample::select(Outcome::ALL.to_vec())).prop_map(|(cells, outcome)| result(2, &cells, outcome))
}

fn layout(feed: &str, columns: &[&str]) -> Layout {
    let feed = Feed::named(feed).expect("a feed of this name");
    let columns = columns.iter().map(ToString::to_string).collect();
    Layout::of(feed, &Header { row: 1, columns }, "people.csv", date())
}

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2021, 3, 8).expect("a date")
}

fn result(row: u32, cells: &[&str], outcome: Outcome) -> RowResult {
    RowResult {
        row,
        cells: cells.iter().map(ToString::to_string).collect(),
        warnings: Vec::new(),
        help_request_id: None,
        settlement: Settlement::new(outcome),
    }
}

/// A row for [`TRACING`].
fn tracing<'a>(utla: &'a str, house: &'a str, email: &'a str, [phone, phone2]: [&'a str; 2]) -> [&'a str; 19] {
    [
        utla,
        "70001",
        "9434765919",
        "Ann",
        "Lee",
        "F",
        "Baker",
        "1/2/1980",
        house,
        "E8 1AB",
        email,
        phone,
        phone2,
        "1 March",
        "5 March",
        "note",
        "6 March",
        "7 March",
        "Irish",
    ]
}

fn counts(settled: [(Outcome, u64); 2]) -> BTreeMap<Outcome, u64> {
    settled.into_iter().collect()
}

/// Spreadsheets, tabs and columns.
fn shown(layout: &Layout) -> String {
    let mut shown = String::new();
    for spreadsheet in &layout.spreadsheets {
        shown += &format!("{}: {}\n", spreadsheet.kind, spreadsheet.name);
        for tab in &spreadsheet.tabs {
            shown += &format!("  {}\n", [&[tab.name], tab.columns().as_slice()].concat().join(" | "));
        }
    }
    shown
}

/// The lines that a row adds.
fn lines(layout: &Layout, row: &RowResult) -> String {
    let mut shown = String::new();
    for placed in layout.place(row) {
        let spreadsheet = &layout.spreadsheets[placed.spreadsheet];
        let tab = spreadsheet.tabs[placed.tab].name;
        shown += &format!("{} {tab}: {}\n", spreadsheet.kind, placed.cells.join("|"));
    }
    shown
}
