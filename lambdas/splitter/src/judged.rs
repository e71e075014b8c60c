//! A judged row, as the ledger takes it.

use feeds::{Decision, Judged, Problem};
use ledger::{NewRow, NewRowState, fits};

/// How much of each cell is kept of a row that is too large for the ledger: enough to find it in the sheet.
const KEPT: usize = 100;
/// How many of its cells.
const KEPT_CELLS: usize = 100;

/// What is ledgered for a row. One that is too large is rejected, with the beginnings of its cells.
pub(crate) fn new_row(judged: Judged) -> NewRow {
    let state = match judged.decision {
        Decision::Post(_) => NewRowState::Pending,
        Decision::Skipped { reason } => NewRowState::Skipped { reason },
        Decision::Rejected { problems } => {
            let (reason, how_to_fix) = Problem::in_words(&problems);
            NewRowState::Rejected { reason, how_to_fix }
        }
    };
    let row = NewRow { row: judged.row, cells: judged.cells, warnings: judged.warnings, state };
    if fits(&row) { row } else { too_large(row) }
}

fn too_large(row: NewRow) -> NewRow {
    let cells = row.cells.iter().take(KEPT_CELLS).map(|cell| cell.chars().take(KEPT).collect()).collect();
    let state = NewRowState::Rejected {
        reason: "the row is larger than 350 KB, so it was not sent; only the beginnings of its cells are shown here"
            .to_owned(),
        how_to_fix: "shorten the longest cells of this row in your own sheet and drop it again".to_owned(),
    };
    NewRow { row: row.row, cells, warnings: Vec::new(), state }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_above_350_kb_is_rejected_and_says_so() {
        let judged = Judged {
            row: 7,
            cells: vec!["x".repeat(400_000), "é".repeat(300)],
            decision: Decision::Skipped { reason: "by a rule".to_owned() },
            warnings: vec!["y".repeat(400_000)],
        };
        let row = new_row(judged);
        assert!(fits(&row));
        assert_eq!(row.cells.iter().map(|cell| cell.chars().count()).collect::<Vec<_>>(), [100, 100]);
        assert!(matches!(row.state, NewRowState::Rejected { .. }));
    }
}
