//! Without a disk: what is read lies in memory, and what is written does.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use proptest::prelude::*;
use sheets::{Format, Limits, TextSheet, Workbook};

use crate::support::{csv, row, texts, xlsx};

fn of_memory(bytes: &[u8], format: Format) -> Vec<(u32, Vec<String>)> {
    texts(sheets::open(Cursor::new(bytes.to_vec()), format, &Limits::default()))
}

fn written(rows: &[Vec<String>]) -> Vec<u8> {
    let (header, rows) = rows.split_first().expect("a header");
    let mut sheet = TextSheet::new("a & b", header).expect("a tab");
    rows.iter().for_each(|row| sheet.push(row).expect("a row"));
    sheet.finish().expect("a file")
}

#[test]
fn bytes_in_memory_are_read_as_a_file_is() {
    let list = "\u{FEFF}name;note\r\nSi\u{e2}n;\"one\r\ntwo\"\r\n\r\nAda;x\r\n".as_bytes();
    assert_eq!(of_memory(list, Format::Csv), texts(csv(list)));
    assert_eq!(of_memory(list, Format::Csv)[1], row(2, &["Si\u{e2}n", "one\r\ntwo"]));
    let book = written(&[vec!["name".to_owned()], vec!["Ada".to_owned()]]);
    assert_eq!(of_memory(&book, Format::Xlsx), texts(xlsx(&book)));
}

#[test]
fn its_header_stays_in_sight_and_its_columns_are_text() {
    let bytes =
        written(&[vec!["phone".to_owned(), "note".to_owned()], vec!["07700900123".to_owned(), "=1+1".to_owned()]]);
    let mut read: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).expect("a workbook");
    assert_eq!(read.sheet_names(), ["a & b"]);
    let range = read.worksheet_range("a & b").expect("its cells");
    assert_eq!(range.get_value((1, 0)).map(ToString::to_string).as_deref(), Some("07700900123"));
    let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip archive");
    let sheet = std::io::read_to_string(zip.by_name("xl/worksheets/sheet1.xml").expect("the part")).expect("text");
    assert!(sheet.contains("ySplit=\"1\"") && sheet.contains("<col min=\"1\" max=\"2\" width=\"18\" style=\"1\""));
}

proptest! {
    /// What is written without a disk is what [`Workbook`] writes with one.
    #[test]
    fn the_twin_writes_what_the_workbook_writes(
        rows in proptest::collection::vec(proptest::collection::vec("(\\PC|[\r\n\t_x<&\"]|_x0041_|\u{1}){0,12}", 1..5), 1..5),
    ) {
        let mut book = Workbook::default();
        let tab = book.add_tab("tab", &rows[0], 1).expect("a tab");
        rows[1..].iter().for_each(|row| book.push(tab, row).expect("a row"));
        let mut bytes = Vec::new();
        book.save(&mut bytes).expect("written to memory");
        prop_assert_eq!(texts(xlsx(&written(&rows))), texts(xlsx(&bytes)));
    }
}
