//! Something is done to dead rows: which of them, and what whoever must agree to it is told.

use std::collections::BTreeMap;

use ledger::{DeadRow, UnreadableRow};
use operations::dead::{Group, Selection};

use crate::command_prelude::*;

/// Which rows: at least one of these.
#[derive(Args)]
#[group(id = "which", required = true, multiple = true)]
pub(super) struct DeadRowArgs {
    /// The rows of this run: the first digits of its id
    #[arg(long, conflicts_with_all = ["row", "all"])]
    run: Option<RunName>,
    /// The rows whose last error is of this class, such as server-error
    #[arg(long, conflicts_with_all = ["row", "all"])]
    class: Option<String>,
    /// One row
    #[arg(long, value_name = "RUN/ROW", conflicts_with = "all")]
    row: Option<RowName>,
    /// Every row
    #[arg(long)]
    all: bool,
}

impl DeadRowArgs {
    pub(super) async fn find(&self, ledger: &Ledger) -> anyhow::Result<Selection> {
        let run = run_id(self.run.as_ref(), ledger).await?;
        let row = match &self.row {
            Some(name) => Some(name.find(ledger).await?.1),
            None => None,
        };
        Ok(Selection { run, row, class: self.class.clone(), ..Selection::default() })
    }
}

/// Notes with each run that something is done to so many of its rows. Noted before it is done: what is interrupted was
/// started by somebody too.
pub(crate) async fn note_rows(ledger: &Ledger, rows: &[DeadRow], done: &str, why: Option<&str>) -> ledger::Result<()> {
    let mut by_run: BTreeMap<&RunId, u64> = BTreeMap::new();
    for dead in rows {
        *by_run.entry(&dead.id.run).or_default() += 1;
    }
    for (run, rows) in by_run {
        ledger.note_audit_entry(run, &who(), &format!("{done} {}", count(rows, "row", "rows")), why).await?;
    }
    Ok(())
}

/// The rows that something would be done to, in a table by groups; nothing where there are none.
pub(super) fn in_groups(rows: &[DeadRow]) -> String {
    if rows.is_empty() { String::new() } else { format!("\n{}", groups(&Group::of(rows), |_| None)) }
}

/// That nothing is done to rows that a newer version wrote; nothing where there are none.
pub(crate) fn left_alone(rows: &[UnreadableRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let rows = count(rows.len(), "row is", "rows are");
    format!("\n{rows} left alone: this h2h cannot read what a newer version wrote. `h2h dlq list` names them.")
}

pub(super) fn dry_run(rows: &[DeadRow], in_words: &str, json: bool, out: &mut dyn Write) -> io::Result<Exit> {
    #[derive(Serialize)]
    struct Planned<'a> {
        row: String,
        class: &'a str,
    }
    if json {
        for row in rows {
            line(out, &Planned { row: row.id.to_string(), class: &row.class })?;
        }
    } else {
        writeln!(out, "{in_words}")?;
    }
    Ok(Exit::Well)
}

pub(super) fn say_what_was_not_deleted(letters: u64, out: &mut dyn Write) -> io::Result<()> {
    if letters == 0 {
        return Ok(());
    }
    let letters = count(letters, "letter", "letters");
    writeln!(out, "SQS did not delete {letters}: run the command again in a minute.")
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
