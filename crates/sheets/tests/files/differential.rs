//! The reader against calamine, an older one of many users: where both read a workbook, they read the same.

use calamine::{Data, Reader, Xlsx};
use feeds::{Cell, CellKind};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Formula, Workbook};

use crate::support::xlsx;

#[derive(Clone, Debug)]
enum Content {
    Blank,
    Text(String),
    Number(f64),
    Date(f64, &'static str),
    Flag(bool),
    Formula(String),
    Error(&'static str),
}

fn content() -> impl Strategy<Value = Content> {
    let code =
        prop::sample::select(vec!["dd/mm/yyyy", "yyyy-mm-dd hh:mm:ss", "h:mm", "d\\-mmm;@", "[$-809]dd mmmm yyyy"]);
    let error = prop::sample::select(vec!["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"]);
    prop_oneof![
        Just(Content::Blank),
        "[ -~\t\n\u{1}\u{a0}-\u{ff}’_x0-9A😀]{1,20}".prop_map(Content::Text),
        prop::num::f64::NORMAL.prop_filter("Excel's range", |number| number.abs() < 1e300).prop_map(Content::Number),
        (-1_000_000..1_000_000_000_000_i64).prop_map(|number| Content::Number(number as f64)),
        (61..2_958_465_u32, 0..86_400_u32, code)
            .prop_map(|(day, second, code)| Content::Date(f64::from(day) + f64::from(second) / 86_400.0, code)),
        any::<bool>().prop_map(Content::Flag),
        "[a-zé&<>\"]{1,9}".prop_map(Content::Formula),
        error.prop_map(Content::Error),
    ]
}

fn written(table: &[Vec<Content>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(table) {
        for (column, content) in (0..).zip(cells) {
            let result = |text: &str| Formula::new("=A1").set_result(text);
            match content {
                Content::Blank => continue,
                Content::Text(text) => sheet.write_string(row, column, text),
                Content::Number(number) => sheet.write_number(row, column, *number),
                Content::Date(serial, code) => {
                    sheet.write_number_with_format(row, column, *serial, &Format::new().set_num_format(*code))
                }
                Content::Flag(flag) => sheet.write_boolean(row, column, *flag),
                Content::Formula(text) => sheet.write_formula(row, column, result(text)),
                Content::Error(text) => sheet.write_formula(row, column, result(text)),
            }
            .expect("a cell");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

fn agree(ours: &Cell, theirs: &Data) -> bool {
    match theirs {
        Data::Empty => ours.text.is_empty(),
        Data::String(text) => ours.text == *text && ours.kind == CellKind::Text,
        Data::Bool(flag) => ours.text == if *flag { "TRUE" } else { "FALSE" },
        Data::Error(error) => ours.text == error.to_string() && ours.kind == CellKind::Text,
        Data::Int(number) => ours.text == number.to_string(),
        Data::Float(number) => {
            let read: f64 = ours.text.parse().expect("a number");
            ours.kind == CellKind::Number && (read - number).abs() <= number.abs() * 1e-14
        }
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            let time = format!("{date} {hour:02}:{minute:02}:{second:02}");
            // Theirs is cut where ours is rounded.
            ours.kind == CellKind::Moment && (ours.text == date || ours.text == time || milli > 499)
        }
        Data::DateTimeIso(_) | Data::DurationIso(_) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_read_the_same(table in prop::collection::vec(prop::collection::vec(content(), 0..8), 1..12)) {
        let bytes = written(&table);
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&bytes)).expect("a workbook");
        let theirs = book.worksheet_range_at(0).expect("a tab").expect("a range");
        let mut cells = 0;
        for row in xlsx(&bytes).expect("it opens") {
            let row = row.expect("it is readable");
            for (column, cell) in (0..).zip(&row.cells) {
                let data = theirs.get_value((row.number - 1, column)).unwrap_or(&Data::Empty);
                cells += usize::from(*data != Data::Empty);
                prop_assert!(agree(cell, data), "row {}, column {column}: {:?}, not {data:?}", row.number, cell.text);
            }
        }
        prop_assert_eq!(cells, theirs.used_cells().count());
    }
}
