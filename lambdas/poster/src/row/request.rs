//! The request of a row, decided again from the ledger's cells.

use feeds::{Decision, Post, Settlement};
use ledger::{RowRecord, Run};

use crate::row::settlements;

/// Everything that is to be sent for a row; or how it settles without.
pub(super) fn request_of(run: &Run, row: &RowRecord) -> Result<Box<Post>, Box<Settlement>> {
    let judged = run.header.as_ref().map(|header| run.feed.judge(header, row.row, &row.cells, &run.rules));
    let Some(Ok(judged)) = judged else { return Err(Box::new(settlements::no_header())) };
    match judged.decision {
        Decision::Post(post) => Ok(post),
        decision => Err(Box::new(decision.settlement().unwrap_or_else(settlements::no_header))),
    }
}
