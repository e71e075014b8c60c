//! The lines of the tab, and its sentences.

use chrono::TimeZone;

use super::*;

#[test]
fn the_counts_add_up_and_say_what_to_do() {
    let settled = BTreeMap::from([
        (Outcome::Created, 97),
        (Outcome::Rejected, 2),
        (Outcome::Failed, 1),
        (Outcome::DeadLettered, 1),
    ]);
    insta::assert_snapshot!(shown(FileResult::Settled(&settled)), @r"
    97 of 101 people are in Here to Help; 3 rows need a correction; 1 is with the technical team.
    what to do | Correct what stands in the tab to_fix (3 rows), then put a copy of this spreadsheet into the inbound folder: nothing else is read from it.
    what to do | With the technical team (dead-lettered or uncertain): 1 row. The data team need do nothing: this summary is written anew when they are done.
    What became of the rows
    created | 97 | ████████████████████████████▌ | new in Here to Help
    already-known | 0 |  | in Here to Help already
    skipped | 0 |  | left out by a rule, or cancelled: nothing to do
    rejected | 2 | ▌ | to correct: see the tab to_fix
    failed | 1 | ▌ | not taken by Here to Help: see the tab to_fix
    dead-lettered | 1 | ▌ | did not get through: the technical team sends them again
    uncertain | 0 |  | sent, but no answer came: the technical team looks them up
    total | 101 |  | rows in your sheet
    This sheet
    file | people.csv
    feed | Shielding Patient List (spl)
    started | 27 March 2021, 23:05 (London time)
    finished | 28 March 2021, 10:30 (London time)
    it took | 10 hours 25 minutes
    run | 0123456789abcdef0123
    ");
}

#[test]
fn the_technical_team_has_the_rest() {
    let settled = BTreeMap::from([(Outcome::DeadLettered, 3), (Outcome::Uncertain, 2)]);
    insta::assert_snapshot!(last(&settled), @"what to do | With the technical team (dead-lettered or uncertain): 5 rows. The data team need do nothing: this summary is written anew when they are done.");
}

#[test]
fn one_row_is_one_row() {
    insta::assert_snapshot!(last(&BTreeMap::from([(Outcome::Failed, 1)])), @"what to do | Correct what stands in the tab to_fix (1 row), then put a copy of this spreadsheet into the inbound folder: nothing else is read from it.");
}

#[test]
fn nothing_to_do_is_said_too() {
    insta::assert_snapshot!(last(&BTreeMap::from([(Outcome::Created, 1), (Outcome::Skipped, 4)])), @"what to do | Nothing: every row is done. Why a row was left out stands beside it in the column reason.");
    insta::assert_snapshot!(last(&BTreeMap::new()), @"what to do | Nothing: there are no rows below the header.");
    insta::assert_snapshot!(last(&BTreeMap::from([(Outcome::Created, 0)])), @"what to do | Nothing: there are no rows below the header.");
}

#[test]
fn a_rejected_file_says_why_and_how_to_fix_it() {
    let problem = |problem: &str, how_to_fix: &str| FileProblem {
        problem: problem.to_owned(),
        how_to_fix: how_to_fix.to_owned(),
    };
    let problems = [problem("no column \"uprn\"", "Add it."), problem("two columns \"mobile\"", "Remove one.")];
    insta::assert_snapshot!(shown(FileResult::Rejected(&problems)), @r#"
    The whole file was rejected: nothing of it was sent to Here to Help.
    problem | no column "uprn"
    how to fix | Add it.
    problem | two columns "mobile"
    how to fix | Remove one.
    what to do | Correct the file where it lies, or put a corrected one into the inbound folder.
    This sheet
    file | people.csv
    feed | Shielding Patient List (spl)
    started | 27 March 2021, 23:05 (London time)
    finished | 28 March 2021, 10:30 (London time)
    it took | 10 hours 25 minutes
    run | 0123456789abcdef0123
    "#);
}

#[test]
fn a_cancelled_file_says_why_and_what_had_been_sent() {
    let because = "anna, on 28 March: the wrong file";
    let settled = BTreeMap::from([(Outcome::Created, 1), (Outcome::Skipped, 2)]);
    let cancelled = shown(FileResult::Cancelled { because, settled: Some(&settled) });
    assert!(cancelled.starts_with("The technical team cancelled this file. anna, on 28 March: the wrong file\n"));
    assert!(cancelled.contains("created | 1 | ") && cancelled.contains("total | 3 | "), "{cancelled}");
    assert!(cancelled.contains("stays in Here to Help"), "{cancelled}");
    let unread = shown(FileResult::Cancelled { because, settled: None });
    assert!(unread.contains("Nothing of it was sent") && !unread.contains("total"), "{unread}");
}

#[test]
fn what_holds_only_a_part_of_the_rows_says_so() {
    let settled = BTreeMap::from([(Outcome::Created, 4)]);
    let incomplete = |gone| {
        let mut lines = tab(gone, FileResult::Settled(&settled)).into_iter();
        lines.find(|line| line[0] == "incomplete").map(|line| line.join(" | "))
    };
    assert_eq!(incomplete(0), None);
    insta::assert_snapshot!(incomplete(3).expect("a line"), @"incomplete | This spreadsheet holds only the rows that are still kept. Not in it: 3 rows, whose data was deleted after its time, or erased. The earlier spreadsheet of this file holds the rest, where one was written.");
}

#[test]
fn the_headline_is_a_sentence() {
    use Outcome::{AlreadyKnown, Created, DeadLettered, Failed, Rejected, Skipped, Uncertain};
    for (settled, expected) in [
        (&[][..], "The sheet has no rows: nobody was sent to Here to Help."),
        (
            &[(Created, 90), (AlreadyKnown, 7), (Rejected, 2), (Failed, 1), (DeadLettered, 1)],
            "97 of 101 people are in Here to Help; 3 rows need a correction; 1 is with the technical team.",
        ),
        (&[(Created, 412)], "All 412 people are in Here to Help."),
        (&[(AlreadyKnown, 1)], "The one person of this sheet is in Here to Help."),
        (&[(Rejected, 1)], "The one person of this sheet is not in Here to Help; 1 row needs a correction."),
        (
            &[(Uncertain, 1), (DeadLettered, 1)],
            "None of the 2 people is in Here to Help by this sheet; 2 are with the technical team.",
        ),
        (&[(Created, 1), (Skipped, 1)], "1 of 2 people is in Here to Help; 1 was left out by a rule of this list."),
        (&[(Created, 5), (Skipped, 4)], "5 of 9 people are in Here to Help; 4 were left out by a rule of this list."),
    ] {
        assert_eq!(headline(&settled.iter().copied().collect()), expected);
    }
}

#[test]
fn how_long_it_took_is_told_in_two_units_at_most() {
    for (seconds, expected) in [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (3 * 3600, "3 hours"),
        (3 * 3600 + 61, "3 hours 1 minute"),
        (2 * 86_400 + 59, "2 days"),
        (86_400 + 3600 + 60, "1 day 1 hour"),
    ] {
        assert_eq!(duration(TimeDelta::seconds(seconds)), expected);
    }
}

#[test]
fn a_warning_is_told_once_with_its_rows() {
    let mut warnings = Tally::default();
    for row in 2..=13 {
        warnings.add_warning(row, &format!("mobile: \"{row}\" is not a phone number and was left out"));
    }
    warnings.add_warning(13, "address replaced");
    let shown =
        |warnings: &Tally| warning_lines(warnings).iter().map(|line| line.cells().join(" | ")).collect::<Vec<String>>();
    let lines = shown(&warnings);
    insta::assert_snapshot!(lines.join("\n"), @r"
    Warnings, which keep no row back, with how many rows have each
    warning | 12 | mobile: what stands there is not a phone number and was left out (rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more)
    warning | 1 | address replaced (row 13)
    ");
    (0..100).for_each(|kind| warnings.add(14 + kind, &format!("kind {kind}")));
    let lines = shown(&warnings);
    assert_eq!(
        (lines.len(), lines[41].as_str()),
        (42, "others | 62 | have others: see the column warnings of each row")
    );
}

#[test]
fn the_tab_that_was_read_and_what_is_odd_about_the_sheet() {
    let facts = SummaryFacts {
        file: "people.xlsx",
        feed: Feed::named("spl").expect("a feed of this name"),
        run: "0123456789abcdef0123",
        tab: Some("Week 8"),
        warnings: vec!["hidden rows are read too".to_owned()],
        started: DateTime::UNIX_EPOCH,
        finished: DateTime::UNIX_EPOCH,
        gone: 0,
        result: FileResult::Rejected(&[]),
        compared: None,
    };
    let lines = summary_tab(&facts);
    assert!(lines.contains(&text("tab that was read", "Week 8")));
    assert!(lines.contains(&text("warning", "hidden rows are read too")));
}

/// What to do.
fn last(settled: &BTreeMap<Outcome, u64>) -> String {
    let lines = tab(0, FileResult::Settled(settled));
    lines.iter().rfind(|line| line[0] == "what to do").expect("such a line").join(" | ")
}

fn shown(result: FileResult<'_>) -> String {
    tab(0, result).into_iter().map(|line| line.join(" | ") + "\n").collect()
}

fn tab(gone: u64, result: FileResult<'_>) -> Vec<Vec<String>> {
    let lines = summary_tab(&SummaryFacts {
        file: "people.csv",
        feed: Feed::named("spl").expect("a feed of this name"),
        run: "0123456789abcdef0123",
        tab: None,
        warnings: Vec::new(),
        // Summer time began in between.
        started: Utc.with_ymd_and_hms(2021, 3, 27, 23, 5, 0).single().expect("a time"),
        finished: Utc.with_ymd_and_hms(2021, 3, 28, 9, 30, 0).single().expect("a time"),
        gone,
        result,
        compared: None,
    });
    lines.iter().map(SummaryLine::cells).collect()
}
