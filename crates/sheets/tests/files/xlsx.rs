//! XLSX files.

use feeds::{Cell, CellKind};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use sheets::{Limits, ReadError};

use crate::package::{Package, declare_sizes, sheet, workbook};
use crate::support::{error, refusal, row, texts, xlsx, xlsx_within};

fn saved(mut book: Workbook) -> Vec<u8> {
    book.save_to_buffer().expect("a workbook")
}

fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    saved(book)
}

fn book_of_one_cell(text: &str) -> Vec<u8> {
    book(|sheet| {
        sheet.write_string(0, 0, text).expect("text");
    })
}

#[test]
fn cells_show_what_the_sheet_shows() {
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let moment = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let phone = Format::new().set_num_format("00000000000");
    let date = ExcelDateTime::from_ymd(2021, 3, 8).expect("a date");
    let half_past = ExcelDateTime::from_ymd(2021, 3, 8).and_then(|date| date.and_hms(10, 30, 0)).expect("a time");
    let bytes = book(|sheet| {
        sheet.write_string(0, 0, " Siân & <Co>\n_x0041_ ").expect("text");
        sheet.write_number(0, 1, 100_020_000_001_f64).expect("number");
        sheet.write_number(0, 2, 0.1).expect("number");
        sheet.write_number(0, 3, 1.2e11).expect("number");
        sheet.write_number_with_format(0, 4, 7_700_900_123_f64, &phone).expect("number");
        sheet.write_datetime_with_format(0, 5, &date, &day).expect("date");
        sheet.write_datetime_with_format(0, 6, &half_past, &moment).expect("time");
        sheet.write_boolean(0, 7, true).expect("boolean");
        sheet.write_formula(0, 8, Formula::new("=A1&B1").set_result("seven")).expect("formula");
        sheet.write_formula(0, 9, Formula::new("=3+4").set_result("7")).expect("formula");
        sheet.write_formula(0, 10, Formula::new("=NA()").set_result("#N/A")).expect("formula");
        sheet.write_blank(0, 11, &day).expect("blank");
    });
    let cells = vec![
        Cell::text(" Siân & <Co>\n_x0041_ "),
        Cell::number("100020000001"),
        Cell::number("0.1"),
        Cell::number("120000000000"),
        Cell::text("07700900123"),
        Cell::of(CellKind::Moment, "2021-03-08"),
        Cell::of(CellKind::Moment, "2021-03-08 10:30:00"),
        Cell::text("TRUE"),
        Cell::text("seven"),
        Cell::number("7"),
        Cell::text("#N/A"),
    ];
    let read = xlsx(&bytes).expect("it opens").next().expect("a row").expect("readable");
    assert!(read.cells == cells, "{:?}", read.cells.iter().map(|cell| &cell.text).collect::<Vec<_>>());
}

#[test]
fn dates_that_count_from_1904() {
    let sheet = sheet("<row r=\"1\"><c r=\"A1\" s=\"1\"><v>42735</v></c></row>");
    let parts = Package::of(&sheet).with("xl/workbook.xml", &workbook("<workbookPr date1904=\"1\"/>"));
    assert_eq!(texts(xlsx(&parts.bytes())), [row(1, &["2021-01-01"])]);
    assert_eq!(texts(xlsx(&Package::of(&sheet).bytes())), [row(1, &["2016-12-31"])]);
}

#[test]
fn sparse_rows_keep_their_numbers_and_columns() {
    let bytes = book(|sheet| {
        for (row, column, text) in [(0, 0, "a"), (0, 1, "b"), (4, 1, "five"), (9_999, 5_000, "far")] {
            sheet.write_string(row, column, text).expect("text");
        }
    });
    let rows = texts(xlsx(&bytes));
    assert_eq!(rows[..2], [row(1, &["a", "b"]), row(5, &["", "five"])]);
    assert_eq!((rows[2].0, rows[2].1.len(), rows[2].1[5_000].as_str()), (10_000, 5_001, "far"));
}

#[test]
fn the_tab_that_counts_is_read() {
    let mut hidden_first = Workbook::new();
    hidden_first.add_worksheet().set_hidden(true).write_string(0, 0, "notes").expect("text");
    hidden_first.add_worksheet().set_active(true).write_string(0, 0, "list").expect("text");
    assert_eq!(texts(xlsx(&saved(hidden_first))), [row(1, &["list"])]);

    let mut summary = Workbook::new();
    for name in ["hackney_cases", "summary", "to_fix"] {
        summary.add_worksheet().set_name(name).and_then(|sheet| sheet.write_string(0, 0, name)).expect("text");
    }
    assert_eq!(texts(xlsx(&saved(summary))), [row(1, &["to_fix"])]);
}

