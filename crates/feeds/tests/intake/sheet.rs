//! Reading a sheet: the header, blank rows, row numbers, missing and doubled columns.

use std::collections::HashSet;

use feeds::{Cell, Decision, Feed, FileProblem, FileRejected, Intake, Judged, Origin, SheetRow, all};

use crate::common::{feed, good_row, ingest, post, problems, rules};

fn names(feed: &Feed) -> Vec<&'static str> {
    feed.columns().iter().map(|column| column.name).collect()
}

fn header_at(row: u32, feed: &Feed) -> SheetRow {
    SheetRow::of_text(row, names(feed))
}

fn good_at(row: u32, feed: &Feed) -> SheetRow {
    SheetRow::of_text(row, good_row(feed).into_iter().map(|(_, text)| text))
}

fn row_numbers(judged: &[Judged]) -> Vec<u32> {
    judged.iter().map(|judged| judged.row).collect()
}

fn lines(rejected: &FileRejected) -> String {
    let line = |problem: &FileProblem| format!("{}\n  {}", problem.problem, problem.how_to_fix);
    rejected.problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_good_row_of_every_feed_is_posted_without_a_warning() {
    for feed in all() {
        let judged = ingest(feed, [header_at(1, feed), good_at(2, feed)]).expect("accepted");
        post(&judged[0]);
        assert_eq!(judged[0].warnings, Vec::<String>::new(), "{feed}");
    }
}

#[test]
fn the_header_is_found_in_the_first_ten_rows() {
    let feed = feed("spl");
    for row in 1..=10 {
        let above = (1..row).map(|number| SheetRow::of_text(number, ["Shielding list", "category"]));
        let rows = above.chain([header_at(row, feed), good_at(row + 1, feed), good_at(row + 3, feed)]);
        let judged = ingest(feed, rows).expect("accepted");
        assert_eq!(row_numbers(&judged), [row + 1, row + 3], "header in row {row}");
    }
}

#[test]
fn a_header_further_down_is_not_found() {
    let feed = feed("spl");
    let above = (1..=10).map(|number| SheetRow::of_text(number, ["Shielding list"]));
    let rejected = ingest(feed, above.chain([header_at(11, feed), good_at(12, feed)])).expect_err("rejected");
    assert!(lines(&rejected).starts_with("no row with column names was found in the first 10 rows"), "{rejected}");
}

#[test]
fn blank_rows_above_the_header_may_be_left_out_by_the_reader() {
    let feed = feed("nsss");
    let judged = ingest(feed, [header_at(9, feed), good_at(12, feed)]).expect("accepted");
    assert_eq!(row_numbers(&judged), [12]);
    let rejected = ingest(feed, [header_at(11, feed), good_at(12, feed)]).expect_err("rejected");
    assert!(lines(&rejected).starts_with("the sheet is empty: its first 10 rows hold nothing"), "{rejected}");
}

#[test]
fn of_two_rows_the_one_with_more_columns_is_the_header_and_of_equals_the_first() {
    let feed = feed("generic");
    let few = SheetRow::of_text(1, ["Surname", "City", "Email"]);
    let mut intake = Intake::new(feed, rules(), Origin::Separated);
    for row in [few, header_at(2, feed), header_at(3, feed), good_at(4, feed)] {
        intake.push(row).expect("still searching");
    }
    assert_eq!(intake.header(), None, "ten rows are looked at first");
    let judged = intake.finish().expect("accepted");
    assert_eq!(intake.header().map(|header| header.row), Some(2));
    assert_eq!(row_numbers(&judged), [3, 4]);
}

#[test]
fn rows_come_back_when_the_search_is_over_and_then_at_once() {
    let feed = feed("spl");
    let mut intake = Intake::new(feed, rules(), Origin::Separated);
    assert_eq!(intake.push(header_at(1, feed)).expect("searching").len(), 0);
    for row in 2..10 {
        assert_eq!(intake.push(good_at(row, feed)).expect("searching").len(), 0);
    }
    assert_eq!(row_numbers(&intake.push(good_at(10, feed)).expect("found")), Vec::from_iter(2..=10));
    assert_eq!(row_numbers(&intake.push(good_at(11, feed)).expect("reading")), [11]);
    assert_eq!(intake.finish().expect("accepted").len(), 0);
}

#[test]
fn column_names_are_compared_without_case_and_blanks_around_and_between() {
    for feed in all() {
        let odd = |name: &str| format!(" \u{a0}{} ", name.to_uppercase().replace(' ', " \n "));
        let header = SheetRow::of_text(1, names(feed).into_iter().map(odd));
        let judged = ingest(feed, [header, good_at(2, feed)]).expect("accepted");
        post(&judged[0]);
    }
}

#[test]
fn problems_name_the_column_as_the_header_shows_it() {
    let feed = feed("generic");
    let header = SheetRow::of_text(1, names(feed).into_iter().map(|name| format!(" {}  ", name.to_uppercase())));
    let mut row = good_at(2, feed);
    row.cells[2] = Cell::text("31/02/1980");
    let judged = ingest(feed, [header, row]).expect("accepted");
    let Decision::Rejected { problems } = &judged[0].decision else { panic!("not rejected") };
    assert_eq!(problems[0].column.as_deref(), Some("D.O.B"));
    assert_eq!(problems[0].text, "31/02/1980");
}

#[test]
fn every_used_column_is_required_and_named_when_it_is_missing() {
    for feed in all() {
        for (missing, name) in names(feed).into_iter().enumerate() {
            let mut header = header_at(1, feed);
            header.cells.remove(missing);
            let rejected = ingest(feed, [header, good_at(2, feed)]).expect_err("rejected");
            assert_eq!(rejected.problems.len(), 1, "{feed}");
            assert!(rejected.problems[0].problem.contains(&format!("the column \"{name}\" is missing")), "{rejected}");
            assert!(rejected.problems[0].how_to_fix.contains(name), "{feed}: {name}");
        }
    }
}

#[test]
fn columns_that_are_not_used_may_be_absent_or_doubled() {
    // Part 2 names these too; nothing is read from them.
    for unused in ["Gender", "Date Updated", "Date Time Extracted"] {
        assert!(!names(feed("contact-tracing")).contains(&unused));
    }
    assert_eq!(names(feed("spl")).len(), 14);
    let feed = feed("spl");
    let mut header = header_at(1, feed);
    header.cells.extend(["SPL_Version", "SPL_Version", "status", "reason", "status"].map(Cell::text));
    let judged = ingest(feed, [header, good_at(2, feed)]).expect("accepted");
    post(&judged[0]);
}

#[test]
fn a_used_column_that_is_doubled_rejects_the_file() {
    for feed in all() {
        for (at, name) in names(feed).into_iter().enumerate() {
            let mut header = header_at(1, feed);
            header.cells.push(Cell::text(format!(" {} ", name.to_lowercase())));
            let rejected = ingest(feed, [header, good_at(2, feed)]).expect_err("rejected");
            let letter = char::from(b'A' + u8::try_from(at).expect("few columns"));
            let start = format!("the column \"{name}\" is there more than once, in {letter} and ");
            assert!(rejected.problems[0].problem.starts_with(&start), "{rejected}");
        }
    }
}

#[test]
fn missing_columns_are_named_with_the_nearest_that_is_there() {
    let feed = feed("nsss");
    let header =
        ["Id", "NHS Number", "First Name", "Last Name", "DOB", "Address Line 1", "address_line2", "address_town_city"];
    let more = ["postcode", "uprn", "contact_number_call", "contact number texts", "email", "submission_datetime"];
    let last = ["do_you_want_supermarket_deliveries", "do_you_have_someone_to_go_shopping_for_you"];
    let header = SheetRow::of_text(3, header.into_iter().chain(more).chain(last));
    let rejected = ingest(feed, [header, good_at(4, feed)]).expect_err("rejected");
    let problems: Vec<&str> = rejected.problems.iter().map(|problem| problem.problem.as_str()).collect();
    insta::assert_snapshot!(problems.join("\n"), @r#"
    the column "nhs_number" is missing; the nearest that was found is "NHS Number"
    the column "first_name" is missing; the nearest that was found is "First Name"
    the column "last_name" is missing; the nearest that was found is "Last Name"
    the column "date_of_birth" is missing, and nothing like it was found
    the column "address_line1" is missing; the nearest that was found is "Address Line 1"
    the column "address_postcode" is missing; the nearest that was found is "postcode"
    the column "address_uprn" is missing; the nearest that was found is "uprn"
    the column "contact_number_calls" is missing; the nearest that was found is "contact_number_call"
    the column "contact_number_texts" is missing; the nearest that was found is "contact number texts"
    the column "contact_email" is missing; the nearest that was found is "email"
    the column "do_you_need_someone_to_contact_you_about_local_support" is missing, and nothing like it was found
    "#);
    insta::assert_snapshot!(rejected.problems[0].how_to_fix, @r#"Name the column "nhs_number" in row 3, or add it there, and drop the file again."#);
}

#[test]
fn a_sheet_of_another_feed_is_rejected_and_says_what_was_looked_for() {
    let rejected =
        ingest(feed("generic"), [header_at(1, feed("nsss")), good_at(2, feed("nsss"))]).expect_err("rejected");
    insta::assert_snapshot!(lines(&rejected), @r#"
    no row with column names was found in the first 10 rows. Looked for were the columns "First name", "Surname", "d.o.b", "Help Request Type", "Address Line 1", "Address Line 2", "City", "Postcode", "Email", "Phone number", "Phone number 2", "UPRN", "Subtype", "Case Note 1", "Case Note 2", "Case Note 3", "Case Note 4"
      Put the column names in one row at the top of the first tab, and check that this is a sheet for "Generic ingestion"; drop the file again.
    "#);
}

#[test]
fn a_sheet_that_shares_columns_with_the_feed_names_what_is_missing_and_doubts_the_feed() {
    let rows = [header_at(1, feed("contact-tracing")), good_at(2, feed("contact-tracing"))];
    let rejected = ingest(feed("self-isolation"), rows).expect_err("rejected");
    let line = |problem: &FileProblem| problem.problem.clone();
    let missing: Vec<String> = rejected.problems.iter().map(line).collect();
    assert_eq!(missing.len(), 12);
    assert_eq!(missing[0], "the column \"ID\" is missing, and nothing like it was found");
    assert_eq!(
        rejected.problems[0].how_to_fix,
        "Row 1 was taken for the column names. Check that this is a sheet for \"Self isolation\" with its column names in \
         one row, and drop the file again."
    );
}

#[test]
fn a_header_none_of_whose_names_is_right_is_still_known_by_its_spelling() {
    let feed = feed("nsss");
    let header = SheetRow::of_text(2, names(feed).into_iter().map(|name| name.replace('_', " ") + " (new)"));
    let rejected = ingest(feed, [header, good_at(3, feed)]).expect_err("rejected");
    assert_eq!(rejected.problems.len(), 17);
    assert!(lines(&rejected).contains("the nearest that was found is \"first name (new)\""), "{rejected}");
}

#[test]
fn no_cell_below_the_header_is_ever_quoted() {
    // A row of a person is the best there is where the header is missing: one of its cells is called like a column.
    let canary = "Canary";
    for feed in all() {
        for name in names(feed) {
            let row = SheetRow::of_text(1, [canary, name, "Surnam", "Forenam", canary]);
            let rejected = ingest(feed, [row.clone(), row]).expect_err("rejected");
            let text = format!("{rejected} {rejected:?}");
            assert!(!text.contains(canary) && !text.contains("Surnam\"") && !text.contains("Forenam\""), "{text}");
        }
    }
}

#[test]
fn an_empty_sheet_says_what_was_looked_for() {
    for feed in all() {
        let blank = || (1..20).map(|row| SheetRow::of_text(row, ["", " \u{a0}", "\t"]));
        for rejected in [ingest(feed, []), ingest(feed, blank()), ingest(feed, blank().take(3))] {
            let rejected = rejected.expect_err("rejected");
            assert_eq!(rejected.problems.len(), 1);
            for name in names(feed) {
                assert!(rejected.problems[0].problem.contains(name), "{rejected}");
            }
        }
    }
}

#[test]
fn a_header_alone_is_a_sheet_without_rows() {
    for feed in all() {
        let mut intake = Intake::new(feed, rules(), Origin::Separated);
        assert_eq!(intake.push(header_at(4, feed)).expect("searching").len(), 0);
        assert_eq!(intake.finish().expect("accepted").len(), 0);
        assert_eq!(intake.header().map(|header| header.row), Some(4));
    }
}

#[test]
fn blank_rows_are_ignored_and_the_others_keep_their_numbers() {
    let feed = feed("spl");
    let blank = |row| SheetRow::of_text(row, ["", " ", "\u{a0}", "\n"]);
    let none = |row| SheetRow::new(row, Vec::new());
    let rows = [header_at(1, feed), blank(2), good_at(3, feed), none(4), none(11), good_at(12, feed), blank(13)];
    let judged = ingest(feed, rows).expect("accepted");
    assert_eq!(row_numbers(&judged), [3, 12]);
}

#[test]
fn a_row_that_ends_early_has_blank_cells() {
    let feed = feed("generic");
    let mut row = good_at(2, feed);
    row.cells.truncate(6);
    let judged = ingest(feed, [header_at(1, feed), row]).expect("accepted");
    assert_eq!(judged[0].cells.len(), feed.columns().len());
    let post = post(&judged[0]);
    assert_eq!(post.request.postcode, None);
    assert_eq!(post.request.address_first_line.as_deref(), Some("A road"));
}

#[test]
fn cells_to_the_right_of_the_header_are_dropped_with_a_warning() {
    let feed = feed("generic");
    let mut header = header_at(1, feed);
    header.cells.extend([Cell::text(""), Cell::text(" \u{a0}")]);
    let mut row = good_at(2, feed);
    row.cells.extend(["", "stray", " "].map(Cell::text));
    let mut intake = Intake::new(feed, rules(), Origin::Tab("Sheet1".to_owned()));
    for row in [&header, &row] {
        intake.push(row.clone()).expect("the header is right");
    }
    let judged = intake.finish().expect("accepted");
    assert_eq!(judged[0].cells.len(), feed.columns().len());
    assert_eq!(judged[0].warnings, ["cells to the right of the last named column: 1; they were left out"]);
    post(&judged[0]);
    // In a text with separators they were shifted there, and so was what stands before them: before any filter.
    row.cells[3].text = "shifted".into();
    let judged = ingest(feed, [header, row]).expect("accepted");
    assert!(problems(&judged[0])[0].problem.contains("shifted"));
}

#[test]
fn columns_without_a_name_keep_their_place() {
    let feed = feed("generic");
    let mut header = header_at(1, feed);
    header.cells.insert(3, Cell::text(" "));
    let mut row = good_at(2, feed);
    row.cells.insert(3, Cell::text("  kept  "));
    let judged = ingest(feed, [header, row]).expect("accepted");
    assert_eq!(judged[0].cells[3], "kept");
    post(&judged[0]);
}

#[test]
fn every_cell_but_free_text_is_collapsed() {
    let feed = feed("contact-tracing");
    let mut header = header_at(1, feed);
    header.cells.push(Cell::text("Occupation"));
    let row = header.cells.iter().map(|_| "\u{a0} one \n\t\u{a0} two  ");
    let judged = ingest(feed, [header.clone(), SheetRow::of_text(2, row)]).expect("accepted");
    for (name, cell) in names(feed).into_iter().chain(["Occupation"]).zip(&judged[0].cells) {
        let expected = if name == "Comments" { "one \n\t\u{a0} two" } else { "one two" };
        assert_eq!(cell, expected, "{name}");
    }
}

#[test]
fn a_sheet_of_5000_columns_is_read_and_its_missing_columns_are_named() {
    let feed = feed("spl");
    let mut header = header_at(1, feed);
    let mut row = good_at(2, feed);
    header.cells.extend((0..5000).map(|number| Cell::text(format!("extra {number}"))));
    row.cells.extend((0..5000).map(|number| Cell::text(number.to_string())));
    let judged = ingest(feed, [header.clone(), row.clone()]).expect("accepted");
    post(&judged[0]);
    header.cells.drain(..4);
    assert_eq!(ingest(feed, [header, row]).expect_err("rejected").problems.len(), 4);
}

#[test]
fn a_header_that_no_intake_found_is_refused() {
    let feed = feed("spl");
    let header = feeds::Header { row: 1, columns: vec!["category".to_owned()] };
    assert!(feed.judge(&header, 2, &[""; 0], &rules()).is_err());
    assert!(Intake::resume(feed, rules(), Origin::Separated, header, feeds::SheetEvidence::default()).is_err());
}

#[test]
fn feeds_are_stored_by_name() {
    for feed in all() {
        let json = serde_json::to_string(feed).expect("a string");
        assert_eq!(json, format!("\"{}\"", feed.name()));
        let read: &'static Feed = serde_json::from_str(&json).expect("a feed");
        assert_eq!(read, *feed);
        assert_eq!(format!("{feed:?} {feed}"), format!("{0} {0}", feed.name()));
    }
    assert!(serde_json::from_str::<&'static Feed>("\"other\"").is_err());
    assert_eq!(Feed::named("other"), None);
    let prefixes: Vec<&str> = all().iter().map(|feed| feed.settings_prefix).collect();
    assert_eq!(prefixes, ["CT", "CEV", "SPL", "SELF_ISOLATION", "GENERIC_INGESTION"]);
}

#[test]
fn every_used_column_has_a_name_of_its_own_and_says_what_it_is_for() {
    for feed in all() {
        let names: HashSet<String> = names(feed).into_iter().map(str::to_lowercase).collect();
        assert_eq!(names.len(), feed.columns().len(), "{feed}");
        assert!(feed.columns().iter().all(|column| column.about.ends_with('.')), "{feed}");
    }
}

#[test]
fn columns_that_no_row_has_a_cell_in_are_known_from_one_checkpoint_to_the_next() {
    let feed = feed("nsss");
    let extra = |row: u32, cells: [&str; 3]| {
        let own = if row == 1 { names(feed) } else { vec!["x"; names(feed).len()] };
        SheetRow::of_text(row, own.into_iter().chain(cells))
    };
    let mut intake = Intake::new(feed, rules(), Origin::Separated);
    for row in [extra(1, ["filled", "late", "never"]), extra(2, ["1", "", " "])] {
        intake.push(row).expect("accepted");
    }
    // The first ten rows wait for the header.
    intake.push(extra(11, ["", "", ""])).expect("accepted");
    let (header, evidence) = (intake.header().expect("found").clone(), intake.evidence().clone());
    assert_eq!(evidence.blank_columns(&header), Some(vec!["late", "never"]));
    let mut on = Intake::resume(feed, rules(), Origin::Separated, header.clone(), evidence).expect("its own header");
    on.push(extra(12, ["", "1", ""])).expect("accepted");
    assert_eq!(on.evidence().blank_columns(&header), Some(vec!["never"]));

    let wide = names(feed).into_iter().map(str::to_owned).chain((0..1_000).map(|column| format!("column {column}")));
    let mut intake = Intake::new(feed, rules(), Origin::Separated);
    intake.push(SheetRow::of_text(1, wide)).expect("accepted");
    intake.finish().expect("accepted");
    let header = intake.header().expect("found");
    assert_eq!(intake.evidence().blank_columns(header), None, "too many to keep");
}
