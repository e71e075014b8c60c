//! Properties that hold for every sheet.

use feeds::{Cell, CellKind, Decision, Feed, Header, Intake, Judged, Origin, SheetRow, all};
use proptest::prelude::*;

use crate::common::{good_row, rules};

fn feeds() -> impl Strategy<Value = &'static Feed> {
    proptest::sample::select(all().to_vec())
}

fn cells() -> impl Strategy<Value = Cell> {
    let text = prop_oneof![
        any::<String>(),
        "[0-9/. T:Z+-]{0,24}",
        "[ \u{a0}\t\n]{0,3}[a-zA-Z'’ -]{0,12}[ \u{a0}]{0,2}",
        proptest::sample::select(vec![
            "",
            "1",
            "yes",
            "Completed",
            "Hackney",
            "EUSS",
            "05/03/2021",
            "9434765919",
            "a@b"
        ])
        .prop_map(str::to_owned),
    ];
    let kind =
        proptest::sample::select(vec![CellKind::Text, CellKind::Number, CellKind::Moment, CellKind::Uncalculated]);
    (text, kind, proptest::option::weighted(0.1, 1..9_u32))
        .prop_map(|(text, kind, merged_from)| Cell { merged_from, ..Cell::of(kind, text) })
}

/// A good row with some cells replaced, and perhaps longer or shorter than the header.
fn rows_of(feed: &'static Feed) -> impl Strategy<Value = Vec<Cell>> {
    let good: Vec<Cell> = good_row(feed).into_iter().map(|(_, text)| Cell::text(text)).collect();
    let changes = proptest::collection::vec((0..good.len() + 2, cells()), 0..6);
    (changes, 0..good.len() + 2).prop_map(move |(changes, width)| {
        let mut row = good.clone();
        for (at, cell) in changes {
            if at < row.len() { row[at] = cell } else { row.push(cell) }
        }
        if width > 3 { row } else { row[..width].to_vec() }
    })
}

fn sheets() -> impl Strategy<Value = (&'static Feed, Vec<SheetRow>)> {
    feeds().prop_flat_map(|feed| {
        let header: Vec<Cell> = feed.columns().iter().map(|column| Cell::text(column.name)).collect();
        let rows = proptest::collection::vec(rows_of(feed), 0..16);
        (1..8_u32, rows).prop_map(move |(at, rows)| {
            let header = SheetRow::new(at, header.clone());
            let rows = (at + 1..).zip(rows).map(|(number, cells)| SheetRow::new(number, cells));
            (feed, [header].into_iter().chain(rows).collect())
        })
    })
}

fn whole(feed: &'static Feed, rows: &[SheetRow]) -> (Vec<Judged>, Header, bool) {
    let mut intake = Intake::new(feed, rules(), Origin::Separated);
    let mut judged = Vec::new();
    for row in rows {
        judged.extend(intake.push(row.clone()).expect("the header is right"));
    }
    let last = intake.finish();
    let accepted = last.is_ok();
    judged.extend(last.unwrap_or_default());
    (judged, intake.header().expect("found").clone(), accepted)
}

proptest! {
    #[test]
    fn any_rows_at_all_are_accepted_or_rejected(
        feed in feeds(),
        rows in proptest::collection::vec((1..30_u32, proptest::collection::vec(cells(), 0..30)), 0..20),
    ) {
        let mut intake = Intake::new(feed, rules(), Origin::Separated);
        for (number, cells) in rows {
            if intake.push(SheetRow::new(number, cells)).is_err() {
                break;
            }
        }
        let _ = intake.finish();
    }

    #[test]
    fn every_row_that_is_not_blank_is_decided_once_in_order((feed, rows) in sheets()) {
        let (judged, header, accepted) = whole(feed, &rows);
        let wanted: Vec<u32> =
            rows.iter().filter(|row| row.number > header.row && !row.is_blank()).map(|row| row.number).collect();
        let got: Vec<u32> = judged.iter().map(|judged| judged.row).collect();
        prop_assert!(got == wanted || (!accepted && wanted.starts_with(&got)));
        for judged in judged {
            prop_assert_eq!(judged.cells.len(), header.columns.len());
            if let Decision::Rejected { problems } = &judged.decision {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|problem| !problem.how_to_fix.is_empty()));
            }
        }
    }

    #[test]
    fn cleaned_cells_are_judged_as_the_sheets_were((feed, rows) in sheets()) {
        let (judged, header, _) = whole(feed, &rows);
        for first in judged {
            let again = feed.judge(&header, first.row, &first.cells, &rules()).expect("the header is right");
            prop_assert_eq!(&again.cells, &first.cells);
            // What only the sheet tells has rejected the row, for good, or is not warned of again.
            if !matches!(first.decision, Decision::Rejected { .. }) {
                prop_assert_eq!(&again.decision, &first.decision);
                prop_assert!(again.warnings.iter().all(|warning| first.warnings.contains(warning)));
            }
            let twice = feed.judge(&header, first.row, &again.cells, &rules()).expect("the header is right");
            prop_assert_eq!(twice, again);
        }
    }

    #[test]
    fn going_on_from_any_row_gives_the_same_as_one_go((feed, rows) in sheets(), stop in 0..24_usize) {
        let (judged, header, accepted) = whole(feed, &rows);
        let stop = stop.min(rows.len());
        let mut first = Intake::new(feed, rules(), Origin::Separated);
        let mut parts = Vec::new();
        for row in &rows[..stop] {
            parts.extend(first.push(row.clone()).expect("the header is right"));
        }
        prop_assume!(first.header().is_some());
        let evidence = serde_json::to_string(first.evidence()).expect("JSON");
        let evidence = serde_json::from_str(&evidence).expect("the same");
        let mut second = Intake::resume(feed, rules(), Origin::Separated, header, evidence).expect("the header is right");
        for row in &rows[stop..] {
            parts.extend(second.push(row.clone()).expect("the header is right"));
        }
        prop_assert_eq!(second.finish().is_ok(), accepted);
        prop_assert_eq!(parts, judged);
    }

    #[test]
    fn nothing_that_holds_cells_prints_them((feed, rows) in sheets(), canary in "[a-z]{12}") {
        let mut rows = rows;
        for row in &mut rows[1..] {
            for cell in &mut row.cells {
                cell.text = format!("{}{canary}", cell.text).into();
            }
        }
        let printed = format!("{rows:?} {:?}", whole(feed, &rows).0);
        prop_assert!(!printed.contains(&canary));
        let mut intake = Intake::new(feed, rules(), Origin::Separated);
        intake.push(rows[0].clone()).expect("searching");
        for row in rows.into_iter().skip(1).take(1) {
            intake.push(row).expect("the header is right");
        }
        let printed = format!("{intake:?}");
        prop_assert!(!printed.contains(&canary));
    }
}