#[test]
fn what_a_sheet_declares_about_its_size_is_not_believed() {
    let cells = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    let huge = sheet(cells).replace("<sheetData>", "<dimension ref=\"A1:XFD1048576\"/><sheetData>");
    assert_eq!(texts(xlsx(&Package::of(&huge).bytes())), [row(1, &["1"])]);

    let shared = sheet("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>");
    let table = "<sst uniqueCount=\"99999999999\"><si><t>one</t></si></sst>";
    assert_eq!(texts(xlsx(&Package::of(&shared).with_texts(table).bytes())), [row(1, &["one"])]);
}

#[test]
fn a_cell_where_no_cell_can_be() {
    for cells in [
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"XFE2\"><v>2</v></c></row>",
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048577\"><c r=\"A1048577\"><v>2</v></c></row>",
        "<row r=\"1048576\"/><row><c><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"XFD1\"/><c><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"A2\"><v>1</v></c></row>",
        "<row r=\"7\"><c r=\"A7\"><v>1</v></c></row><row r=\"3\"><c r=\"A3\"><v>2</v></c></row>",
    ] {
        let error = error(xlsx(&Package::of(&sheet(cells)).bytes()));
        assert!(matches!(error, Some(ReadError::Broken { .. })), "{cells}: {error:?}");
    }
}

#[test]
fn what_is_no_workbook() {
    assert!(matches!(xlsx(b""), Err(ReadError::Empty)));
    assert!(matches!(xlsx(b"PK\x03\x04 and nothing else"), Err(ReadError::Broken { row: 0, .. })));

    let whole = book_of_one_cell("a");
    assert!(matches!(xlsx(&whole[..whole.len() - 100]), Err(ReadError::Broken { row: 0, .. })), "cut off");

    let root = "<Relationships><Relationship Type=\"x/officeDocument\" Target=\"visio/document.xml\"/></Relationships>";
    let plan = Package::default().with("_rels/.rels", root).with("visio/document.xml", "<v:document/>").bytes();
    assert!(matches!(xlsx(&plan), Err(ReadError::NotXlsx)));

    let no_sheet = Package::of("").without("xl/worksheets/sheet1.xml").bytes();
    let error = refusal(xlsx(&no_sheet));
    assert!(matches!(error, ReadError::Broken { row: 0, what: "one of its parts is missing" }), "{error:?}");
}

#[test]
fn a_sheet_that_breaks_off_says_below_which_row() {
    let cells: String =
        (1..=500).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>")).collect();
    let whole = sheet(&cells);
    let broken = Package::of(&whole[..whole.len() / 2]).bytes();
    let mut good = 0;
    let error = xlsx(&broken).expect("it opens").find_map(|read| read.map(|row| good = row.number).err());
    let Some(ReadError::Broken { row, .. }) = error else { panic!("{error:?}") };
    assert!(good > 200 && row == good, "{good} rows came, broken below {row}");
    let problem = ReadError::Broken { row, what: "it ends too early" }.file_problem().problem;
    assert!(problem.contains(&format!("below row {row}")), "{problem}");
}

#[test]
fn errors_do_not_quote_the_file() {
    for cells in [
        "<row r=\"1\"><c r=\"Marguerite Canary\"><v>1</v></c></row>",
        "<row r=\"Marguerite Canary\"/>",
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>Marguerite Canary</v></c></row>",
        "<row r=\"1\"><c r=\"A1\"></Canary></row>",
    ] {
        let error = error(xlsx(&Package::of(&sheet(cells)).bytes())).expect("damaged");
        assert!(matches!(error, ReadError::Broken { row: 0, .. }));
        assert!(!format!("{error} {error:?} {:?}", error.file_problem()).contains("Canary"));
    }
}

const SMALL: Limits = Limits { row: 1 << 20, unpacked: 4 << 20, shared_texts: 1 << 20 };

#[test]
fn a_zip_bomb_is_refused_by_its_real_size() {
    let bomb = sheet(&"<row><c><v>1</v></c></row>".repeat(400_000));
    let bytes = Package::of(&bomb).bytes();
    assert!(bytes.len() * 100 < bomb.len(), "{} bytes packed", bytes.len());
    let error = refusal(xlsx_within(&bytes, &SMALL));
    assert_eq!(error.to_string(), "the workbook is too large: everything in it together takes up more than 4 MB");
    assert!(error.file_problem().how_to_fix.contains("Save the list as CSV"));

    let mut lying = bytes;
    declare_sizes(&mut lying, 1_000);
    let error = refusal(xlsx_within(&lying, &SMALL));
    assert!(matches!(error, ReadError::TooLarge { .. } | ReadError::Broken { .. }), "{error:?}");
}

