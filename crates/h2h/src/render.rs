//! How things are shown: to programs as JSON, to people in tables that fit the terminal and are plain when piped, ages, counts.

use std::io::{self, Write};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use operations::dead::Group;
use serde::Serialize;

use crate::exit::Exit;

/// The result of a command: what it found or did.
pub trait Report: Serialize {
    /// Shows it to people.
    ///
    /// # Errors
    /// It cannot be written.
    fn render(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Shows it to programs: one JSON object, where it is not a list of them.
    ///
    /// # Errors
    /// It cannot be written.
    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        line(out, self)
    }

    /// The exit that is reported to the shell.
    fn exit(&self) -> Exit {
        Exit::Well
    }
}

/// Shows a report to whom it is for.
///
/// # Errors
/// It cannot be written.
pub fn show(report: &impl Report, json: bool, out: &mut dyn Write) -> anyhow::Result<Exit> {
    if json { report.json(out) } else { report.render(out) }.context("cannot write what was found")?;
    Ok(report.exit())
}

/// One JSON object on a line.
pub(crate) fn line(out: &mut dyn Write, object: &(impl Serialize + ?Sized)) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    writeln!(out)
}

/// One JSON object a line.
pub(crate) fn lines<T: Serialize>(out: &mut dyn Write, objects: &[T]) -> io::Result<()> {
    objects.iter().try_for_each(|object| line(out, object))
}

/// A table without lines.
pub(crate) fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table
}

/// How wide the terminal is; none where there is none.
pub(crate) fn columns() -> Option<u16> {
    table().width()
}

/// A number, where numbers stand.
pub(crate) fn number(number: impl ToString) -> Cell {
    Cell::new(number.to_string()).set_alignment(CellAlignment::Right)
}

/// Text, where it stands among numbers.
pub(crate) fn text(text: impl AsRef<str>) -> Cell {
    Cell::new(plain(text.as_ref()))
}

/// Text on one line, which cannot steer the terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// A table of what is known of one thing.
pub(crate) struct Facts(Table);

impl Facts {
    pub(crate) fn new() -> Self {
        Self(table())
    }

    /// Adds a fact, unless nothing is known.
    pub(crate) fn add(&mut self, name: &str, value: impl AsRef<str>) {
        if !value.as_ref().is_empty() {
            self.0.add_row([name.to_owned(), plain(value.as_ref())]);
        }
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", self.0.trim_fmt())
    }
}

/// Dead rows by class, feed and outcome: how many, and what else is to be said of each group.
pub(crate) fn groups(groups: &[Group], more: impl Fn(&Group) -> Option<String>) -> Table {
    let mut table = table();
    for group in groups {
        let row = [number(group.rows), text(&group.class), text(group.feed), text(group.outcome.as_str())];
        table.add_row(row.into_iter().chain(more(group).map(text)));
    }
    table
}

/// How many of something there are.
pub(crate) fn count(number: impl TryInto<u64>, one: &str, many: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{number} {}", if number == 1 { one } else { many })
}

/// How long ago something was, in the largest unit that fits.
pub(crate) fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    span(now - since)
}

/// A time span in the largest unit that fits.
pub(crate) fn span(span: TimeDelta) -> String {
    match span.num_seconds().max(0) {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// An instant, to the second, in UTC.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// An instant, and how long ago it was.
pub(crate) fn instant_and_age(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} ({} ago)", instant(at), age(at, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_given_in_the_largest_unit_that_fits() {
        for (seconds, shown) in
            [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (172_799, "47 h"), (172_800, "2 d")]
        {
            assert_eq!(span(TimeDelta::seconds(seconds)), shown);
        }
    }
}
