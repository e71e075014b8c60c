//! Facts of an XLSX file about its cells and rows beside their texts, as programs of all kinds write them.

use feeds::CellKind::{Moment, Number, Text, Uncalculated};
use feeds::{Cell, SheetRow};
use sheets::{Limits, ReadError};

use crate::package::{Package, relationships, sheet, workbook};
use crate::support::{error, row, texts, xlsx, xlsx_within};

fn rows(package: &Package) -> Vec<SheetRow> {
    xlsx(&package.bytes()).expect("it opens").map(|row| row.expect("it is readable")).collect()
}

/// The cells of a workbook's one row.
fn cells(package: &Package) -> Vec<Cell> {
    let mut rows = rows(package);
    assert_eq!(rows.len(), 1);
    rows.remove(0).cells
}

fn cells_of(cells: &str) -> Vec<Cell> {
    self::cells(&Package::of(&sheet(&format!("<row r=\"1\">{cells}</row>"))))
}

fn merged(cell: Cell, from: u32) -> Cell {
    Cell { merged_from: Some(from), ..cell }
}

fn shown(cells: &[Cell]) -> Vec<(&str, feeds::CellKind)> {
    cells.iter().map(|cell| (cell.text.as_str(), cell.kind)).collect()
}

#[test]
fn errors_are_texts_whatever_they_are() {
    for error in ["#N/A", "#CALC!", "#SPILL!", "#GETTING_DATA", "#FIELD!", "#BUSY!", "#TOMORROW!"] {
        let read =
            cells_of(&format!("<c r=\"A1\" t=\"e\" s=\"1\"><f>X(1)</f><v>{error}</v></c><c r=\"B1\"><v>1</v></c>"));
        assert_eq!(shown(&read), [(error, Text), ("1", Number)]);
    }
}

#[test]
fn formulas_without_a_result_are_told_from_blanks() {
    let read = cells_of(
        "<c r=\"A1\"><f>UPPER(Z2)</f></c><c r=\"B1\"><f>B2</f><v></v></c><c r=\"C1\" s=\"1\"><f>B2</f><v/></c>\
         <c r=\"D1\" t=\"str\"><f>IF(1,\"\")</f><v></v></c><c r=\"E1\" t=\"str\"><f>B2</f><v>x</v></c><c r=\"F1\"/>\
         <c r=\"G1\"><f t=\"shared\" si=\"0\"/></c><c r=\"H1\"><f>0</f><v>0</v></c>",
    );
    let unknown = ("", Uncalculated);
    assert_eq!(shown(&read), [unknown, unknown, unknown, ("", Text), ("x", Text), ("", Text), unknown, ("0", Number)]);

    // As pandas writes them with its usual engine.
    let row = sheet(
        "<row r=\"1\"><c r=\"A1\"><f>\"0770\"</f><v>0</v></c><c r=\"B1\"><f>2</f><v>2</v></c><c r=\"C1\"><v>0</v></c></row>",
    );
    let book = workbook("<calcPr calcId=\"124519\" fullCalcOnLoad=\"1\"/>");
    let read = cells(&Package::of(&row).with("xl/workbook.xml", &book));
    assert_eq!(shown(&read), [unknown, ("2", Number), ("0", Number)]);
}

#[test]
fn dates_are_marked_by_format_and_type() {
    let read = cells_of(
        "<c r=\"A1\" s=\"1\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>-5</v></c><c r=\"C1\" s=\"1\"><v>60</v></c>\
         <c r=\"D1\" s=\"1\"><v>3000000</v></c><c r=\"E1\" s=\"1\"><v>29580.9999999999</v></c>\
         <c r=\"F1\" t=\"d\"><v>1980-12-25T00:00:00</v></c><c r=\"G1\" s=\"1\"><v>0.5</v></c>",
    );
    let expected = ["00:00:00", "-5", "1900-02-29", "3000000", "1980-12-26", "1980-12-25", "12:00:00"];
    assert_eq!(shown(&read), expected.map(|text| (text, Moment)));
}

#[test]
fn values_that_are_not_what_they_should_be_are_texts() {
    let read = cells_of(
        "<c t=\"b\"><v>maybe</v></c><c><v>twelve</v></c><c t=\"n\"><v>1,5</v></c><c t=\"what\"><v>7</v></c>\
         <c s=\"99\"><v>7</v></c><c t=\"b\"><v> true </v></c>",
    );
    assert_eq!(
        shown(&read),
        [("maybe", Text), ("twelve", Text), ("1,5", Text), ("7", Number), ("7", Number), ("TRUE", Text)]
    );
}

