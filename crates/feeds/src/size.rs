//! How large a row may be: at most 350 KB, for the ledger's item may have 400 KB and warnings are added later.

use crate::decision::{Decision, Judged};
use crate::header::Header;
use crate::problem::Problem;
use crate::settlement::Settlement;
use crate::text::column_letters;

/// The largest row that is ingested, in bytes.
const LARGEST: usize = 350 * 1024;
/// The bytes that a row takes in the ledger beside its texts.
const OVERHEAD: usize = 2 * 1024;
/// How much of each cell is kept of a row that is larger: enough to find it in the sheet.
const KEPT: usize = 100;
/// How many of its cells.
const KEPT_CELLS: usize = 100;

/// True if a row with these cells and warnings, that ends so if it is not posted, fits into the ledger.
pub fn fits(cells: &[impl AsRef<str>], warnings: &[String], settlement: Option<&Settlement>) -> bool {
    let reasons = settlement.map_or(0, |settlement| settlement.reason.len() + settlement.how_to_fix.len());
    in_the_ledger(cells) + in_the_ledger(warnings) + reasons + OVERHEAD <= LARGEST
}

/// DynamoDB counts the bytes of each text and one for the element, and three for a list.
fn in_the_ledger(texts: &[impl AsRef<str>]) -> usize {
    3 + texts.iter().map(|text| text.as_ref().len() + 1).sum::<usize>()
}

impl Judged {
    /// The row as it is, or, where it is too large, rejected, with the beginnings of its cells.
    pub(crate) fn within_size(self, header: &Header) -> Self {
        if fits(&self.cells, &self.warnings, self.decision.settlement().as_ref()) {
            return self;
        }
        let longest = (0..).zip(&self.cells).max_by_key(|(_, cell)| cell.len()).map_or(0, |(index, _)| index);
        let name = header.columns.get(longest).filter(|name| !name.is_empty());
        let problem = Problem::of_column(
            name.cloned().unwrap_or_else(|| format!("column {}", column_letters(longest))),
            "the row is larger than 350 KB, and this is its longest cell, so the row was not sent; only the beginnings of \
             its cells are shown here",
            "shorten the longest cells of this row in your own sheet and drop it again",
        );
        let cells = self.cells.iter().take(KEPT_CELLS).map(|cell| cell.chars().take(KEPT).collect()).collect();
        Judged { cells, decision: Decision::Rejected { problems: vec![problem] }, warnings: Vec::new(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(cells: Vec<String>, decision: Decision, warnings: Vec<String>) -> Judged {
        Judged { row: 7, cells: cells.into_iter().map(Into::into).collect(), decision, warnings }
    }

    fn header() -> Header {
        Header { row: 1, columns: vec!["category".to_owned(), String::new()] }
    }

    #[test]
    fn a_row_above_350_kb_is_rejected_and_names_its_longest_cell() {
        let skipped = Decision::Skipped { reason: "by a rule".to_owned() };
        let large = judged(vec!["x".repeat(400_000), "é".repeat(300)], skipped, vec!["y".repeat(400_000)]);
        let row = large.within_size(&header());
        assert!(fits(&row.cells, &row.warnings, row.decision.settlement().as_ref()));
        assert_eq!(row.cells.iter().map(|cell| cell.chars().count()).collect::<Vec<_>>(), [100, 100]);
        let Decision::Rejected { problems } = row.decision else { panic!("not rejected") };
        insta::assert_snapshot!(Problem::in_words(&problems).0, @"category: the row is larger than 350 KB, and this is its longest cell, so the row was not sent; only the beginnings of its cells are shown here");
    }

    #[test]
    fn whatever_makes_it_large_counts() {
        let half = || "x".repeat(200_000);
        let by_reason = Decision::Skipped { reason: half() };
        for (cells, decision, warnings) in [
            (vec![half(), half()], Decision::Skipped { reason: String::new() }, vec![]),
            (vec![half()], by_reason, vec![]),
            (vec![half()], Decision::Skipped { reason: String::new() }, vec![half()]),
            (vec![String::new(); 360_000], Decision::Skipped { reason: String::new() }, vec![]),
        ] {
            let row = judged(cells, decision, warnings).within_size(&header());
            assert!(matches!(row.decision, Decision::Rejected { .. }));
        }
        let row = judged(vec![half()], Decision::Skipped { reason: String::new() }, vec![]).within_size(&header());
        assert!(matches!(row.decision, Decision::Skipped { .. }));
    }
}