#[test]
fn parts_add_up_but_only_those_that_are_read() {
    let three_megabytes = "<xf numFmtId=\"0\"/>".repeat(150_000);
    let styles = format!("<styleSheet><cellXfs>{three_megabytes}</cellXfs></styleSheet>");
    let cells = "<row><c><v>1</v></c></row>";
    let mut parts = Package::of(&sheet(cells)).with("xl/styles.xml", &styles);
    for part in 0..10 {
        parts = parts.with(&format!("xl/worksheets/more{part}.xml"), &cells.repeat(100_000));
    }
    assert_eq!(texts(xlsx_within(&parts.bytes(), &SMALL)), [row(1, &["1"])]);

    let parts = parts.with("xl/worksheets/sheet1.xml", &sheet(&cells.repeat(60_000))).bytes();
    let error = refusal(xlsx_within(&parts, &SMALL));
    assert!(matches!(error, ReadError::TooLarge { what: "everything in it together", limit: 4_194_304 }), "{error:?}");
}

#[test]
fn nothing_that_must_be_held_whole_may_be_long() {
    let long = " ".repeat(3 << 20);
    for (name, part) in [
        ("xl/worksheets/sheet1.xml", sheet(&format!("<row><c t=\"inlineStr\"><is><t>{long}</t></is></c></row>"))),
        ("xl/worksheets/sheet1.xml", sheet(&format!("<row><c {long}/></row>"))),
        (
            "xl/worksheets/sheet1.xml",
            sheet(&format!("<row><c><v>{}</v></c></row>", "xxxxx&amp;xx<!---->".repeat(160_000))),
        ),
        ("xl/sharedStrings.xml", format!("<sst>{}</sst>", "<si><t>x</t></si>".repeat(100_000))),
        ("xl/styles.xml", format!("<styleSheet><fonts><font><name val=\"{long}\"/></font></fonts></styleSheet>")),
    ] {
        let bytes = Package::of(&sheet("")).with_texts("<sst/>").with(name, &part).bytes();
        let error = match xlsx_within(&bytes, &SMALL) {
            Ok(mut rows) => rows.find_map(Result::err),
            Err(error) => Some(error),
        };
        assert!(matches!(error, Some(ReadError::TooLarge { .. })), "{name}: {error:?}");
    }

    // One long text that a thousand cells show.
    let table = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(30_000));
    let cells = sheet(&format!("<row>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(1_000)));
    let error = error(xlsx_within(&Package::of(&cells).with_texts(&table).bytes(), &SMALL));
    assert!(matches!(error, Some(ReadError::RowTooLong { row: 1, .. })), "{error:?}");
}

#[test]
fn elements_nest_as_deep_as_they_need_to() {
    let nested = |depth| sheet(&format!("{}{}<row><c><v>1</v></c></row>", "<a>".repeat(depth), "</a>".repeat(depth)));
    assert_eq!(texts(xlsx(&Package::of(&nested(100)).bytes())), [row(1, &["1"])]);
    assert!(matches!(error(xlsx(&Package::of(&nested(100_000)).bytes())), Some(ReadError::Broken { row: 0, .. })));
}

#[test]
fn the_longest_cell_that_excel_allows_is_read() {
    let long = "\u{1}".repeat(32_767);
    let bytes = book_of_one_cell(&long);
    assert_eq!(texts(xlsx(&bytes)), [row(1, &[&long])]);

    let longer = sheet(&format!("<row><c t=\"inlineStr\"><is><t>{}</t></is></c></row>", "y".repeat(40_000)));
    assert_eq!(texts(xlsx(&Package::of(&longer).bytes()))[0].1[0].len(), 40_000);
}

mod hostile {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_bytes_make_it_panic_or_wait(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut named = b"PK\x03\x04".to_vec();
            named.extend(&bytes);
            for bytes in [bytes, named] {
                if let Ok(rows) = xlsx(&bytes) {
                    rows.for_each(drop);
                }
            }
        }

        /// Markup that no program writes: the parser may give up, but not take anything with it.
        #[test]
        fn no_sheet_makes_it_panic_or_wait(pieces in prop::collection::vec(prop::sample::select(vec![
            "<row r=\"1\">", "<row r=\"99999999999\">", "</row>", "<c r=\"A1\">", "<c r=\"ZZZZZZZZZ1\" t=\"s\">", "<c t=\"e\">",
            "</c>", "<v>", "</v>", "1", "#SPILL!", "<f>", "</f>", "<is><t>", "</t></is>", "&#0;", "&x;", "<![CDATA[", "]]>",
            "</sheetData>", "<dimension ref=\"B2:A1\"/>", "é", "_x0000_", "\"",
        ]), 0..20)) {
            if let Ok(rows) = xlsx(&Package::of(&sheet(&pieces.concat())).bytes()) {
                rows.for_each(drop);
            }
        }
    }
}