#[test]
fn hidden_rows_are_marked() {
    let row = |number: u32, attributes: &str| {
        format!("<row r=\"{number}\" {attributes}><c r=\"A{number}\"><v>{number}</v></c></row>")
    };
    let attributes =
        ["", "hidden=\"1\"", "hidden=\"true\"", "hidden=\"0\"", "ht=\"0\" customHeight=\"1\"", "ht=\"15\""];
    let list: String = (1..).zip(attributes).map(|(number, attributes)| row(number, attributes)).collect();
    let hidden: Vec<bool> = rows(&Package::of(&sheet(&list))).iter().map(|row| row.hidden).collect();
    assert_eq!(hidden, [false, true, true, false, true, false]);
}

#[test]
fn the_tab_has_a_name() {
    let rows = xlsx(&Package::of(&sheet("")).bytes()).expect("it opens");
    assert_eq!(rows.origin, feeds::Origin::Tab("list".to_owned()));
    let book = workbook("").replace("\"list\"", "\"R&amp;D &#8211; Week&#x20;8\"");
    let rows = xlsx(&Package::of(&sheet("")).with("xl/workbook.xml", &book).bytes()).expect("it opens");
    assert_eq!(rows.origin, feeds::Origin::Tab("R&D – Week 8".to_owned()));
}

fn merged_sheet(rows: &str, regions: &[&str]) -> Package {
    let list: String = regions.iter().map(|region| format!("<mergeCell ref=\"{region}\"/>")).collect();
    let list = format!("</sheetData><mergeCells count=\"{}\">{list}</mergeCells>", regions.len());
    Package::of(&sheet(rows).replace("</sheetData>", &list))
}

#[test]
fn merged_cells_show_their_value_in_every_row() {
    let rows = rows(&merged_sheet(
        "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>title</v></c></row>\
         <row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"C2\" t=\"str\"><v>4 Test Walk</v></c><c r=\"E2\" s=\"1\"><v>29580</v></c></row>\
         <row r=\"3\"><c r=\"A3\"><v>2</v></c><c r=\"C3\" s=\"0\"/><c r=\"D3\"/></row>\
         <row r=\"6\" hidden=\"1\"><c r=\"A6\"><v>3</v></c></row>\
         <row r=\"7\"><c r=\"B7\"><f>A1</f></c><c r=\"C7\"><v>9</v></c></row><row r=\"9\"><c r=\"B9\"/></row>",
        &["A1:E1", "C2:D4", "E2:E3", "B7:B1048576", "F2:F3"],
    ));
    let (walk, date) = (Cell::text("4 Test Walk"), Cell::of(Moment, "1980-12-25"));
    let (blank, lost) = (Cell::text(""), Cell::of(Uncalculated, ""));
    let expected = [
        (1, vec![Cell::text("title")]),
        (2, vec![Cell::number("1"), blank.clone(), walk.clone(), blank.clone(), date.clone()]),
        (3, vec![Cell::number("2"), blank.clone(), merged(walk.clone(), 2), blank.clone(), merged(date, 2)]),
        // No row of its own, and none where nothing reaches.
        (4, vec![blank.clone(), blank.clone(), merged(walk, 2)]),
        (6, vec![Cell::number("3")]),
        (7, vec![blank.clone(), lost.clone(), Cell::number("9")]),
        (8, vec![blank.clone(), merged(lost.clone(), 7)]),
        // Not beyond the last row that the sheet has.
        (9, vec![blank, merged(lost, 7)]),
    ];
    assert_eq!(rows.len(), expected.len());
    for (row, (number, cells)) in rows.into_iter().zip(expected) {
        let expected = SheetRow { hidden: number == 6, ..SheetRow::new(number, cells) };
        assert!(row == expected, "row {number}: {:?}", shown(&row.cells));
    }
}

