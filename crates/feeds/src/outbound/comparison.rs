//! How a sheet compares with the last one of its feed: a list that was cut off, a column that got lost, are seen at once.

use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::{Datelike, NaiveDate};

use super::line::SummaryLine;
use crate::clean::is_same;
use crate::settlement::Outcome;

/// The share of fewer rows from which people are asked whether the list is whole, in percent.
const MANY_FEWER: u64 = 30;
/// So few rows are not told in percent.
const FEW: u64 = 20;
/// How many columns are named.
const NAMED: usize = 5;

/// A sheet as it is compared with another. No personal data.
#[derive(Clone, Debug)]
pub struct ComparedSheet<'a> {
    /// When it was taken, in London.
    pub date: NaiveDate,
    /// The names of its columns.
    pub columns: &'a [String],
    /// Those of them that no row has a cell in; none where that is not known.
    pub blank: Option<Vec<&'a str>>,
    /// Its rows, by what became of them.
    pub settled: &'a BTreeMap<Outcome, u64>,
}

impl ComparedSheet<'_> {
    fn rows(&self) -> u64 {
        self.settled.values().sum()
    }

    fn count(&self, outcomes: &[Outcome]) -> u64 {
        outcomes.iter().filter_map(|outcome| self.settled.get(outcome)).sum()
    }

    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| is_same(name, column))
    }

    /// Of the people in Here to Help, how many were there before; none where nobody is.
    fn share_known(&self) -> Option<String> {
        share(self.count(&[Outcome::AlreadyKnown]), self.count(&[Outcome::Created, Outcome::AlreadyKnown]))
    }

    /// Of all rows, how many are to correct; none where there are no rows.
    fn share_to_fix(&self) -> Option<String> {
        share(self.count(&[Outcome::Rejected, Outcome::Failed]), self.rows())
    }
}

/// The lines that compare a sheet with the last one.
pub(super) fn lines(this: &ComparedSheet<'_>, last: &ComparedSheet<'_>) -> Vec<SummaryLine> {
    let on = on(last.date, this.date);
    let mut lines = vec![SummaryLine::Text("rows", rows(this.rows(), last.rows(), &on))];
    lines.extend(columns(this, last, &on).into_iter().map(|text| SummaryLine::Text("columns", text)));
    let shares = [
        ("already known", this.share_known(), last.share_known()),
        ("to correct", this.share_to_fix(), last.share_to_fix()),
    ];
    for (label, this, last) in shares {
        if let (Some(this), Some(last)) = (this, last) {
            let text = if this == last { format!("{this}, as {on}") } else { format!("{this}; {on} {last}") };
            lines.push(SummaryLine::Text(label, text));
        }
    }
    lines
}

fn rows(this: u64, last: u64, on: &str) -> String {
    let counts = format!("{last} then, {this} now");
    let difference = this.abs_diff(last);
    let more_or_fewer = if this > last { "more" } else { "fewer" };
    match percent(difference, last) {
        _ if difference == 0 => format!("as many as {on} ({this})"),
        Some(percent) if last >= FEW && percent > 0 => {
            let is_whole = if this < last && percent >= MANY_FEWER { ". Is the list whole?" } else { "" };
            format!("{percent} % {more_or_fewer} rows than {on} ({counts}){is_whole}")
        }
        _ => format!("{difference} {more_or_fewer} than {on} ({counts})"),
    }
}

fn columns(this: &ComparedSheet<'_>, last: &ComparedSheet<'_>, on: &str) -> Vec<String> {
    let only_in = |one: &ComparedSheet<'_>, other: &ComparedSheet<'_>| -> Vec<String> {
        one.columns.iter().filter(|name| !name.is_empty() && !other.has(name)).cloned().collect()
    };
    let (new, gone) = (only_in(this, last), only_in(last, this));
    let mut emptied = Vec::new();
    if let (Some(blank), Some(before)) = (&this.blank, &last.blank) {
        let was_filled = |name: &&&str| last.has(name) && !before.iter().any(|blank| is_same(blank, name));
        emptied.extend(blank.iter().filter(was_filled).map(ToString::to_string));
    }
    let mut texts = Vec::new();
    let it = if emptied.len() == 1 { "it" } else { "them" };
    texts.extend(
        listed(&emptied)
            .map(|(names, are)| format!("{names} {are} empty, and had something in {it} {on}. Is that meant so?")),
    );
    texts.extend(listed(&gone).map(|(names, are)| format!("{names} {are} not there any more")));
    texts.extend(listed(&new).map(|(names, are)| format!("{names} {are} new")));
    if texts.is_empty() {
        texts.push(format!("the same as {on}"));
    }
    texts
}

/// Names of columns for a sentence, with `is` or `are`; none where there are none.
fn listed(names: &[String]) -> Option<(String, &'static str)> {
    let quoted: Vec<String> = names.iter().take(NAMED).map(|name| format!("“{name}”")).collect();
    let more = names.len() - quoted.len();
    match quoted.split_last()? {
        (only, []) => Some((only.clone(), "is")),
        (last, others) if more == 0 => Some((format!("{} and {last}", others.join(", ")), "are")),
        _ => Some((format!("{} and {more} more", quoted.join(", ")), "are")),
    }
}

/// A part in percent, in words where rounding would say none or all; none of nothing.
fn share(part: u64, whole: u64) -> Option<String> {
    let text = match percent(part, whole)? {
        0 if part > 0 => "less than 1 %".to_owned(),
        100 if part < whole => "more than 99 %".to_owned(),
        percent => format!("{percent} %"),
    };
    Some(text)
}

