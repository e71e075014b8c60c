//! Workbooks that are written, read back.

use std::env;
use std::io::Cursor;
use std::process::Command;

use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;
use rust_xlsxwriter::XlsxError;
use sheets::{Workbook, WriteError};

use crate::support::{row, texts, xlsx};

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn saved(book: Workbook) -> Vec<u8> {
    let mut bytes = Vec::new();
    book.save(&mut bytes).expect("written to memory");
    bytes
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip archive");
    std::io::read_to_string(zip.by_name(name).expect("the part")).expect("text")
}

#[test]
fn rows_may_come_for_any_tab_in_any_order() {
    let mut book = Workbook::default();
    let cases = book.add_tab("hackney_cases", &columns(&["name", "source_row"]), 0).expect("a tab");
    let summary = book.add_summary("summary").expect("a tab");
    let to_fix = book.add_tab("to_fix", &columns(&["name", "problem"]), 0).expect("a tab");
    for number in 1..=300 {
        book.push(cases, ["Ada".to_owned(), number.to_string()]).expect("a row");
        if number % 3 == 0 {
            book.push(to_fix, ["Ada", "date"]).expect("a row");
        }
        if number == 150 {
            book.push(summary, ["rows", "300"]).expect("a row");
        }
    }
    let bytes = saved(book);

    let mut read: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).expect("a workbook");
    assert_eq!(read.sheet_names(), ["hackney_cases", "summary", "to_fix"]);
    let heights: Vec<usize> = read.worksheets().iter().map(|(_, range)| range.height()).collect();
    assert_eq!(heights, [301, 1, 101]);
    assert_eq!(texts(xlsx(&bytes))[..2], [row(1, &["name", "problem"]), row(2, &["Ada", "date"])]);

    assert!(part(&bytes, "xl/workbook.xml").contains("activeTab=\"1\""));
    assert!(part(&bytes, "xl/worksheets/sheet1.xml").contains("ySplit=\"1\""), "the header stays in sight");
    assert!(!part(&bytes, "xl/worksheets/sheet2.xml").contains("ySplit"));
}

/// A phone that somebody types into a cell of the number format would lose its zero.
#[test]
fn a_tab_is_formatted_as_text_down_to_the_last_row() {
    let mut book = Workbook::default();
    let tab = book.add_tab("to_fix", &columns(&["phone", "", "note"]), 0).expect("a tab");
    book.push(tab, ["07700900123", "", "x"]).expect("a row");
    let bytes = saved(book);

    // The number format of each style; 49 is text (ECMA-376, 18.8.30).
    let styles = part(&bytes, "xl/styles.xml");
    let (_, styles) = styles.split_once("<cellXfs").expect("styles of cells");
    let formats: Vec<&str> =
        styles.split("<xf numFmtId=\"").skip(1).filter_map(|style| style.split('"').next()).collect();
    let is_text = |style: &str| formats[style.parse::<usize>().expect("a number")] == "49";
    let styles_in = |markup: &str, name: &str| -> Vec<String> {
        let tags = markup.split('<').filter_map(|tag| tag.split('>').next());
        let values =
            tags.filter_map(|tag| Some(tag.split_once(&format!(" {name}=\""))?.1.split('"').next()?.to_owned()));
        values.collect()
    };
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    let (before, cells) = sheet.split_once("<sheetData>").expect("cells");
    let whole_columns = styles_in(before, "style");
    assert!(before.contains("<col min=\"1\"") && before.contains(" max=\"3\""), "{before}");
    assert!(!whole_columns.is_empty() && whole_columns.iter().all(|style| is_text(style)), "{before}");
    let cells = styles_in(cells, "s");
    assert!(cells.len() >= 4 && cells.iter().all(|style| is_text(style)), "{cells:?}, {formats:?}");
}

