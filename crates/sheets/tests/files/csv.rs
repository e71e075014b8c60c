//! CSV files.

use feeds::CellKind;
use sheets::ReadError;

use crate::support::{csv, refusal, row, texts, xlsx};

#[test]
fn encodings() {
    let utf8 = texts(csv("name,town\nSiân,Hackney – E8\n".as_bytes()));
    assert_eq!(utf8, [row(1, &["name", "town"]), row(2, &["Siân", "Hackney – E8"])]);
    assert_eq!(texts(csv("\u{FEFF}name,town\nSiân,Hackney – E8\n".as_bytes())), utf8, "with a byte order mark");
    assert_eq!(texts(csv(b"name,town\nSi\xE2n,Hackney \x96 E8\n")), utf8, "Windows-1252");
    assert_eq!(texts(csv(b"name;town\r\nSi\xE2n;Hackney \x96 E8\r\n")), utf8, "as Excel writes it on the continent");

    // One byte that is not UTF-8, 200 KB down, spoils nothing above it.
    let mut long = b"name,town\n".to_vec();
    long.extend_from_slice("Siân,x\n".repeat(30_000).as_bytes());
    long.extend_from_slice(b"Si\xE2n,y\n");
    let rows = texts(csv(&long));
    assert_eq!(rows.len(), 30_002);
    assert!(rows[1..].iter().all(|row| row.1[0] == "Siân"));
}

#[test]
fn a_line_that_says_the_separator_is_no_row() {
    let rows = [row(1, &["name", "town"]), row(2, &["Ada, Mina", "Hackney"])];
    for text in ["\u{FEFF}sep=;\r\nname;town\r\nAda, Mina;Hackney\r\n", "\"SEP=|\"\nname|town\nAda, Mina|Hackney\n"] {
        assert_eq!(texts(csv(text.as_bytes())), rows, "{text}");
    }
}

#[test]
fn what_stands_behind_the_text_is_no_row() {
    let rows = [row(1, &["name", "town"]), row(2, &["Ada", "Hackney"])];
    for tail in ["", "\n\x1A", "\x1A", "\n\x1A\r\n", "\n\0\0\0\0"] {
        assert_eq!(texts(csv(format!("name;town\n\"Ada\";\"Hackney\"{tail}").as_bytes())), rows, "{tail:?}");
    }
    assert_eq!(texts(csv(b"\0\0\0\0")), []);
}

#[test]
fn byte_order_marks_do_not_keep_a_name_from_its_quotation_marks() {
    let joined = "\u{FEFF}\"name, full\",\"town\"\r\n\u{FEFF}\"Ada\",\u{200B}\"Hackney\"\u{A0}\r\n";
    assert_eq!(texts(csv(joined.as_bytes())), [row(1, &["name, full", "town"]), row(2, &["Ada", "Hackney"])]);
    let rows = [row(1, &["name, full", "town"]), row(2, &["Ada", "Hackney"])];
    assert_eq!(texts(csv("\u{FEFF}\u{FEFF}\"name, full\", \"town\"\nAda, \"Hackney\"\n".as_bytes())), rows);
}

#[test]
fn odd_tables() {
    let rows = texts(csv(b"a,b,c\n1\n\n1,2,3,4\n,,\n"));
    let cells: Vec<(u32, usize)> = rows.iter().map(|(number, cells)| (*number, cells.len())).collect();
    assert_eq!(cells, [(1, 3), (2, 1), (3, 0), (4, 4), (5, 3)]);

    let wide = vec!["x"; 5_000].join(";");
    assert_eq!(texts(csv(format!("{wide}\n{wide}\n").as_bytes()))[1].1.len(), 5_000);

    let long = "y".repeat(40_000);
    assert_eq!(texts(csv(format!("a,b\n{long},\"{long}\"\n").as_bytes()))[1].1, [long.clone(), long]);
}

#[test]
fn a_cell_is_text_whatever_it_looks_like() {
    let row = csv(b"07700900123,1.2E+11,TRUE,=1+1\n").expect("opens").next().expect("a row").expect("readable");
    assert!(row.cells.iter().all(|cell| cell.kind == CellKind::Text));
    assert_eq!(format!("{row:?}"), "SheetRow { number: 1, .. }");
}

#[test]
fn a_nul_comes_through_for_the_row_to_be_rejected() {
    let rows = texts(csv(b"a,b\n1,tw\0o\n3,4\n"));
    assert_eq!(rows[1].1, ["1", "tw\0o"]);
    assert_eq!(rows[2].1, ["3", "4"]);
}

#[test]
fn rows_before_an_error_stand_and_nothing_comes_after_it() {
    let mut rows = csv(b"a,b\n1,2\n\n3,\"4\n5,6\n").expect("opens");
    assert_eq!(rows.by_ref().take(3).filter(Result::is_ok).count(), 3);
    let error = rows.next().expect("one more").expect_err("unclosed");
    assert!(matches!(error, ReadError::UnclosedQuote { row: 4, column: 2 }));
    let problem = error.file_problem();
    assert_eq!(
        problem.problem,
        "the file cannot be read: row 4, column 2: a quotation mark opens the cell and is never closed"
    );
    assert!(problem.how_to_fix.contains("row 4"), "{}", problem.how_to_fix);
    assert!(rows.next().is_none());
}

#[test]
fn what_is_no_csv_says_what_it_is() {
    for (bytes, message) in [
        (b"".as_slice(), "the file is empty: it holds not a single character"),
        (b"\xFF\xFEa\0,\0", "the file is text in UTF-16, not CSV"),
        (b"PK\x03\x04....", "the file is called CSV, but it is an Excel workbook (.xlsx) or another zip archive"),
        (b"<table><tr>", "the file is called CSV, but it is a web page (HTML)"),
    ] {
        assert_eq!(refusal(csv(bytes)).to_string(), message);
    }
    let page = refusal(xlsx(b"\n<TABLE><tr>"));
    assert_eq!(page.to_string(), "the file is called XLSX, but it is a web page (HTML)");
}

#[test]
fn rows_can_be_read_on_another_thread() {
    let rows = csv(b"a,b\n1,2\n").expect("opens");
    assert_eq!(std::thread::spawn(move || rows.count()).join().expect("it ends"), 2);
}
