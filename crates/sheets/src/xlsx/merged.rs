//! Which cells of a sheet are merged.

use std::io::BufRead;

use feeds::MergedRegion;
use memchr::memmem;

use super::bounded::{Bounded, unreadable};
use super::reference;
use super::xml::Xml;
use crate::error::ReadError;

/// The element that lists the regions, behind all rows.
const LIST: &[u8] = b"mergeCells";

/// Regions of more than one row that are remembered, at 12 bytes each.
const MOST: usize = 4 << 20;

/// Looks through a sheet for the list of its regions, and finds those of more than one row. Only the list is parsed:
/// where the name of the element stands for something else, in a cell or a comment, no region follows it.
pub(super) fn find(mut input: Bounded<'_>) -> Result<(Vec<MergedRegion>, Bounded<'_>), ReadError> {
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
    const PART: usize = LIST.len() - 1;
    let list = memmem::Finder::new(LIST);
    // The end of what was seen, for the name may lie across two windows.
    let mut seen: Vec<u8> = Vec::new();
    loop {
        input.new_piece();
        let window = input.fill_buf().map_err(|error| unreadable(&error))?;
        let (before, length) = (seen.len(), window.len());
        if length == 0 {
            return Ok(false);
        }
        seen.extend_from_slice(&window[..length.min(PART)]);
        let end = list.find(&seen).map(|at| at + LIST.len() - before);
        if let Some(end) = end.or_else(|| list.find(window).map(|at| at + LIST.len())) {
            input.consume(end);
            input.skip_until(b'>').map_err(|error| unreadable(&error))?;
            return Ok(true);
        }
        if length > PART {
            seen.clear();
            seen.extend_from_slice(&window[length - PART..]);
        } else {
            seen.drain(..seen.len().saturating_sub(PART));
        }
        input.consume(length);
    }
}

fn region(text: &str) -> Option<MergedRegion> {
    let (from, to) = text.split_once(':')?;
    let ((column, first), (other, last)) = (reference::parse(from)?, reference::parse(to)?);
    let (column, first, last) = (column.min(other), first.min(last), first.max(last));
    (first < last).then_some(MergedRegion { first, last, column })
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

    fn regions(sheet: &str) -> Vec<MergedRegion> {
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
        let region = |first, last, column| MergedRegion { first, last, column };
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
