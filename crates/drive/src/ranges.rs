//! Which rows to ask a Google Sheet for next, and how the Sheets API wants them named.

use feeds::column_letters;

/// How large an answer should be. Google recommends 2 MB.
const TARGET: usize = 2_000_000;

/// The bytes that a cell takes in an answer, before it is known: 9,000 rows of 12 columns then make 2 MB.
const BYTES_PER_CELL: usize = 18;

/// Blank rows take next to nothing in an answer, and what follows them may not be blank.
const MOST_ROWS: u32 = 50_000;

/// How many rows to ask for, learnt from the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) rows: u32,
}

impl Batch {
    /// The first guess for a tab of so many columns.
    pub(crate) fn for_columns(columns: u32) -> Self {
        let rows = TARGET / (BYTES_PER_CELL * columns.max(1) as usize);
        Self { rows: u32::try_from(rows).unwrap_or(MOST_ROWS).clamp(1, MOST_ROWS) }
    }

    /// Half as many as were asked for, after an answer that was too large or too slow.
    pub(crate) fn halve(&mut self, asked: u32) {
        self.rows = (asked / 2).max(1);
    }

    /// So many rows took so many bytes: the next answer should come near the target, without a leap.
    pub(crate) fn learn(&mut self, rows: u32, bytes: usize) {
        let fitting = (TARGET as u64 * u64::from(rows)) / bytes.max(1) as u64;
        let fitting = u32::try_from(fitting).unwrap_or(MOST_ROWS);
        self.rows = fitting.min(rows.saturating_mul(2)).clamp(1, MOST_ROWS);
    }
}

/// Rows `first` to `last` of a tab, whole, in A1 notation.
pub(crate) fn a1(tab: &str, columns: u32, first: u32, last: u32) -> String {
    format!("'{}'!A{first}:{}{last}", tab.replace('\'', "''"), column_letters(columns.saturating_sub(1) as usize))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_quote_in_a_tab_is_doubled() {
        assert_eq!(a1("Mary's tab", 12, 2, 9000), "'Mary''s tab'!A2:L9000");
    }

    #[test]
    fn the_first_guess_is_about_9000_rows_of_12_columns() {
        assert_eq!(Batch::for_columns(12).rows, 9259);
        assert_eq!(Batch::for_columns(0).rows, MOST_ROWS);
        assert_eq!(Batch::for_columns(u32::MAX).rows, 1);
    }

    #[test]
    fn it_halves_down_to_one_row() {
        let mut batch = Batch { rows: MOST_ROWS };
        let halves = [5, 2, 1].map(|asked| {
            batch.halve(asked);
            batch.rows
        });
        assert_eq!(halves, [2, 1, 1]);
    }

    proptest! {
        #[test]
        fn rows_of_one_size_soon_make_answers_near_the_target(columns in 1..200u32, bytes_per_row in 40..200_000usize) {
            let mut batch = Batch::for_columns(columns);
            for _ in 0..20 {
                let rows = batch.rows;
                batch.learn(rows, rows as usize * bytes_per_row);
                prop_assert!(batch.rows <= rows.saturating_mul(2) && batch.rows >= 1);
            }
            let bytes = batch.rows as usize * bytes_per_row;
            prop_assert!(bytes <= TARGET);
            prop_assert!(bytes > TARGET / 2 || batch.rows == MOST_ROWS);
        }
    }
}
