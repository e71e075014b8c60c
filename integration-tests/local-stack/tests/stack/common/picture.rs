//! A tab of a spreadsheet as a picture of letters.

use comfy_table::{ColumnConstraint, Table, Width, presets};

/// How many letters wide a column is at most; what is longer goes on below.
const COLUMN: u16 = 40;
/// A tab is cut in the middle where it has more columns: what became of a row stands at its end.
const COLUMNS: usize = 8;
const FIRST: usize = 3;
const LAST: usize = 5;

pub(crate) fn of(tab: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL);
    for line in tab {
        let cut = (line.len() > COLUMNS).then(|| {
            let (first, last) = (&line[..FIRST], &line[line.len() - LAST..]);
            [first, &["…".to_owned()], last].concat()
        });
        table.add_row(cut.as_ref().unwrap_or(line));
    }
    for column in table.column_iter_mut() {
        column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(COLUMN)));
    }
    table.trim_fmt()
}
