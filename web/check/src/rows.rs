//! The rows of a sheet as it shows them, packed: six million cells have room in a browser.

use feeds::{Cell, CellKind, SheetRow};

/// All rows of a sheet, the header and what stands above it too.
#[derive(Default)]
pub(crate) struct PackedRows {
    rows: Vec<Packed>,
}

/// A row in one piece of text.
struct Packed {
    number: u32,
    hidden: bool,
    text: Box<str>,
    /// Where each cell ends in the text.
    ends: Box<[u32]>,
    /// The cells that are more than their text.
    special: Box<[(usize, CellKind, Option<u32>)]>,
}

impl PackedRows {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn push(&mut self, row: &SheetRow) {
        self.rows.push(Packed::of(row));
    }

    /// The place of the row that has this number.
    pub(crate) fn place(&self, number: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&number, |row| row.number).ok()
    }

    /// The row at this place.
    pub(crate) fn get(&self, at: usize) -> Option<SheetRow> {
        self.rows.get(at).map(Packed::unpacked)
    }

    /// Writes a text over the cell: what it was before, and what the sheet knew of it, is gone.
    pub(crate) fn write(&mut self, at: usize, column: usize, text: &str) {
        if let Some(row) = self.rows.get_mut(at) {
            let mut unpacked = row.unpacked();
            unpacked.put(column, Cell::text(text));
            *row = Packed::of(&unpacked);
        }
    }
}

impl Packed {
    fn of(row: &SheetRow) -> Self {
        let mut text = String::with_capacity(row.cells.iter().map(|cell| cell.text.len()).sum());
        let mut ends = Vec::with_capacity(row.cells.len());
        let mut special = Vec::new();
        for (column, cell) in row.cells.iter().enumerate() {
            text.push_str(&cell.text);
            ends.push(text.len() as u32);
            if cell.kind != CellKind::Text || cell.merged_from.is_some() {
                special.push((column, cell.kind, cell.merged_from));
            }
        }
        Self {
            number: row.number,
            hidden: row.hidden,
            text: text.into_boxed_str(),
            ends: ends.into_boxed_slice(),
            special: special.into_boxed_slice(),
        }
    }

    fn unpacked(&self) -> SheetRow {
        let mut start = 0;
        let mut cells = Vec::with_capacity(self.ends.len());
        for &end in &self.ends {
            cells.push(Cell::text(self.text.get(start..end as usize).unwrap_or_default()));
            start = end as usize;
        }
        for &(column, kind, merged_from) in &self.special {
            if let Some(cell) = cells.get_mut(column) {
                (cell.kind, cell.merged_from) = (kind, merged_from);
            }
        }
        SheetRow { number: self.number, cells, hidden: self.hidden }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_out_as_it_went_in() {
        let merged = Cell { merged_from: Some(2), ..Cell::text("Wals\u{f6}") };
        let cells = vec![Cell::text(""), Cell::number("07700 900123"), merged, Cell::of(CellKind::Uncalculated, "")];
        let row = SheetRow { number: 7, cells, hidden: true };
        let mut rows = PackedRows::default();
        rows.push(&SheetRow::of_text(3, ["a"]));
        rows.push(&row);
        assert_eq!((rows.place(3), rows.place(7), rows.place(4)), (Some(0), Some(1), None));
        assert!(rows.get(1) == Some(row.clone()));

        rows.write(1, 1, "020 7946 0000");
        rows.write(1, 5, "new");
        let written = rows.get(1).expect("the row");
        assert!(written.cells[1] == Cell::text("020 7946 0000") && written.cells[2] == row.cells[2]);
        assert_eq!((written.cells.len(), written.cells[5].text.as_str(), written.hidden), (6, "new", true));
    }
}
