//! Columns that are written month first.

use feeds::{Cell, CellKind, Feed, FileRejected, Intake, Origin, SheetEvidence, SheetRow};

use crate::common::{feed, good_row, ingest, rules};

/// A sheet whose date of birth, or test, holds these in rows 2, 3, …
fn sheet(feed: &Feed, column: &str, dates: &[&str]) -> Vec<SheetRow> {
    let good = good_row(feed);
    let header = SheetRow::of_text(1, good.iter().map(|(name, _)| *name));
    let row = |(number, date): (u32, &&str)| {
        SheetRow::of_text(number, good.iter().map(|(name, text)| if *name == column { *date } else { *text }))
    };
    [header].into_iter().chain((2..).zip(dates).map(row)).collect()
}

fn read(dates: &[&str]) -> Result<(), FileRejected> {
    let feed = feed("nsss");
    ingest(feed, sheet(feed, "date_of_birth", dates)).map(drop)
}

#[test]
fn rejected_is_what_must_be_month_first_may_be_read_both_ways_and_is_never_day_first() {
    let month_first: [&[&str]; 7] = [
        &["03/04/1960", "12/25/1971"],
        &["12/25/1971", "03/04/1960"],
        &["3-4-1960", "12.25 1971"],
        &["03/04/1960 9:05", "12/25/1971T00:00:00Z"],
        &["03/04/1960 9:05 PM", "12/25/1971 11:00 AM"],
        &["3/4/1960", "1/31/1980", "02/02/1990", "unknown", "1980-03-04", "", "25 Mar 1980"],
        &["3/4/60", "12/25/71"],
    ];
    for dates in month_first {
        assert!(read(dates).is_err(), "{dates:?}");
    }
    let accepted: [&[&str]; 8] = [
        // Nothing can only be month first.
        &["03/04/1960", "02/02/1990"],
        // Nothing can be read both ways: nothing is swapped, the bad rows are rejected by themselves.
        &["12/25/1971", "02/02/1990"],
        // Something can only be day first.
        &["03/04/1960", "12/25/1971", "25/12/1971"],
        // Not with the year at its end, not with separators.
        &["03/04/1960", "1971-25-12"],
        &["03/04/1960", "12251971"],
        // No day or month at all.
        &["03/04/1960", "12/32/1971"],
        &["03/04/1960", "13/13/1971", "0/13/1971"],
        &[],
    ];
    for dates in accepted {
        assert!(read(dates).is_ok(), "{dates:?}");
    }
}

#[test]
fn day_first_dates_speak_for_the_column_even_where_the_day_does_not_exist() {
    assert!(read(&["03/04/1960", "12/25/1971", "31/02/1980"]).is_ok());
}

#[test]
fn rows_that_are_skipped_or_rejected_count_as_well() {
    let feed = feed("contact-tracing");
    let mut rows = sheet(feed, "Date of Birth", &["03/04/1960", "12/25/1971"]);
    for row in &mut rows[1..] {
        row.cells[13].text = "Camden".into();
    }
    assert!(ingest(feed, rows).is_err());
}

#[test]
fn every_date_column_is_looked_at_by_itself() {
    let feed = feed("self-isolation");
    assert!(ingest(feed, sheet(feed, "Date Tested", &["03/04/2021", "02/25/2021"])).is_err());
    let feed = crate::common::feed("spl");
    assert!(ingest(feed, sheet(feed, "DateOfDeath", &["03/04/1960", "12/25/1971"])).is_err());
    // One column's dates say nothing about another's.
    let mut rows = sheet(crate::common::feed("contact-tracing"), "Date of Birth", &["03/04/1960", "12/25/1971"]);
    rows[1].cells[11].text = "25/02/2021".into();
    assert!(ingest(crate::common::feed("contact-tracing"), rows).is_err());
}

