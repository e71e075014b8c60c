//! The tab `summary`: what became of the file, and what to do next.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;

use crate::feed::Feed;
use crate::problem::FileProblem;
use crate::settlement::Outcome;
use crate::tally::Tally;

/// The facts in the tab.
#[derive(Clone, Debug)]
pub struct SummaryFacts<'a> {
    /// The inbound file's name.
    pub file: &'a str,
    /// Its feed.
    pub feed: &'static Feed,
    /// The run's id, for the technical team.
    pub run: &'a str,
    /// The tab that was read; none of a text file, or where nothing was read.
    pub tab: Option<&'a str>,
    /// Warnings of what is odd about the sheet as a whole.
    pub warnings: Vec<String>,
    /// When the run was claimed.
    pub started: DateTime<Utc>,
    /// When its last row settled, or when the file was rejected.
    pub finished: DateTime<Utc>,
    /// How many of the file's rows are not in the spreadsheet, for they are not kept any more.
    pub gone: u64,
    /// The file's result.
    pub result: FileResult<'a>,
}

/// The result of a file.
#[derive(Clone, Copy, Debug)]
pub enum FileResult<'a> {
    /// Every row was settled: how many, by outcome, in the whole run.
    Settled(&'a BTreeMap<Outcome, u64>),
    /// It was rejected whole, for these reasons.
    Rejected(&'a [FileProblem]),
    /// A person cancelled it.
    Cancelled {
        /// Why, by whom and when, in a sentence.
        because: &'a str,
        /// The rows by outcome, in the whole run; none where it was cancelled before anything was sent.
        settled: Option<&'a BTreeMap<Outcome, u64>>,
    },
}

/// The lines of the tab, each a label and a value. The total is the sum of the outcomes.
pub fn summary_tab(facts: &SummaryFacts<'_>) -> Vec<Vec<String>> {
    let mut lines = vec![
        line("file", facts.file),
        line("feed", format!("{} ({})", facts.feed.title, facts.feed.name())),
        line("run", facts.run),
        line("started", london_time(facts.started)),
        line("finished", london_time(facts.finished)),
    ];
    lines.extend(facts.tab.map(|tab| line("tab that was read", tab)));
    lines.extend(facts.warnings.iter().map(|warning| line("warning", warning)));
    if facts.gone > 0 {
        lines.push(line(
            "incomplete",
            format!(
                "This spreadsheet holds only the rows that are still kept. Not in it: {}, whose data was deleted after \
                 its time, or erased. The earlier spreadsheet of this file holds the rest, where one was written.",
                rows(facts.gone)
            ),
        ));
    }
    match facts.result {
        FileResult::Settled(settled) => {
            lines.extend(counts(settled));
            lines.extend(what_to_do(settled).into_iter().map(|text| line("what to do", text)));
        }
        FileResult::Rejected(problems) => {
            lines.push(line("result", "The whole file was rejected: nothing of it was sent to Here to Help."));
            for problem in problems {
                lines.push(line("problem", &problem.problem));
                lines.push(line("how to fix", &problem.how_to_fix));
            }
            lines.push(line(
                "what to do",
                "Correct the file where it lies, or put a corrected one into the inbound folder.",
            ));
        }
        FileResult::Cancelled { because, settled } => {
            lines.push(line("result", format!("The technical team cancelled this file. {because}")));
            lines.extend(settled.map(counts).into_iter().flatten());
            lines.push(line("what to do", match settled {
                None => "Nothing of it was sent to Here to Help. To have it ingested after all, put a changed copy into the inbound folder.",
                Some(_) => "What had been sent before stays in Here to Help: the rows with an outcome of created or already-known. Nothing else of it will be sent. To have the rest ingested after all, put a changed copy with those rows into the inbound folder.",
            }));
        }
    }
    lines
}

/// The lines that follow in the tab once all rows are seen: each warning, without what it quotes of the cells, with its rows.
pub fn warning_lines(warnings: &Tally) -> Vec<Vec<String>> {
    let (texts, others) = warnings.most_frequent();
    let line = |text: &str, rows: String| vec!["warning".to_owned(), text.to_owned(), rows];
    let mut lines: Vec<_> = texts.into_iter().map(|(text, rows)| line(text, rows.to_string())).collect();
    if others > 0 {
        lines.push(line("others", format!("{} in the column warnings", rows(others))));
    }
    lines
}

/// How many rows there are of each outcome, and their sum.
fn counts(settled: &BTreeMap<Outcome, u64>) -> Vec<Vec<String>> {
    let rows = |outcome: &Outcome| settled.get(outcome).copied().unwrap_or_default();
    let total = line("total", settled.values().sum::<u64>().to_string());
    Outcome::ALL.iter().map(|outcome| line(outcome.as_str(), rows(outcome).to_string())).chain([total]).collect()
}

fn what_to_do(settled: &BTreeMap<Outcome, u64>) -> Vec<String> {
    let of = |outcomes: [Outcome; 2]| outcomes.iter().filter_map(|outcome| settled.get(outcome)).sum::<u64>();
    let to_fix = of([Outcome::Rejected, Outcome::Failed]);
    let with_the_technical_team = of([Outcome::DeadLettered, Outcome::Uncertain]);

    let mut texts = Vec::new();
    if to_fix > 0 {
        texts.push(format!(
            "Correct what stands in the tab to_fix ({}), then put a copy of this spreadsheet into the inbound \
             folder: nothing else is read from it.",
            rows(to_fix)
        ));
    }
    if with_the_technical_team > 0 {
        texts.push(format!(
            "With the technical team (dead-lettered or uncertain): {}. The data team need do nothing: this summary \
             is written anew when they are done.",
            rows(with_the_technical_team)
        ));
    }
    if settled.values().sum::<u64>() == 0 {
        texts.push("Nothing: there are no rows below the header.".to_owned());
    } else if texts.is_empty() {
        texts.push("Nothing: every row is done.".to_owned());
    }
    texts
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn london_time(time: DateTime<Utc>) -> String {
    time.with_timezone(&London).format("%-d %B %Y, %H:%M (London time)").to_string()
}

fn line(label: &str, value: impl Into<String>) -> Vec<String> {
    vec![label.to_owned(), value.into()]
}

#[cfg(test)]
mod tests {
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
        file | people.csv
        feed | Shielding Patient List (spl)
        run | 0123456789abcdef0123
        started | 27 March 2021, 23:05 (London time)
        finished | 28 March 2021, 10:30 (London time)
        created | 97
        already-known | 0
        skipped | 0
        rejected | 2
        failed | 1
        dead-lettered | 1
        uncertain | 0
        total | 101
        what to do | Correct what stands in the tab to_fix (3 rows), then put a copy of this spreadsheet into the inbound folder: nothing else is read from it.
        what to do | With the technical team (dead-lettered or uncertain): 1 row. The data team need do nothing: this summary is written anew when they are done.
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
        insta::assert_snapshot!(last(&BTreeMap::from([(Outcome::Created, 1), (Outcome::Skipped, 4)])), @"what to do | Nothing: every row is done.");
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
        file | people.csv
        feed | Shielding Patient List (spl)
        run | 0123456789abcdef0123
        started | 27 March 2021, 23:05 (London time)
        finished | 28 March 2021, 10:30 (London time)
        result | The whole file was rejected: nothing of it was sent to Here to Help.
        problem | no column "uprn"
        how to fix | Add it.
        problem | two columns "mobile"
        how to fix | Remove one.
        what to do | Correct the file where it lies, or put a corrected one into the inbound folder.
        "#);
    }

    #[test]
    fn a_cancelled_file_says_why_and_what_had_been_sent() {
        let because = "anna, on 28 March: the wrong file";
        let settled = BTreeMap::from([(Outcome::Created, 1), (Outcome::Skipped, 2)]);
        let cancelled = shown(FileResult::Cancelled { because, settled: Some(&settled) });
        assert!(
            cancelled.contains("result | The technical team cancelled this file. anna, on 28 March: the wrong file\n")
        );
        assert!(cancelled.contains("created | 1\n") && cancelled.contains("total | 3\n"), "{cancelled}");
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
    fn a_warning_is_told_once_with_its_rows() {
        let mut warnings = Tally::default();
        for row in 2..=13 {
            warnings.add_warning(row, &format!("mobile: \"{row}\" is not a phone number and was left out"));
        }
        warnings.add_warning(13, "address replaced");
        let lines: Vec<String> = warning_lines(&warnings).iter().map(|line| line.join(" | ")).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        warning | mobile: … is not a phone number and was left out | rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more
        warning | address replaced | row 13
        ");
        (0..100).for_each(|kind| warnings.add(14 + kind, &format!("kind {kind}")));
        let lines = warning_lines(&warnings);
        assert_eq!(
            (lines.len(), lines[40].join(" | ").as_str()),
            (41, "warning | others | 62 rows in the column warnings")
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
        };
        let lines = summary_tab(&facts);
        assert!(lines.contains(&line("tab that was read", "Week 8")));
        assert!(lines.contains(&line("warning", "hidden rows are read too")));
    }

    fn last(settled: &BTreeMap<Outcome, u64>) -> String {
        tab(0, FileResult::Settled(settled)).pop().expect("a last line").join(" | ")
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
        });
        assert!(lines.iter().all(|line| line.len() == 2), "a label and a value");
        lines
    }
}