#[test]
fn merged_cells_cannot_stand_for_more_than_a_file_may_hold() {
    let limits = Limits { row: 1 << 20, unpacked: 4 << 20, shared_texts: 1 << 20 };
    let columns: Vec<String> = (b'A'..=b'Z').map(|column| char::from(column).to_string()).collect();
    let first: String = columns.iter().map(|column| format!("<c r=\"{column}1\"><v>1</v></c>")).collect();
    let regions: Vec<String> = columns.iter().map(|column| format!("{column}1:{column}1048576")).collect();
    let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
    let long = format!("<row r=\"1\">{first}</row><row r=\"1048576\"><c r=\"A1048576\"><v>2</v></c></row>");
    let error = error(xlsx_within(&merged_sheet(&long, &regions).bytes(), &limits));
    assert!(matches!(error, Some(ReadError::TooLarge { what: "what its merged cells show", .. })), "{error:?}");

    let short = format!("<row r=\"1\">{first}</row><row r=\"3\"/>");
    let rows = xlsx_within(&merged_sheet(&short, &regions).bytes(), &limits).expect("it opens").collect::<Vec<_>>();
    assert_eq!(rows.len(), 3);
}

#[test]
fn comments_cdata_and_instructions_may_stand_anywhere() {
    let noise = "<!-- <row r=\"1\"> --><?x <v>?>";
    let rows: String = (1..=5_000)
        .map(|row| format!("<row r=\"{row}\">{noise}<c r=\"A{row}\" t=\"str\">{noise}<v>on<!-- x -->e <![CDATA[<&amp;>]]>{noise}</v></c></row>"))
        .collect();
    let part = sheet(&rows).replace("<worksheet", &format!("{noise}<!DOCTYPE worksheet><worksheet"));
    let read = texts(xlsx(&Package::of(&part).bytes()));
    assert_eq!((read.len(), &read[4_999]), (5_000, &row(5_000, &["one <&amp;>"])));
}

#[test]
fn texts_are_put_together_from_runs_without_how_they_are_pronounced() {
    let table = "<sst><si><t>a</t></si><!-- --><si><r><rPr><b/></rPr><t>one </t></r><r><t xml:space=\"preserve\">two</t></r><rPh><t>ni</t></rPh></si><si/><si><t>_x0041_&#233;&lt;_x005F_x0041_</t></si></sst>";
    let row = sheet(
        "<row><c t=\"s\"><v>1</v></c><c t=\"s\"><v>3</v></c><c t=\"s\"><v>2</v></c><c t=\"inlineStr\"><is><r><t>x</t></r>\
         <rPh><t>y</t></rPh><t>z</t></is><v>x</v></c><c t=\"inlineStr\"><v>v</v></c><c t=\"str\"><v>&nbsp;&#0;</v></c></row>",
    );
    let read = cells(&Package::of(&row).with_texts(table));
    let texts: Vec<&str> = read.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(texts, ["one two", "Aé<_x0041_", "", "xz", "v", "\u{FFFD}\u{FFFD}"]);
}

#[test]
fn rows_and_cells_may_leave_out_their_names() {
    let sheet = sheet(
        "<row><c><v>1</v></c><c r=\"C1\"><v>3</v></c><c><v>4</v></c></row><row/><row><c r=\"B5\"><v>5</v></c></row><row><c><v>6</v></c></row>",
    );
    let expected = [row(1, &["1", "", "3", "4"]), row(5, &["", "5"]), row(6, &["6"])];
    assert_eq!(texts(xlsx(&Package::of(&sheet).bytes())), expected);
}