#[test]
fn the_message_names_the_column_three_rows_and_the_cure() {
    let rejected = read(&["03/04/1960", "12/25/1971", "1/31/1980", "3/13/1990", "05/06/1970"]).expect_err("rejected");
    insta::assert_snapshot!(rejected.problems[0].problem, @r#"the dates in the column "date_of_birth" are written with the month before the day: see rows 3 and 4. Others, such as row 2, would be read with day and month swapped"#);
    insta::assert_snapshot!(rejected.problems[0].how_to_fix, @"Have the list written with the day first, or open it in a program that is set to American dates and save it as a workbook there (in Google Sheets: File, Settings, Locale, before the list is imported). Check that the dates are right, and drop the file again.");
    let rejected = read(&["03/04/1960", "12/25/1971", "05/06/1970"]).expect_err("rejected");
    assert!(rejected.problems[0].problem.contains("see row 3. Others, such as rows 2 and 4"), "{rejected}");
    let how_to_fix = &rejected.problems[0].how_to_fix;
    assert!(
        how_to_fix.starts_with("If that is a slip of row 3 alone, correct it there. Otherwise have the list"),
        "{how_to_fix}"
    );
}

#[test]
fn evidence_survives_a_checkpoint_at_any_row() {
    let feed = feed("nsss");
    let filler = ["05/05/1955"; 9];
    for dates in [["03/04/1960", "12/25/1971", "02/02/1990"], ["03/04/1960", "12/25/1971", "25/12/1971"]] {
        let dates: Vec<&str> = filler.iter().copied().chain(dates).collect();
        let rows = sheet(feed, "date_of_birth", &dates);
        let whole = ingest(feed, rows.clone()).map(drop);
        for stop in 10..rows.len() {
            let mut first = Intake::new(feed, rules(), Origin::Separated);
            for row in &rows[..stop] {
                first.push(row.clone()).expect("the header is right");
            }
            let stored = serde_json::to_string(first.evidence()).expect("JSON");
            assert!(!stored.contains("19"), "no dates are stored: {stored}");
            let evidence: SheetEvidence = serde_json::from_str(&stored).expect("the same");
            let header = first.header().expect("found").clone();
            let mut second =
                Intake::resume(feed, rules(), Origin::Separated, header, evidence).expect("the header is right");
            for row in &rows[stop..] {
                second.push(row.clone()).expect("the header is right");
            }
            assert_eq!(second.finish().map(drop), whole, "stopped after row {stop}");
        }
    }
}

#[test]
fn years_of_two_digits_written_month_first_reject_the_file_though_no_date_can_be_read_both_ways() {
    for dates in [&["12/25/80", "1/31/75"][..], &["12/25/80"], &["02/02/1990", "12/25/80 9:05", ""]] {
        let rejected = read(dates).expect_err("rejected");
        assert!(rejected.problems[0].problem.contains("the month before the day"), "{rejected}");
        assert!(!rejected.problems[0].problem.contains("Others"), "{rejected}");
    }
    let feed = feed("spl");
    assert!(ingest(feed, sheet(feed, "DateOfDeath", &["2/25/21", "1/31/21", ""])).is_err());
    assert!(read(&["12/25/80", "25/12/80"]).is_ok());
    // One among dates in another form is a slip of one row.
    assert!(read(&["1980-12-25", "12/25/80", "25 Dec 1980"]).is_ok());
    assert!(read(&["1980-12-25", "12/25/80", "1/31/75"]).is_err());
}

/// The result of a workbook's column: `=` before what is a date cell.
fn workbook(dates: &[&str]) -> (bool, Vec<String>) {
    let feed = feed("nsss");
    let mut intake = Intake::new(feed, rules(), Origin::Tab("List".to_owned()));
    let column = feed.columns().iter().position(|column| column.name == "date_of_birth").expect("the column");
    for mut row in sheet(feed, "date_of_birth", dates) {
        if let Some(date) = row.cells[column].text.strip_prefix('=') {
            row.cells[column] = Cell::of(CellKind::Moment, date);
        }
        intake.push(row).expect("the header is right");
    }
    (intake.finish().is_ok(), intake.evidence().warnings())
}

#[test]
fn date_cells_among_month_first_texts_reject_the_file_or_are_warned_of() {
    let rejected: [&[&str]; 4] = [
        &["=1980-04-03", "12/25/1971"],
        &["=1980-04-03", "=1980-12-25", "12/25/1971"],
        &["=1980-04-03", "12/25/1971", "25/12/1971"],
        &["25/12/1971", "26/12/1971", "=1980-04-03", "12/25/1971", "12/26/1971"],
    ];
    for dates in rejected {
        assert!(!workbook(dates).0, "{dates:?}");
    }
    let (accepted, warnings) = workbook(&["25/12/1971", "26/12/1971", "=1980-04-03", "12/25/1971", "=1980-05-03"]);
    assert!(accepted);
    insta::assert_snapshot!(warnings.join("\n"), @"date_of_birth: some dates are written with the month before the day (row 5), others with the day first (rows 2 and 3): look whether day and month are swapped in the date cells up to the 12th (rows 4 and 6)");
    // Date cells with later days are as they were typed, and speak for the others where texts are both ways.
    let (accepted, warnings) = workbook(&["=1980-04-03", "=1980-12-25", "12/25/1971", "25/12/1971"]);
    assert!(accepted && warnings[0].contains("look whether day and month are swapped"), "{warnings:?}");
    // A slip among many of them.
    let (accepted, warnings) = workbook(&["=1980-04-03", "=1980-12-25", "=1980-12-26", "12/25/1971"]);
    assert!(accepted);
    insta::assert_snapshot!(warnings.join("\n"), @"date_of_birth: some dates are written with the month before the day (row 5), others are date cells of later days: look whether day and month are swapped in the date cells up to the 12th (row 2)");
    for slip in ["12/25/71", "12/25/1971"] {
        assert!(workbook(&["=1980-12-25", "=1980-12-26", "03/04/1960", slip]).0, "{slip}");
    }
    assert!(!workbook(&["=1980-12-25", "03/04/1960", "12/25/1971"]).0);
    assert_eq!(workbook(&["=1980-12-25", "12/26/1971"]), (true, Vec::new()));
    assert_eq!(workbook(&["=1980-12-25", "12/26/71"]), (true, Vec::new()));
}
