//! Cells that are merged over several rows: their value counts in each of these rows, in their first column.

use std::collections::BTreeMap;

use crate::row::{Cell, CellKind, SheetRow};

/// A merged region of more than one row. What it covers to the right of its first column stays blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedRegion {
    /// The first row.
    pub first: u32,
    /// The last row.
    pub last: u32,
    /// The first column, counted from 0.
    pub column: u32,
}

/// The merged regions of a sheet, as its rows go by from top to bottom.
pub struct MergedCells {
    regions: Vec<MergedRegion>,
    /// The first region that no row was looked at for.
    next: usize,
    /// The last row and the value of the region that is open in a column.
    open: BTreeMap<u32, (u32, Cell)>,
}

impl MergedCells {
    /// Before the first row.
    pub fn of(mut regions: Vec<MergedRegion>) -> Self {
        regions.sort_unstable_by_key(|region| region.first);
        Self { regions, next: 0, open: BTreeMap::new() }
    }

    /// The row in which the first of the regions begins that this row is a lower part of; else the row itself.
    pub fn first_row_of(&self, row: u32) -> u32 {
        let covering = self.regions.iter().filter(|region| region.first < row && row <= region.last);
        covering.map(|region| region.first).min().unwrap_or(row)
    }

    /// True if the row of this number, which the sheet itself may not have, shows a merged cell.
    pub fn reach(&self, row: u32) -> bool {
        self.open.values().any(|(last, _)| *last >= row)
    }

    /// Puts the values of regions that began further up into the row. How many bytes they take up there comes back: a few
    /// regions can stand for any number of cells.
    pub fn fill(&mut self, row: &mut SheetRow) -> u64 {
        self.open.retain(|_, (last, _)| *last >= row.number);
        let mut bytes = 0;
        for (&column, (_, cell)) in &self.open {
            let cells = 1 + (column as usize).saturating_sub(row.cells.len());
            bytes += cell.text.len() + cells * size_of::<Cell>();
            row.put(column as usize, cell.clone());
        }
        bytes as u64
    }

    /// Takes the values of regions that begin in the row.
    pub fn begin(&mut self, row: &SheetRow) {
        while let Some(region) = self.regions.get(self.next).filter(|region| region.first <= row.number) {
            self.next += 1;
            let first = row.cells.get(region.column as usize).filter(|_| region.first == row.number);
            if let Some(cell) = first.filter(|cell| !cell.text.is_empty() || cell.kind == CellKind::Uncalculated) {
                let lower = Cell { merged_from: Some(row.number), ..cell.clone() };
                self.open.insert(region.column, (region.last, lower));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn region(first: u32, last: u32, column: u32) -> MergedRegion {
        MergedRegion { first, last, column }
    }

    /// The row that these cells become: each cell's text, and where its value is from.
    fn filled(merged: &mut MergedCells, number: u32, cells: &[&str]) -> String {
        let mut row = SheetRow::of_text(number, cells.iter().copied());
        merged.fill(&mut row);
        merged.begin(&row);
        let show = |cell: &Cell| match cell.merged_from {
            Some(row) => format!("{} ({row})", cell.text),
            None => cell.text.to_string(),
        };
        row.cells.iter().map(show).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_value_counts_in_all_rows_of_its_region_and_nowhere_else() {
        let mut merged = MergedCells::of(vec![region(2, 4, 2), region(3, 4, 1), region(6, 7, 2)]);
        for (number, cells, expected) in [
            (1, &["name", "town", "road"][..], "name|town|road"),
            (2, &["Ana", "Hackney", "4 Test Walk"], "Ana|Hackney|4 Test Walk"),
            (3, &["Ben", "London"], "Ben|London|4 Test Walk (2)"),
            (4, &["Cleo"], "Cleo|London (3)|4 Test Walk (2)"),
            (5, &["Dan"], "Dan"),
            // Row 6, where a region begins, is blank at the end of a batch and does not come.
            (7, &["Eva"], "Eva"),
        ] {
            assert_eq!(filled(&mut merged, number, cells), expected);
        }
    }

    #[test]
    fn reading_on_begins_where_the_regions_do() {
        let merged = MergedCells::of(vec![region(2, 10, 0), region(5, 8, 1), region(21, 30, 0)]);
        for (row, first) in [(1, 1), (2, 2), (3, 2), (6, 2), (10, 2), (11, 11), (21, 21), (30, 21)] {
            assert_eq!(merged.first_row_of(row), first, "{row}");
        }
    }
}