#[test]
fn parts_are_found_by_their_relationships() {
    let strict = |list: &str| {
        list.replace("schemas.openxmlformats.org/officeDocument/2006", "purl.oclc.org/ooxml/officeDocument")
    };
    let root = relationships(&[("rId7", "officeDocument", "/Book/My%20Book.xml")]);
    let book = strict(&relationships(&[
        ("rId1", "chartsheet", "charts/one.xml"),
        ("rId2", "worksheet", "tabs\\\\Sheet.xml"),
        ("rId3", "styles", "../Formats/styles22.xml"),
        ("rId4", "sharedStrings", "/BOOK/texts.xml"),
        ("rId5", "worksheet", "missing.xml"),
    ]));
    let tabs = "<x:workbook xmlns:x=\"m\" xmlns:r=\"r\"><x:sheets><x:sheet name=\"chart\" r:id=\"rId1\"/><x:sheet name=\"old\" state=\"hidden\" r:id=\"rId5\"/>\
         <x:sheet name=\"list\" sheetId=\"9\" r:id=\"rId2\"></x:sheet></x:sheets></x:workbook>";
    let rows =
        "<x:row r=\"1\"><x:c r=\"A1\" s=\"0\"><x:v>29580</x:v></x:c><x:c r=\"B1\" t=\"s\"><x:v>0</x:v></x:c></x:row>";
    let package = Package::default()
        .with("_rels/.rels", &root)
        .with("book/my book.xml", tabs)
        .with("book/_RELS/my book.xml.rels", &book)
        .with("book/tabs/sheet.xml", &format!("\u{FEFF}<x:worksheet><x:sheetData>{rows}</x:sheetData></x:worksheet>"))
        .with("formats/styles22.xml", "<x:styleSheet><x:numFmts><x:numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/></x:numFmts><x:cellStyleXfs><x:xf numFmtId=\"1\"/></x:cellStyleXfs><x:cellXfs><x:xf numFmtId=\"164\"/></x:cellXfs></x:styleSheet>")
        .with("Book/Texts.xml", "<x:sst><x:si><x:t>Ada</x:t></x:si></x:sst>");
    assert_eq!(shown(&cells(&package)), [("1980-12-25", Moment), ("Ada", Text)]);
}

#[test]
fn styles_of_ten_megabytes_are_read() {
    let many: String = (0..60_000)
        .map(|font| format!("<xf numFmtId=\"{}\" fontId=\"{font}\" xfId=\"0\" applyNumberFormat=\"1\"><alignment horizontal=\"left\" vertical=\"top\" wrapText=\"1\"/><protection locked=\"0\"/></xf>", font % 13))
        .collect();
    let fonts = "<font><b/><sz val=\"11\"/></font>".repeat(50_000);
    let styles =
        format!("<styleSheet><fonts>{fonts}</fonts><cellXfs>{many}<xf numFmtId=\"14\"/></cellXfs></styleSheet>");
    assert!(styles.len() > 10_000_000, "{}", styles.len());
    let row = sheet("<row><c s=\"60000\"><v>29580</v></c><c s=\"59999\"><v>7700900123</v></c></row>");
    assert_eq!(
        shown(&cells(&Package::of(&row).with("xl/styles.xml", &styles))),
        [("1980-12-25", Moment), ("7700900123", Number)]
    );
}

#[test]
fn another_encoding_is_named() {
    let latin = sheet("").replace("UTF-8", "ISO-8859-1");
    let refused = xlsx(&Package::of(&latin).bytes()).err().or_else(|| error(xlsx(&Package::of(&latin).bytes())));
    let text = refused.expect("refused").to_string();
    assert_eq!(text, "the workbook is damaged: a part of it is not written in UTF-8");
}

#[test]
fn a_part_in_another_encoding_is_to_be_saved_again() {
    let text = |name: &str| format!("<?xml version=\"1.0\" encoding=\"{name}\"?><!-- Zo\u{EB} --><sst/>");
    let utf16 = |mark: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        (mark.to_owned() + &text("UTF-16")).encode_utf16().flat_map(bytes).collect()
    };
    let latin = |name: &str| text(name).chars().map(|letter| letter as u8).collect::<Vec<u8>>();
    let parts = [
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        "xl/worksheets/sheet1.xml",
    ];
    for part in parts {
        for (place, bytes) in [
            utf16("\u{FEFF}", u16::to_le_bytes),
            utf16("\u{FEFF}", u16::to_be_bytes),
            utf16("", u16::to_le_bytes),
            utf16("", u16::to_be_bytes),
            latin("windows-1252"),
            latin("ISO-8859-1"),
            latin("UTF-8"),
        ]
        .into_iter()
        .enumerate()
        {
            let book = Package::of(&sheet("")).with_texts("<sst/>").with_bytes(part, &bytes).bytes();
            let error = xlsx(&book).map_or_else(Some, |mut rows| rows.find_map(Result::err));
            let problem = error.unwrap_or_else(|| panic!("{part} is read, {place}")).file_problem();
            assert!(
                problem.problem.ends_with("a part of it is not written in UTF-8"),
                "{part}, {place}: {}",
                problem.problem
            );
            assert!(problem.how_to_fix.starts_with("Open the file in Excel"), "{part}: {}", problem.how_to_fix);
        }
    }
}
