//! The plan for dead rows, for whoever must agree to it.

use std::io::{self, Write};

use ledger::{DeadRow, UnreadableRow};
use operations::dead::Group;
use operations::redrive::Redriven;
use serde::Serialize;

use crate::exit::Exit;
use crate::render::{count, groups, line};

/// The rows that something would be done to, in a table by groups; nothing where there are none.
pub(super) fn in_groups(rows: &[DeadRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    format!("\n{}", groups(&Group::of(rows), |_| None).trim_fmt())
}

/// That nothing is done to rows that a newer version wrote; nothing where there are none.
pub(super) fn left_alone(rows: &[UnreadableRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let rows = count(rows.len(), "row is", "rows are");
    format!("\n{rows} left alone: this h2h cannot read what a newer version wrote. `h2h dlq list` names them.")
}

#[derive(Serialize)]
struct PlannedRow<'a> {
    row: String,
    class: &'a str,
}

/// Says what would be done, and does nothing.
pub(super) fn dry_run(rows: &[DeadRow], in_words: &str, json: bool, out: &mut dyn Write) -> io::Result<Exit> {
    if json {
        for row in rows {
            line(out, &PlannedRow { row: row.id.to_string(), class: &row.class })?;
        }
    } else {
        writeln!(out, "{in_words}")?;
    }
    Ok(Exit::Well)
}

/// The counts of what became of the dead letters.
#[derive(Serialize)]
pub(super) struct LetterCounts {
    pub(super) taken_off: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stale: Option<u64>,
    pub(super) left: u64,
    pub(super) foreign: u64,
    pub(super) not_deleted: u64,
}

impl LetterCounts {
    /// Those of the rows that were sent again, and those of rows that are settled otherwise beside.
    pub(super) fn of_redrive(redriven: &Redriven) -> Self {
        let Redriven { taken_off, stale, left, foreign, not_deleted, .. } = *redriven;
        Self { taken_off, stale: Some(stale), left, foreign, not_deleted }
    }

    /// Those of rows that are settled, the discarded ones among them.
    pub(super) fn of_discard(redriven: &Redriven) -> Self {
        Self { taken_off: redriven.stale, stale: None, ..Self::of_redrive(redriven) }
    }

    pub(super) fn say_what_was_not_deleted(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.not_deleted == 0 {
            return Ok(());
        }
        let letters = count(self.not_deleted, "letter", "letters");
        writeln!(out, "SQS did not delete {letters}: run the command again in a minute.")
    }
}

#[cfg(test)]
mod tests {
    use ledger::{RowId, RunId};

    use super::*;

    #[test]
    fn what_is_left_alone_is_said() {
        let id = RowId { run: RunId::of("file", "a"), row: 2 };
        let row = UnreadableRow { id, feed: feeds::all()[0], why: String::new() };
        assert_eq!(left_alone(&[]), "");
        assert!(left_alone(&[row]).starts_with("\n1 row is left alone"));
    }
}