/// Text that spreadsheet programs, data tools and copying leave in cells.
fn mangled() -> impl Strategy<Value = String> {
    let core = proptest::sample::select(vec![
        "#N/A",
        "#spill!",
        "#GETTING_DATA",
        "4.47701E+11",
        "1.2e5",
        "7,700,900,123",
        "9434765919.0",
        "07700900123",
        "Mina",
        "E8 9ZZ",
        "100020000001",
        "00:00:00",
        "10-Dec",
        "علی\u{200C}رضا",
        "a@b",
        "",
    ]);
    let invisible = || "[\u{200B}\u{200E}\u{200F}\u{202A}\u{202C}\u{2060}\u{FEFF}\u{AD}\u{200C}\u{200D} ]{0,2}";
    (invisible(), core, invisible(), 0..4_u8).prop_map(|(before, core, after, wrapper)| match wrapper {
        0 => format!("={before}\"{core}\"{after}"),
        1 => format!("'{before}{core}{after}"),
        2 => format!("=\"{before}{core}{after}\""),
        _ => format!("{before}{core}{after}"),
    })
}

/// Every text that a post sends, by its field's name.
fn sent(post: &feeds::Post) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    for part in [serde_json::to_value(&post.request), serde_json::to_value(&post.address)] {
        let part = part.expect("JSON");
        let metadata = part["Metadata"].as_object().cloned().unwrap_or_default();
        for (name, value) in part.as_object().into_iter().flatten().chain(&metadata) {
            sent.extend(value.as_str().map(|text| (name.clone(), text.to_owned())));
        }
    }
    sent.extend(post.notes.iter().map(|note| ("note".to_owned(), note.note.clone())));
    sent
}

proptest! {
    #[test]
    fn nothing_that_a_program_left_in_a_cell_is_ever_posted(
        feed in feeds(),
        changes in proptest::collection::vec((0..24_usize, mangled()), 1..8),
    ) {
        let mut row: Vec<Cell> = good_row(feed).into_iter().map(|(_, text)| Cell::text(text)).collect();
        for (at, text) in changes {
            let at = at % row.len();
            row[at] = Cell::text(text);
        }
        let header = SheetRow::of_text(1, feed.columns().iter().map(|column| column.name));
        let (judged, ..) = whole(feed, &[header, SheetRow::new(2, row)]);
        for judged in judged {
            let Decision::Post(post) = &judged.decision else { continue };
            for (field, text) in sent(post) {
                let is_joined = text.contains("ی\u{200C}ر");
                let invisible = |letter: char| matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
                    | '\u{2060}'..='\u{206F}' | '\u{FEFF}') && !(is_joined && letter == '\u{200C}');
                prop_assert!(!text.contains(invisible), "{field}: {text:?}");
                let upper = text.to_uppercase();
                prop_assert!(!["#N/A", "#SPILL!", "#GETTING_DATA"].iter().any(|error| upper.contains(error)), "{field}: {text}");
                let shortened = field != "note" && !field.contains("first_symptomatic") && !field.contains("LA_")
                    && field != "date_tested" && !field.starts_with("AddressFirst") && !field.starts_with("AddressSecond")
                    && !field.starts_with("AddressThird") && field != "EmailAddress";
                prop_assert!(!shortened || !["E+11", "1.2E5"].iter().any(|end| upper.contains(end)), "{field}: {text}");
            }
        }
    }
}
