//! Cells that are merged: the lower rows of a region show its value too.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::iter::Peekable;
use std::vec::IntoIter;

use feeds::{Cell, CellKind, SheetRow};
use memchr::memmem;

use super::bounded::{Bounded, unreadable};
use super::reference;
use super::xml::Xml;
use crate::error::ReadError;

/// The element that lists the regions, behind all rows.
const LIST: &[u8] = b"mergeCells";

/// Regions of more than one row that are remembered, at 12 bytes each.
const MOST: usize = 4 << 20;

/// A region of more than one row. What it covers to the right of its first column stays blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) column: u32,
}

/// Looks through a sheet for the list of its regions, and finds those of more than one row. Only the list is parsed:
/// where the name of the element stands for something else, in a cell or a comment, no region follows it.
pub(super) fn find(mut input: Bounded<'_>) -> Result<(Vec<Region>, Bounded<'_>), ReadError> {
    let mut regions = Vec::new();
    while find_list(&mut input)? {
        let mut xml = Xml::new(input);
        while let Some(tag) = xml.child()? {
            match tag.name {
                // The name stood in a comment, and here the list begins.
                "mergeCells" => continue,
                "mergeCell" => regions.extend(tag.attribute("ref").and_then(|text| region(&text))),
                _ => break,
            }
            if regions.len() > MOST {
                return Err(ReadError::TooLarge { what: "the list of its merged cells", limit: 12 * MOST as u64 });
            }
            xml.skip()?;
        }
        input = xml.into_inner();
    }
    Ok((regions, input))
}

/// Reads to behind the next tag of the list.
fn find_list(input: &mut Bounded<'_>) -> Result<bool, ReadError> {
    // The name may lie across two windows.
    let mut across: Vec<u8> = Vec::new();
    loop {
        input.new_piece();
        let window = input.fill_buf().map_err(|error| unreadable(&error))?;
        if window.is_empty() {
            return Ok(false);
        }
        let kept = across.len();
        across.extend_from_slice(&window[..window.len().min(LIST.len() - 1)]);
        let split = memmem::find(&across, LIST).map(|at| at + LIST.len() - kept);
        if let Some(end) = split.or_else(|| memmem::find(window, LIST).map(|at| at + LIST.len())) {
            input.consume(end);
            input.skip_until(b'>').map_err(|error| unreadable(&error))?;
            return Ok(true);
        }
        if window.len() >= LIST.len() {
            across.clear();
            across.extend_from_slice(&window[window.len() - (LIST.len() - 1)..]);
        }
        across.drain(..across.len().saturating_sub(LIST.len() - 1));
        let length = window.len();
        input.consume(length);
    }
}

fn region(text: &str) -> Option<Region> {
    let (from, to) = text.split_once(':')?;
    let ((column, first), (other, last)) = (reference::parse(from)?, reference::parse(to)?);
    let (column, first, last) = (column.min(other), first.min(last), first.max(last));
    (first < last).then_some(Region { first, last, column })
}

/// The regions of a sheet, as its rows go by.
pub(super) struct Merges {
    coming: Peekable<IntoIter<Region>>,
    /// The last row and the value of the region that is open in a column.
    open: BTreeMap<u32, (u32, Cell)>,
    /// Bytes that the copies may still take up: a few regions can stand for any number of cells.
    left: u64,
    limit: u64,
}

impl Merges {
    pub(super) fn new(mut regions: Vec<Region>, limit: u64) -> Self {
        regions.sort_unstable_by_key(|region| region.first);
        Self { coming: regions.into_iter().peekable(), open: BTreeMap::new(), left: limit, limit }
    }

    /// True if the row of this number, which the sheet itself does not have, shows a merged cell.
    pub(super) fn reach(&self, number: u32) -> bool {
        self.open.values().any(|(last, _)| *last >= number)
    }

    /// Puts the values of regions that began further up into the row, and takes those of regions that begin in it.
    pub(super) fn apply(&mut self, row: &mut SheetRow) -> Result<(), ReadError> {
        self.open.retain(|_, (last, _)| *last >= row.number);
        for (&column, (_, cell)) in &self.open {
            let column = column as usize;
            let cells = 1 + column.saturating_sub(row.cells.len());
            let cost = (cell.text.len() + cells * size_of::<Cell>()) as u64;
            let too_large = ReadError::TooLarge { what: "what its merged cells show", limit: self.limit };
            self.left = self.left.checked_sub(cost).ok_or(too_large)?;
            row.put(column, cell.clone());
        }
        while let Some(region) = self.coming.next_if(|region| region.first <= row.number) {
            let first = row.cells.get(region.column as usize).filter(|_| region.first == row.number);
            if let Some(cell) = first.filter(|cell| !cell.text.is_empty() || cell.kind == CellKind::Uncalculated) {
                let lower = Cell { merged_from: Some(row.number), ..cell.clone() };
                self.open.insert(region.column, (region.last, lower));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::super::bounded::Bound;
    use super::*;

    /// Gives a few bytes at a time.
    struct Slowly<'b>(&'b [u8], usize);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }

    fn regions(sheet: &str) -> Vec<Region> {
        let found = |step| {
            let input = Bounded::new(Slowly(sheet.as_bytes(), step), Bound::new("it", 1 << 20));
            let (regions, rest) = find(input).expect("a list");
            assert_eq!(rest.finish().expect("an end"), sheet.len() as u64);
            regions
        };
        let whole = found(usize::MAX);
        assert!((1..25).all(|step| found(step) == whole), "{sheet}");
        whole
    }

    #[test]
    fn the_list_is_found_wherever_it_lies() {
        let region = |first, last, column| Region { first, last, column };
        let list = "<mergeCells count=\"3\"><mergeCell ref=\"A1:C1\"/><mergeCell ref=\"E2:F3\"/><!-- x --><mergeCell ref=\"B9:B4\"></mergeCell></mergeCells>";
        let expected = [region(2, 3, 4), region(4, 9, 1)];
        assert_eq!(regions(list), expected);
        assert_eq!(regions(&format!("<worksheet><c><v>mergeCells</v></c>{list}<pageMargins/></worksheet>")), expected);
        assert_eq!(regions(&format!("<worksheet><!-- mergeCells > -->{list}")), expected);
        assert_eq!(regions(&list.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:!", "<!")), expected);
        for none in
            ["", "<mergeCells/>", "<mergeCells></mergeCells><mergeCell ref=\"A1:A2\"/>", "mergeCell", "<v>mergeCells"]
        {
            assert_eq!(regions(none), [], "{none}");
        }
        assert_eq!(
            regions("<mergeCells><mergeCell ref=\"A1\"/><mergeCell/><mergeCell ref=\"A1:A1048577\"/></mergeCells>"),
            []
        );
    }
}
