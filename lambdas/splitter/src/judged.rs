//! A judged row, as the ledger takes it.

use feeds::{Decision, Judged, Problem};
use ledger::{NewRow, NewRowState};

/// What is ledgered for a row.
pub(crate) fn new_row(judged: Judged) -> NewRow {
    let state = match judged.decision {
        Decision::Post(_) => NewRowState::Pending,
        Decision::Skipped { reason } => NewRowState::Skipped { reason },
        Decision::Rejected { problems } => {
            let (reason, how_to_fix) = Problem::in_words(&problems);
            NewRowState::Rejected { reason, how_to_fix }
        }
    };
    NewRow { row: judged.row, cells: judged.cells, warnings: judged.warnings, state }
}
