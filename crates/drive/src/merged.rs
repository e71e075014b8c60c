//! Cells that a Google Sheet merges over several rows: their value counts in each of these rows.

use feeds::{Cell, SheetRow};
use serde::Deserialize;

/// A merged region, of which only the first column counts: there is nothing to the right of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Region {
    first: u32,
    last: u32,
    column: usize,
}

/// A `GridRange` as Google writes it: from 0, the end excluded.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct GridRange {
    start_row_index: u32,
    end_row_index: u32,
    start_column_index: u32,
}

/// The regions of a tab, and the values of those that the reader is in. Rows are shown to it from top to bottom.
pub(crate) struct Merged {
    regions: Vec<Region>,
    /// The first region that no row was looked at for.
    next: usize,
    begun: Vec<(Region, String)>,
}

impl Merged {
    pub(crate) fn of(ranges: impl IntoIterator<Item = GridRange>) -> Self {
        let regions = ranges.into_iter().map(|range| Region {
            first: range.start_row_index.saturating_add(1),
            last: range.end_row_index,
            column: range.start_column_index as usize,
        });
        let mut regions: Vec<Region> = regions.filter(|region| region.first < region.last).collect();
        regions.sort_unstable();
        Self { regions, next: 0, begun: Vec::new() }
    }

    /// The row in which the first of the regions begins that this row is a lower part of; else the row itself.
    pub(crate) fn first_row_of(&self, row: u32) -> u32 {
        let covering = self.regions.iter().filter(|region| region.first < row && row <= region.last);
        covering.map(|region| region.first).min().unwrap_or(row)
    }

    /// Puts the values of the regions into the row. One that has nothing of its own stays blank.
    pub(crate) fn fill(&mut self, row: &mut SheetRow) {
        self.begun.retain(|(region, _)| row.number <= region.last);
        let begun = if row.is_blank() { &[] } else { &self.begun[..] };
        for (region, value) in begun {
            if row.cells.get(region.column).is_none_or(|cell| cell.text.is_empty()) {
                row.put(region.column, Cell { merged_from: Some(region.first), ..Cell::text(value) });
            }
        }
        while let Some(region) = self.regions.get(self.next).filter(|region| region.first <= row.number) {
            let value = row.cells.get(region.column).filter(|cell| region.first == row.number && !cell.text.is_empty());
            self.begun.extend(value.map(|cell| (*region, cell.text.clone())));
            self.next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(rows: std::ops::Range<u32>, column: u32) -> GridRange {
        GridRange { start_row_index: rows.start, end_row_index: rows.end, start_column_index: column }
    }

    /// The rows that these cells become: each cell's text, and where its value is from.
    fn filled(merged: &mut Merged, rows: &[(u32, &[&str])]) -> Vec<String> {
        let show = |cell: &Cell| match cell.merged_from {
            Some(row) => format!("{} ({row})", cell.text),
            None => cell.text.clone(),
        };
        let fill = |(number, cells): &(u32, &[&str])| {
            let mut row = SheetRow::of_text(*number, cells.iter().copied());
            merged.fill(&mut row);
            row.cells.iter().map(show).collect::<Vec<_>>().join("|")
        };
        rows.iter().map(fill).collect()
    }

    #[test]
    fn a_value_counts_in_all_rows_of_its_region_and_nowhere_else() {
        let mut merged = Merged::of([range(1..4, 2), range(0..1, 0), range(2..4, 1), range(5..7, 2)]);
        let rows: &[(u32, &[&str])] = &[
            (1, &["name", "town", "road"]),
            (2, &["Ana", "Hackney", "4 Test Walk"]),
            (3, &["Ben", "London"]),
            (4, &["Cleo"]),
            (5, &["Dan"]),
            // Row 6, where a region begins, is blank at the end of a batch and does not come.
            (7, &["Eva"]),
        ];
        assert_eq!(
            filled(&mut merged, rows),
            [
                "name|town|road",
                "Ana|Hackney|4 Test Walk",
                "Ben|London|4 Test Walk (2)",
                "Cleo|London (3)|4 Test Walk (2)",
                "Dan",
                "Eva",
            ]
        );
    }

    #[test]
    fn a_row_with_nothing_of_its_own_stays_blank() {
        let mut merged = Merged::of([range(0..3, 0)]);
        assert_eq!(filled(&mut merged, &[(1, &["x"]), (2, &[" "]), (3, &["", "y"])]), ["x", " ", "x (1)|y"]);
    }

    #[test]
    fn reading_on_begins_where_the_regions_do() {
        let merged = Merged::of([range(1..10, 0), range(4..8, 1), range(20..30, 0)]);
        for (row, first) in [(1, 1), (2, 2), (3, 2), (6, 2), (10, 2), (11, 11), (21, 21), (30, 21)] {
            assert_eq!(merged.first_row_of(row), first, "{row}");
        }
    }
}
