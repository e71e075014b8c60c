//! Rows that were written by a newer version than this one.

use operations::dead::Unreadable;

use crate::show::count;

/// That nothing is done to them, for whoever must agree to the rest; nothing where there are none.
pub(super) fn left_alone(rows: &[Unreadable]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let rows = count(rows.len() as u64, "row is", "rows are");
    format!("\n{rows} left alone: this h2h cannot read what a newer version wrote. `h2h dlq list` names them.")
}

#[cfg(test)]
mod tests {
    use ledger::{RowId, RunId};

    use super::*;

    #[test]
    fn what_is_left_alone_is_said() {
        let id = RowId { run: RunId::of("file", "a"), row: 2 };
        let row = Unreadable { id, feed: feeds::all()[0], why: String::new() };
        assert_eq!(left_alone(&[]), "");
        assert!(left_alone(&[row]).starts_with("\n1 row is left alone"));
    }
}