/// Defect 48 of the replaced system: a cell that began with `=` became a live formula.
#[test]
fn every_cell_is_text() {
    let cells = ["=SUM(A1)", "07700900123", "1e5", "2021-03-08", "TRUE", "@x", "https://example.org", "{=1}"];
    let mut book = Workbook::default();
    let tab = book.add_tab("cases", &[], 0).expect("a tab");
    book.push(tab, cells).expect("a row");
    let bytes = saved(book);

    let mut read: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).expect("a workbook");
    let range = read.worksheet_range("cases").expect("the tab");
    let expected: Vec<Data> = cells.iter().map(|&cell| Data::String(cell.to_owned())).collect();
    assert_eq!(range.rows().next().expect("a row"), expected);
    assert!(read.worksheet_formula("cases").expect("the tab").is_empty());
}

#[test]
fn what_a_tab_cannot_hold_is_an_error_that_names_it() {
    let mut book = Workbook::default();
    let tab = book.add_tab("cases", &columns(&["name"]), 0).expect("a tab");
    for _ in 1..1_048_576 {
        book.push(tab, [""; 0]).expect("a row");
    }
    let error = book.push(tab, ["one too many"]).expect_err("full");
    assert_eq!(error.to_string(), "the tab cases is full: a tab holds 1048576 rows");

    let tab = book.add_tab("wide", &[], 0).expect("a tab");
    book.push(tab, vec!["x"; 16_384]).expect("a row");
    assert!(matches!(book.push(tab, vec!["x"; 16_385]), Err(WriteError::Xlsx(XlsxError::RowColumnLimitError))));
    assert!(matches!(book.push(7, ["x"]), Err(WriteError::Xlsx(XlsxError::UnknownWorksheetNameOrIndex(_)))));
    assert!(matches!(book.add_tab("a/b", &[], 0), Err(WriteError::Xlsx(_))));
}

/// The test runs itself again in a process that may make no file larger than a hundred kilobytes.
#[test]
fn a_full_disk_is_an_error_that_says_what_to_do() {
    const INSIDE: &str = "SHEETS_TEST_WITH_A_SMALL_DISK";
    let test = "workbook::a_full_disk_is_an_error_that_says_what_to_do";
    if env::var_os(INSIDE).is_none() {
        // Without the trap the system would end the process instead of refusing to write.
        let script = "trap '' XFSZ; ulimit -f 200; exec \"$0\" --exact \"$1\" --nocapture";
        let mut inside = Command::new("sh");
        inside.args(["-c", script]).arg(env::current_exe().expect("a path")).arg(test).env(INSIDE, "1");
        let inside = inside.output().expect("sh");
        let said = String::from_utf8_lossy(&inside.stdout);
        assert!(
            inside.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&inside.stderr)
        );
        return;
    }
    // Row after row, until there is no room; and at the end, when what was kept back is written.
    let mut book = Workbook::default();
    let tab = book.add_tab("cases", &[], 0).expect("a tab");
    let row = vec!["x".repeat(100); 100];
    let error = (0..1_000).find_map(|_| book.push(tab, &row).err()).expect("no room");
    assert!(matches!(error, WriteError::Disk), "{error}");
    assert!(error.to_string().contains("ephemeral storage"), "{error}");

    let mut book = Workbook::default();
    let tab = book.add_tab("cases", &[], 0).expect("a tab");
    book.push(tab, vec!["x".repeat(20_000); 20]).expect("not written yet");
    assert!(matches!(book.save(Vec::new()), Err(WriteError::Disk)));
}

proptest! {
    /// A corrected summary can be dropped again: what is written is what is read.
    #[test]
    fn what_is_written_is_read_back(
        table in prop::collection::vec(prop::collection::vec("[ -~\t\n\u{7f}-\u{ff}’_x0-9A\u{feff}😀]{1,20}", 1..5), 1..5),
    ) {
        let mut book = Workbook::default();
        let tab = book.add_tab("to_fix", &[], 0).expect("a tab");
        for cells in &table {
            book.push(tab, cells).expect("a row");
        }
        let expected: Vec<_> = (1..).zip(table).collect();
        prop_assert_eq!(texts(xlsx(&saved(book))), expected);
    }
}