/// Rounded; none of nothing.
fn percent(part: u64, whole: u64) -> Option<u64> {
    (part * 100 + whole / 2).checked_div(whole)
}

/// `on 1 March`, with the year where it is another one; of the same day, which people read later, `earlier that day`.
fn on(date: NaiveDate, seen_from: NaiveDate) -> String {
    if date == seen_from {
        return "earlier that day".to_owned();
    }
    let shown: &dyn Display =
        if date.year() == seen_from.year() { &date.format("%-d %B") } else { &date.format("%-d %B %Y") };
    format!("on {shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn settled<const N: usize>(counts: [(Outcome, u64); N]) -> BTreeMap<Outcome, u64> {
        counts.into()
    }

    #[test]
    fn the_last_sheet_is_named_by_its_day() {
        let seen_from = date("2021-03-08");
        let on = ["2021-03-08", "2021-03-01", "2020-12-24"].map(|last| on(date(last), seen_from));
        assert_eq!(on, ["earlier that day", "on 1 March", "on 24 December 2020"]);
    }

    #[test]
    fn rows_are_compared_in_percent_where_there_are_enough() {
        for (this, last, expected) in [
            (101, 168, "40 % fewer rows than on 1 March (168 then, 101 now). Is the list whole?"),
            (90, 100, "10 % fewer rows than on 1 March (100 then, 90 now)"),
            (150, 100, "50 % more rows than on 1 March (100 then, 150 now)"),
            (100, 100, "as many as on 1 March (100)"),
            (1_001, 1_000, "1 more than on 1 March (1000 then, 1001 now)"),
            (3, 4, "1 fewer than on 1 March (4 then, 3 now)"),
            (4, 0, "4 more than on 1 March (0 then, 4 now)"),
            (0, 200, "100 % fewer rows than on 1 March (200 then, 0 now). Is the list whole?"),
            (0, 0, "as many as on 1 March (0)"),
        ] {
            assert_eq!(rows(this, last, "on 1 March"), expected);
        }
    }

    #[test]
    fn columns_that_are_new_gone_or_emptied_are_named() {
        let settled = settled([(Outcome::Created, 1)]);
        let sheet = |columns: &'static str, blank: Option<&'static str>| {
            let names: Vec<String> = columns.split(' ').map(str::to_owned).collect();
            (names, blank.map(|blank| blank.split_whitespace().collect::<Vec<_>>()))
        };
        for (this, this_blank, last, last_blank, expected) in [
            ("a b", Some(""), "a b", Some(""), "the same as on 1 March"),
            ("A  b", Some(""), "a b", Some(""), "the same as on 1 March"),
            (
                "uprn b",
                Some("uprn"),
                "uprn b",
                Some(""),
                "“uprn” is empty, and had something in it on 1 March. Is that meant so?",
            ),
            ("uprn b", Some("uprn"), "uprn b", Some("uprn"), "the same as on 1 March"),
            ("uprn b", Some("uprn"), "uprn b", None, "the same as on 1 March"),
            ("uprn b", None, "uprn b", Some(""), "the same as on 1 March"),
            (
                "a b",
                Some("a b"),
                "a b",
                Some(""),
                "“a” and “b” are empty, and had something in them on 1 March. Is that meant so?",
            ),
            ("a new", Some("new"), "a old", Some(""), "“old” is not there any more | “new” is new"),
            ("a b c d e f g h", None, "a", None, "“b”, “c”, “d”, “e”, “f” and 2 more are new"),
        ] {
            let ((this, this_blank), (last, last_blank)) = (sheet(this, this_blank), sheet(last, last_blank));
            let of = |columns, blank| ComparedSheet { date: date("2021-03-08"), columns, blank, settled: &settled };
            assert_eq!(columns(&of(&this, this_blank), &of(&last, last_blank), "on 1 March").join(" | "), expected);
        }
    }

    #[test]
    fn shares_are_told_where_there_is_something_to_share() {
        let this = settled([(Outcome::Created, 3), (Outcome::AlreadyKnown, 6), (Outcome::Rejected, 1)]);
        for (last, expected) in [
            (
                settled([(Outcome::Created, 3), (Outcome::AlreadyKnown, 6), (Outcome::Failed, 1)]),
                "67 %, as on 1 March 2020 | 10 %, as on 1 March 2020",
            ),
            (
                settled([(Outcome::Created, 10), (Outcome::Skipped, 10)]),
                "67 %; on 1 March 2020 0 % | 10 %; on 1 March 2020 0 %",
            ),
            (settled([(Outcome::Rejected, 4)]), "10 %; on 1 March 2020 100 %"),
            (
                settled([(Outcome::AlreadyKnown, 2_998), (Outcome::Rejected, 2)]),
                "67 %; on 1 March 2020 100 % | 10 %; on 1 March 2020 less than 1 %",
            ),
            (
                settled([(Outcome::AlreadyKnown, 2_998), (Outcome::Created, 2)]),
                "67 %; on 1 March 2020 more than 99 % | 10 %; on 1 March 2020 0 %",
            ),
            (settled([]), ""),
        ] {
            let of = |date, settled| ComparedSheet { date, columns: &[], blank: None, settled };
            let lines = lines(&of(date("2021-03-08"), &this), &of(date("2020-03-01"), &last));
            let told: Vec<String> = lines.iter().map(|line| line.cells()[1].clone()).collect();
            assert_eq!(told[2..].join(" | "), expected);
        }
    }
}
