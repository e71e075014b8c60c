//! One row in, one decision out.

use crate::decision::{Decision, FileRejected, Judged, Problem};
use crate::feed::Feed;
use crate::header::{Header, Places};
use crate::identifiable;
use crate::row::Cell;
use crate::row_reader::{RowReader, Skip};
use crate::rules::Rules;

impl Feed {
    /// Decides one row again from the ledger's cells, as [`crate::Intake`] did from the sheet's: cleaned cells stay as
    /// they are when they are cleaned again. Only the warnings about number cells and dropped cells do not come again.
    ///
    /// # Errors
    /// The header lacks columns that the feed uses: it is not one that an intake found.
    pub fn judge(
        &'static self,
        header: &Header,
        row: u32,
        cells: &[String],
        rules: &Rules,
    ) -> Result<Judged, FileRejected> {
        let places = Places::of(self, header)?;
        Ok(judge(self, rules, &places, row, cells.iter().map(Cell::text).collect()))
    }
}

/// The feed's rules first; only a row that they let through can be rejected.
pub(crate) fn judge(feed: &'static Feed, rules: &Rules, places: &Places, row: u32, cells: Vec<Cell>) -> Judged {
    let (cells, dropped) = places.clean(cells);
    let mut reader = RowReader::new(feed, rules, places, &cells);
    if dropped > 0 {
        reader.warn(format!("cells to the right of the last named column: {dropped}; they were left out"));
    }
    let decision = decide(&mut reader);
    let warnings = reader.warnings;
    Judged { row, cells: cells.into_iter().map(|cell| cell.text).collect(), decision, warnings }
}

fn decide(row: &mut RowReader<'_>) -> Decision {
    let post = match (row.feed.decide)(row) {
        Ok(post) => post,
        Err(Skip(reason)) => return Decision::Skipped { reason },
    };
    for cell in row.used_cells().filter(|cell| cell.text.contains('\0')) {
        row.reject(
            cell,
            "the cell holds a NUL character, which cannot be stored",
            "Delete the cell and type it again.",
        );
    }
    if let Some(missing) = identifiable::missing(row.feed, &post.request) {
        row.problems.push(Problem {
            column: None,
            text: String::new(),
            problem: format!("this is not enough to tell who the person is; missing or left out: {missing}"),
            how_to_fix: identifiable::how_to_fix(row.feed),
        });
    }
    if row.problems.is_empty() {
        Decision::Post(Box::new(post))
    } else {
        Decision::Rejected { problems: std::mem::take(&mut row.problems) }
    }
}
