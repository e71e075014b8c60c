//! A tab of a spreadsheet as a picture of letters.

use comfy_table::{Table, presets};

/// How many letters of a cell are shown.
const CELL: usize = 34;
/// A tab is cut in the middle where it has more columns.
const COLUMNS: usize = 8;

pub(crate) fn of(tab: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    for line in tab {
        let cells: Vec<String> = line.iter().map(|cell| short(cell)).collect();
        if cells.len() <= COLUMNS {
            table.add_row(cells);
            continue;
        }
        // What became of a row stands at its end.
        let (first, last) = (&cells[..3], &cells[cells.len() - 5..]);
        table.add_row([first, &["…".to_owned()], last].concat());
    }
    table.trim_fmt()
}

fn short(cell: &str) -> String {
    let cell = cell.replace('\n', " ");
    match cell.char_indices().nth(CELL) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell,
    }
}
