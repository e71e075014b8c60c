//! Cells are read in two ways, from the bytes where they look as nearly all do, and by the parser: both see the same.

use proptest::prelude::*;

use crate::mutated::mutate;
use crate::package::{Package, sheet};
use crate::support::xlsx;

const ROWS: &str = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>44197.5</v></c><c r=\"C1\"/>\
    <c r=\"D1\" t=\"inlineStr\"><is><t>Zoë _x0041_ &gt;</t></is></c></row><row r=\"2\"><c r=\"B2\" t=\"str\"><v>b</v></c>\
    <c t=\"e\"><v>#N/A</v></c><c r=\"E2\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> e </t></is></c>\
    <c r=\"F2\"><f>1</f><v>1</v></c></row><row r=\"4\"><c><v>1</v></c><c s=\"2\" t=\"b\"><v>1</v></c></row>";

/// What is read, row by row, to the end or the first error.
fn read(rows: &[u8]) -> Vec<String> {
    let around = sheet("|");
    let (before, behind) = around.split_once('|').expect("the place of the rows");
    let package = Package::of("").with_texts("<sst><si><t>one</t></si></sst>");
    let bytes =
        package.with_bytes("xl/worksheets/sheet1.xml", &[before.as_bytes(), rows, behind.as_bytes()].concat()).bytes();
    match xlsx(&bytes) {
        Err(error) => vec![format!("{error:?}")],
        Ok(rows) => rows.map(|row| format!("{:?}", row.map(cells))).collect(),
    }
}

fn cells(row: feeds::SheetRow) -> (u32, Vec<(String, feeds::CellKind)>) {
    (row.number, row.cells.into_iter().map(|cell| (cell.text.into(), cell.kind)).collect())
}

/// The same rows, written so that each cell is the parser's: two blanks behind its name.
fn for_the_parser(rows: &[u8]) -> Vec<u8> {
    let mut other = Vec::new();
    for (at, byte) in rows.iter().enumerate() {
        other.push(*byte);
        if rows[..=at].ends_with(b"<c") && matches!(rows.get(at + 1), Some(b' ' | b'>')) {
            other.push(b' ');
        }
    }
    other
}

#[test]
fn the_sheet_itself_is_sound() {
    let seen = read(ROWS.as_bytes());
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert_eq!(read(&for_the_parser(ROWS.as_bytes())), seen);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn both_ways_see_the_same(changes in prop::collection::vec(any::<(prop::sample::Index, u8, u8)>(), 0..4)) {
        let mut rows = ROWS.as_bytes().to_vec();
        mutate(&mut rows, &changes);
        prop_assert_eq!(read(&for_the_parser(&rows)), read(&rows), "{}", String::from_utf8_lossy(&rows));
    }
}
