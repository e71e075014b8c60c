//! Files that are not what their names say.

use std::io::{Cursor, Write};

use sheets::ReadError;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::package::{Package, sheet};
use crate::support::{OLE, csv, refusal, xlsx};

/// A zip archive of these parts.
fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a new part");
        zip.write_all(part.as_bytes()).expect("written to memory");
    }
    zip.finish().expect("written to memory").into_inner()
}

/// An OLE container with these entries in its directory, so many bytes down.
fn ole(start: usize, entries: &[&str]) -> Vec<u8> {
    let mut bytes = OLE.to_vec();
    bytes.resize(start, 0xFF);
    for name in entries {
        let mut entry: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u16;
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.resize(128, 0);
        bytes.extend(entry);
    }
    bytes.resize(bytes.len() + 70_000, 0);
    bytes
}

#[test]
fn archives_are_told_by_what_they_hold() {
    let open_document = |kind: &str| {
        zip(&[("mimetype", &format!("application/vnd.oasis.opendocument.{kind}")), ("content.xml", "<x/>")])
    };
    let rels = "_rels/.rels";
    for (bytes, is, fix) in [
        (open_document("spreadsheet"), "an OpenDocument spreadsheet (.ods)", "in .ods instead. Open it in LibreOffice"),
        (open_document("spreadsheet-template"), "an OpenDocument spreadsheet (.ods)", "in .ods instead"),
        (
            open_document("text"),
            "a text document, such as of Word or Google Docs",
            "in .odt instead. If there is a list",
        ),
        (open_document("presentation"), "a presentation, such as of PowerPoint", "in .odp instead"),
        (open_document("graphics"), "an archive", "in .zip instead. Unpack it"),
        (
            zip(&[(rels, ""), ("word/document.xml", "")]),
            "a text document, such as of Word or Google Docs",
            ".docx instead",
        ),
        (zip(&[(rels, ""), ("ppt\\presentation.xml", "")]), "a presentation, such as of PowerPoint", ".pptx instead"),
        (
            zip(&[(rels, ""), ("xl/workbook.bin", "")]),
            "a binary Excel workbook (.xlsb)",
            ".xlsb instead. Open it in Excel",
        ),
        (zip(&[("Index/Document.iwa", "")]), "a spreadsheet of Numbers", "in .numbers instead. Open it in Numbers"),
        (zip(&[("list.xlsx", "PK")]), "an archive", "in .zip instead. Unpack it"),
    ] {
        for (called, rows) in [("CSV", csv(&bytes)), ("XLSX", xlsx(&bytes))] {
            let problem = refusal(rows).file_problem();
            let told = format!("the file cannot be read: the file is called {called}, but it is {is}");
            assert_eq!(problem.problem, told);
            assert!(problem.how_to_fix.contains(fix), "{told}: {}", problem.how_to_fix);
        }
    }
}

#[test]
fn a_workbook_under_another_name_needs_only_its_own() {
    let book = Package::of(&sheet("")).bytes();
    let problem = refusal(csv(&book)).file_problem();
    assert_eq!(problem.problem, "the file cannot be read: the file is called CSV, but it is an Excel workbook (.xlsx)");
    assert_eq!(problem.how_to_fix, "End its name in .xlsx instead, and drop it again.");
    assert!(xlsx(&book).is_ok());
}

#[test]
fn files_of_old_programs_are_told_by_their_streams() {
    let old_excel = "an Excel workbook of the old kind (.xls)";
    let word = "a text document, such as of Word or Google Docs";
    for (entries, is, fix) in [
        (
            ["Root Entry", "Workbook", "MBD01", "WordDocument"].as_slice(),
            old_excel,
            "in .xls instead. Open it in Excel",
        ),
        (&["Root Entry", "Book"], old_excel, ".xls instead"),
        (&["Root Entry", "1Table", "WordDocument", "ObjectPool", "Workbook"], word, ".doc instead. If there is a list"),
        (&["Root Entry", "PowerPoint Document"], "a presentation, such as of PowerPoint", ".ppt instead"),
        (&["Root Entry", "Workbook", "__properties_version1.0"], "an e-mail", ".msg instead. If a list is attached"),
        (
            &["Root Entry", "Gothic Book", "Workbook of 2020"],
            "an Excel workbook of the old kind (.xls), or another file of old programs",
            "Another name alone",
        ),
    ] {
        for start in [512, 4096, 64 * 1024 - 128] {
            let bytes = ole(start, entries);
            for (called, rows) in [("CSV", csv(&bytes)), ("XLSX", xlsx(&bytes))] {
                let error = refusal(rows);
                assert_eq!(error.to_string(), format!("the file is called {called}, but it is {is}"), "{entries:?}");
                let how_to_fix = error.file_problem().how_to_fix;
                assert!(how_to_fix.contains(fix), "{entries:?}: {how_to_fix}");
            }
        }
    }
    // A name that stands in a text is not a stream's.
    let mut text = ole(512, &["Root Entry"]);
    text.extend("Franklin Gothic Book\0".encode_utf16().flat_map(u16::to_le_bytes));
    assert!(refusal(xlsx(&text)).to_string().ends_with("or another file of old programs"));
}

#[test]
fn a_workbook_with_a_password_is_told_as_one_under_any_name() {
    let bytes = ole(64 * 1024, &["Root Entry", "EncryptionInfo", "EncryptedPackage"]);
    for rows in [csv(&bytes), xlsx(&bytes)] {
        assert_eq!(refusal(rows).to_string(), "the workbook is protected by a password");
    }
}

#[test]
fn text_under_the_name_of_a_workbook() {
    for text in ["First name,Surname\r\nMina,Larkspur\r\n", "\u{FEFF}Zoë;x\n\x1A", "name\tSi\u{E2}n"] {
        let problem = refusal(xlsx(text.as_bytes())).file_problem();
        assert_eq!(problem.problem, "the file cannot be read: the file is called XLSX, but it is plain text");
        assert!(problem.how_to_fix.contains("end its name in .csv instead"), "{}", problem.how_to_fix);
    }
    for (bytes, message) in [
        (b"\xFF\xFEn\0a\0m\0e\0".as_slice(), "the file is text in UTF-16, not CSV"),
        (b"\n<TABLE><tr>", "the file is called XLSX, but it is a web page (HTML)"),
        (b"\xEF\xBB\xBF<html>", "the file is called XLSX, but it is a web page (HTML)"),
        (b"%PDF-1.7", "the file is called XLSX, but it is a PDF"),
        (b"\x01\x02\x03", "the file is called XLSX, but it is no Excel workbook"),
    ] {
        assert_eq!(refusal(xlsx(bytes)).to_string(), message);
    }
}

#[test]
fn a_damaged_archive_goes_on_to_what_is_wrong_with_it() {
    let mut book = Package::of(&sheet("")).bytes();
    book.truncate(book.len() - 10);
    assert!(matches!(xlsx(&book), Err(ReadError::Broken { row: 0, .. })));
    assert!(refusal(csv(&book)).to_string().ends_with("an Excel workbook (.xlsx) or another zip archive"));
}
