//! The tab `summary`: what became of the file, what to do next, and how it compares with the last one.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::London;

use super::comparison::{self, ComparedSheet};
use super::line::SummaryLine;
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
    /// This sheet and the last one of its feed; none where there is no other to compare it with.
    pub compared: Option<[ComparedSheet<'a>; 2]>,
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

/// The lines of the tab, but those of [`warning_lines`]. The total is the sum of the outcomes.
pub fn summary_tab(facts: &SummaryFacts<'_>) -> Vec<SummaryLine> {
    let mut lines = result(facts.result);
    if facts.gone > 0 {
        lines.insert(1, SummaryLine::Text(
            "incomplete",
            format!(
                "This spreadsheet holds only the rows that are still kept. Not in it: {}, whose data was deleted after \
                 its time, or erased. The earlier spreadsheet of this file holds the rest, where one was written.",
                rows(facts.gone)
            ),
        ));
    }
    if let Some([this, last]) = &facts.compared {
        lines.push(SummaryLine::Heading("Compared with the last sheet"));
        lines.extend(comparison::lines(this, last));
    }
    lines.push(SummaryLine::Heading("This sheet"));
    lines.push(text("file", facts.file));
    lines.extend(facts.tab.map(|tab| text("tab that was read", tab)));
    lines.push(text("feed", format!("{} ({})", facts.feed.title, facts.feed.name())));
    lines.push(text("started", london_time(facts.started)));
    lines.push(text("finished", london_time(facts.finished)));
    lines.push(text("it took", duration(facts.finished - facts.started)));
    lines.push(text("run", facts.run));
    lines.extend(facts.warnings.iter().map(|warning| text("warning", warning)));
    lines
}

/// The lines that follow in the tab once all rows are seen: each warning, without what it quotes of the cells, with its rows.
pub fn warning_lines(warnings: &Tally) -> Vec<SummaryLine> {
    let (texts, others) = warnings.most_frequent();
    if texts.is_empty() {
        return Vec::new();
    }
    let warning = |(text, rows): (&str, &crate::tally::Rows)| SummaryLine::Warning {
        label: "warning",
        rows: rows.count,
        text: format!("{text} ({rows})"),
    };
    let mut lines = vec![SummaryLine::Heading("Warnings, which keep no row back, with how many rows have each")];
    lines.extend(texts.into_iter().map(warning));
    if others > 0 {
        let text = "have others: see the column warnings of each row".to_owned();
        lines.push(SummaryLine::Warning { label: "others", rows: others, text });
    }
    lines
}

/// What became of the file, in a sentence, and what to do; then the counts.
fn result(result: FileResult<'_>) -> Vec<SummaryLine> {
    match result {
        FileResult::Settled(settled) => {
            let mut lines = vec![SummaryLine::Headline(headline(settled))];
            lines.extend(what_to_do(settled).into_iter().map(|to_do| text("what to do", to_do)));
            lines.extend(counts(settled));
            lines
        }
        FileResult::Rejected(problems) => {
            let headline = "The whole file was rejected: nothing of it was sent to Here to Help.";
            let mut lines = vec![SummaryLine::Headline(headline.to_owned())];
            for FileProblem { problem, how_to_fix } in problems {
                lines.extend([text("problem", problem), text("how to fix", how_to_fix)]);
            }
            let to_do = "Correct the file where it lies, or put a corrected one into the inbound folder.";
            lines.push(text("what to do", to_do));
            lines
        }
        FileResult::Cancelled { because, settled } => {
            let headline = format!("The technical team cancelled this file. {because}");
            let to_do = match settled {
                None => {
                    "Nothing of it was sent to Here to Help. To have it ingested after all, put a changed copy into the inbound folder."
                }
                Some(_) => {
                    "What had been sent before stays in Here to Help: the rows with an outcome of created or already-known. Nothing else of it will be sent. To have the rest ingested after all, put a changed copy with those rows into the inbound folder."
                }
            };
            let mut lines = vec![SummaryLine::Headline(headline), text("what to do", to_do)];
            lines.extend(settled.map(counts).into_iter().flatten());
            lines
        }
    }
}

/// How many rows there are of each outcome, and their sum.
fn counts(settled: &BTreeMap<Outcome, u64>) -> Vec<SummaryLine> {
    let of = settled.values().sum();
    let count = |outcome: &Outcome| settled.get(outcome).copied().unwrap_or_default();
    let outcomes =
        Outcome::ALL.iter().map(|outcome| SummaryLine::Count { outcome: Some(*outcome), rows: count(outcome), of });
    let heading = SummaryLine::Heading("What became of the rows");
    [heading].into_iter().chain(outcomes).chain([SummaryLine::Count { outcome: None, rows: of, of }]).collect()
}

/// The counts by who has to do something.
struct Shares {
    all: u64,
    in_here_to_help: u64,
    to_fix: u64,
    with_the_technical_team: u64,
    left_out: u64,
}

impl Shares {
    fn of(settled: &BTreeMap<Outcome, u64>) -> Self {
        let of = |outcomes: &[Outcome]| outcomes.iter().filter_map(|outcome| settled.get(outcome)).sum::<u64>();
        Self {
            all: settled.values().sum(),
            in_here_to_help: of(&[Outcome::Created, Outcome::AlreadyKnown]),
            to_fix: of(&[Outcome::Rejected, Outcome::Failed]),
            with_the_technical_team: of(&[Outcome::DeadLettered, Outcome::Uncertain]),
            left_out: of(&[Outcome::Skipped]),
        }
    }
}

/// The result of a whole sheet in one sentence, such as `97 of 101 people are in Here to Help; 3 rows need a correction`.
pub fn headline(settled: &BTreeMap<Outcome, u64>) -> String {
    let Shares { all, in_here_to_help, to_fix, with_the_technical_team, left_out } = Shares::of(settled);
    let mut parts = vec![match (in_here_to_help, all) {
        (_, 0) => return "The sheet has no rows: nobody was sent to Here to Help.".to_owned(),
        (1, 1) => "The one person of this sheet is in Here to Help".to_owned(),
        (there, all) if there == all => format!("All {all} people are in Here to Help"),
        (0, 1) => "The one person of this sheet is not in Here to Help".to_owned(),
        (0, all) => format!("None of the {all} people is in Here to Help by this sheet"),
        (1, all) => format!("1 of {all} people is in Here to Help"),
        (there, all) => format!("{there} of {all} people are in Here to Help"),
    }];
    if to_fix > 0 {
        parts.push(format!("{} {} a correction", rows(to_fix), if to_fix == 1 { "needs" } else { "need" }));
    }
    if with_the_technical_team > 0 {
        parts.push(format!("{with_the_technical_team} {} with the technical team", is_or_are(with_the_technical_team)));
    }
    if left_out > 0 {
        let was_or_were = if left_out == 1 { "was" } else { "were" };
        parts.push(format!("{left_out} {was_or_were} left out by a rule of this list"));
    }
    parts.join("; ") + "."
}

fn what_to_do(settled: &BTreeMap<Outcome, u64>) -> Vec<String> {
    let Shares { all, to_fix, with_the_technical_team, left_out, .. } = Shares::of(settled);
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
    if all == 0 {
        texts.push("Nothing: there are no rows below the header.".to_owned());
    } else if texts.is_empty() {
        let why = if left_out == 0 { "" } else { " Why a row was left out stands beside it in the column reason." };
        texts.push(format!("Nothing: every row is done.{why}"));
    }
    texts
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn is_or_are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn london_time(time: DateTime<Utc>) -> String {
    time.with_timezone(&London).format("%-d %B %Y, %H:%M (London time)").to_string()
}

/// In the two largest units, from minutes on.
fn duration(time: TimeDelta) -> String {
    let minutes = time.num_minutes();
    let units = [(minutes / 1440, "day"), (minutes / 60 % 24, "hour"), (minutes % 60, "minute")];
    let shown = units.into_iter().skip_while(|(count, _)| *count == 0).take(2).filter(|(count, _)| *count > 0);
    let shown: Vec<String> =
        shown.map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" })).collect();
    if shown.is_empty() { "less than a minute".to_owned() } else { shown.join(" ") }
}

fn text(label: &'static str, value: impl Into<String>) -> SummaryLine {
    SummaryLine::Text(label, value.into())
}

#[cfg(test)]
mod tests;
