//! A table whose lines stand in one cell each, all of them or some: a CSV file that was opened with another separator, and
//! saved.

use crate::feed::Feed;
use crate::problem::{FileProblem, Problem};
use crate::row::{Cell, SheetRow};
use crate::text::column_letters;

/// The signs that may stand between the names, and what people call them.
const SEPARATORS: [(char, &str); 8] = [
    (',', "the commas"),
    (';', "the semicolons"),
    ('\t', "the tabs"),
    ('|', "the signs |"),
    (':', "the colons"),
    ('^', "the signs ^"),
    ('~', "the signs ~"),
    ('¦', "the signs ¦"),
];

/// Longer cells are not a line of column names; in bytes.
const LONGEST_LINE: usize = 10_000;

/// That a cell of these rows holds at least half of the feed's column names, if one does.
pub(crate) fn into_one_cell(feed: &Feed, rows: &[SheetRow]) -> Option<FileProblem> {
    rows.iter().find_map(|row| {
        let column = row.cells.iter().position(|cell| holds_the_names(feed, &cell.text))?;
        let separator = separator_of(&row.cells[column].text, &SEPARATORS, 1);
        let (row, column) = (row.number, column_letters(column));
        Some(FileProblem {
            problem: format!(
                "everything stands in one column: cell {column}{row} holds the names of the columns together"
            ),
            how_to_fix: how_to_separate(&column, separator.unwrap_or("what stands between the names")),
        })
    })
}

/// Separators of a row; blanks, dashes and colons stand in texts too.
const OF_ROWS: usize = 4;

/// That everything of the row with this number stands in one cell: only one under the columns' names is filled (a lower part
/// of a merged cell is another row's), and it holds the fields of at least half of the columns, and three.
pub(crate) fn whole_row(row: u32, cells: &[Cell], columns: usize) -> Option<Problem> {
    let is_filled = |cell: &Cell| cell.merged_from.is_none() && !cell.shows_nothing();
    let mut filled = (0..columns).zip(cells).filter(|(_, cell)| is_filled(cell));
    let (Some((column, cell)), None) = (filled.next(), filled.next()) else { return None };
    let least_fields = columns.div_ceil(2).max(3);
    let separator = separator_of(&cell.text, &SEPARATORS[..OF_ROWS], least_fields - 1)?;
    let column = column_letters(column);
    let problem = format!("everything of this row stands in one cell, {column}{row}");
    Some(Problem::of_row(problem, how_to_separate(&column, separator)))
}

fn how_to_separate(column: &str, separator: &str) -> String {
    format!(
        "Export the list again, as Excel Workbook or as CSV, and drop that. Or separate column {column} at {separator}: in Excel \
         choose Data, Text to Columns, Delimited, and the format Text for each column, so that phones keep their zero; in Google \
         Sheets Data, Split text to columns."
    )
}

fn holds_the_names(feed: &Feed, line: &str) -> bool {
    if line.len() > LONGEST_LINE {
        return false;
    }
    let line = line.to_lowercase();
    feed.columns.iter().filter(|column| line.contains(&column.name.to_lowercase())).count() * 2 >= feed.columns.len()
}

/// The sign that stands most often in a line, where it does so often.
fn separator_of(line: &str, separators: &[(char, &'static str)], least: usize) -> Option<&'static str> {
    let counted = separators.iter().map(|(separator, name)| (line.matches(*separator).count(), *name));
    counted.filter(|(count, _)| *count >= least).max_by_key(|(count, _)| *count).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_of(cells: &[&str]) -> Option<FileProblem> {
        let feed = Feed::named("generic").expect("the feed");
        into_one_cell(feed, &[SheetRow::of_text(1, ["A title"]), SheetRow::of_text(2, cells.iter().copied())])
    }

    #[test]
    fn a_line_in_one_cell_is_named_with_its_separator() {
        let feed = Feed::named("generic").expect("the feed");
        let names: Vec<&str> = feed.columns().iter().map(|column| column.name).collect();
        for (separator, called) in
            [(",", "the commas"), ("; ", "the semicolons"), (" : ", "the colons"), ("\t", "the tabs"), (" ", "what")]
        {
            let problem = problem_of(&["", &names.join(separator).to_uppercase(), ""]).expect("a problem");
            assert!(problem.problem.contains("cell B2"), "{}", problem.problem);
            assert!(problem.how_to_fix.contains(&format!("column B at {called}")), "{}", problem.how_to_fix);
        }
    }

    #[test]
    fn another_cell_is_none() {
        assert!(problem_of(&["Please fill in the First name, the Surname and the d.o.b", "x", ""]).is_none());
        assert!(problem_of(&[]).is_none());
        assert!(problem_of(&[&"First name,Surname,".repeat(1_000)]).is_none());
    }
}
