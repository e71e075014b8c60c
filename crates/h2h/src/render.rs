//! How things are shown: to programs as JSON, to people in tables that fit the terminal and are plain when piped, ages, counts, bars.

use std::io::{self, Write};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Row, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use operations::dead::Group;
use serde::Serialize;

use crate::exit::Exit;

/// The result of a command: what it found or did.
pub(crate) trait Report: Serialize {
    /// Shows it to people.
    fn render(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Shows it to programs: one JSON object, where it is not a list of them.
    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        line(out, self)
    }

    /// The exit that is reported to the shell.
    fn exit(&self) -> Exit {
        Exit::Well
    }
}

/// Shows a report to whom it is for.
pub(crate) fn show(report: &impl Report, json: bool, out: &mut dyn Write) -> anyhow::Result<Exit> {
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

/// A table without lines, under a header where one is given.
pub(crate) fn table<R: Into<Row>>(header: &[&str], rows: impl IntoIterator<Item = R>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).add_rows(rows);
    if !header.is_empty() {
        table.set_header(header);
    }
    table.trim_fmt()
}

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
pub(crate) fn facts(facts: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let known = facts.into_iter().filter(|(_, value)| !value.is_empty());
    table(&[], known.map(|(name, value)| [name.to_owned(), plain(&value)]))
}

/// Dead rows by class, feed and outcome: how many, and what else is to be said of each group.
pub(crate) fn groups(groups: &[Group], more: impl Fn(&Group) -> Option<String>) -> String {
    let row = |group: &Group| {
        let row = [number(group.rows), text(&group.class), text(group.feed), text(group.outcome.as_str())];
        row.into_iter().chain(more(group).map(text)).collect::<Vec<_>>()
    };
    table(&[], groups.iter().map(row))
}

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

/// A narrower terminal shows no bar, but what stands beside it.
const ROOM_FOR_A_BAR: u16 = 72;

/// A bar with its message beside it. Takes one line of the terminal, however long the message is: what does not fit is cut off
/// at the end. A bar that took two lines would be drawn again and again below itself.
pub(crate) fn bar(length: u64) -> ProgressBar {
    bar_in(length, Table::new().width())
}

fn bar_in(length: u64, terminal: Option<u16>) -> ProgressBar {
    let has_room = terminal.is_none_or(|columns| columns >= ROOM_FOR_A_BAR);
    let style = ProgressStyle::with_template(if has_room { "{bar:20} {wide_msg}" } else { "{wide_msg}" });
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use indicatif::{ProgressDrawTarget, TermLike};

    use super::*;

    #[test]
    fn an_age_is_given_in_the_largest_unit_that_fits() {
        for (seconds, shown) in
            [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (172_799, "47 h"), (172_800, "2 d")]
        {
            assert_eq!(span(TimeDelta::seconds(seconds)), shown);
        }
    }

    #[test]
    fn a_bar_takes_one_line_of_a_terminal_of_any_width() {
        for columns in [20, 40, 71, 72, 80, 100, 150, 250] {
            let screen = Screen { columns, lines: Arc::default() };
            let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
            let bar = bar_in(12_000, Some(columns));
            bar.set_draw_target(target);
            bar.set_position(7_500);
            bar.set_message(format!("7500/12000; {}", "a very long file name ".repeat(20)));
            bar.force_draw();
            let lines = screen.lines.lock().expect("no panic").clone();
            let line = lines.last().expect("a line");
            let width = line.chars().count();
            assert!(width <= usize::from(columns), "{width} of {columns}: {line}");
            assert!(line.contains("7500/12000"), "{columns}: {line}");
            assert_eq!(line.contains('█'), columns >= ROOM_FOR_A_BAR, "{columns}: {line}");
        }
    }

    /// A terminal that keeps what is written to it.
    #[derive(Clone, Debug)]
    struct Screen {
        columns: u16,
        lines: Arc<Mutex<Vec<String>>>,
    }

    impl Screen {
        fn keep(&self, text: &str) {
            let shown = text.trim_end();
            if !shown.is_empty() {
                self.lines.lock().expect("no panic").push(shown.to_owned());
            }
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            self.columns
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.keep(text);
            Ok(())
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.keep(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }
}
