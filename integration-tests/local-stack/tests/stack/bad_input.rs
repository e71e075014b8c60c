//! Every way in which a file can be wrong, dropped at once: each ends in one summary that says what to do, and the good
//! ones beside them go on.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};

use ledger::RunState;
use local_stack::spl;
use local_stack::summaries::{self, Book};
use local_stack::{Options, Stack, nhs_number};
use rust_xlsxwriter::{Formula, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::common;
use crate::common::notices;

/// A file, and what becomes of it.
struct Case {
    file: &'static str,
    content: Vec<u8>,
    becomes: Becomes,
}

enum Becomes {
    /// Rejected whole; the summary says all this.
    Rejected(Vec<&'static str>),
    /// Each row of the sheet by its number: its status, and what else stands in its line of the summary.
    Rows(Vec<(u32, &'static str, &'static str)>),
}

fn rejected(file: &'static str, content: impl Into<Vec<u8>>, says: &[&'static str]) -> Case {
    Case { file, content: content.into(), becomes: Becomes::Rejected(says.to_vec()) }
}

fn rows(file: &'static str, content: impl Into<Vec<u8>>, rows: &[(u32, &'static str, &'static str)]) -> Case {
    Case { file, content: content.into(), becomes: Becomes::Rows(rows.to_vec()) }
}

fn cases() -> Vec<Case> {
    let header = || spl::columns().join(",");
    let long = "long words ".repeat(3_637);
    vec![
        rows("good.csv", spl::list(0..3), &[(2, "created", ""), (3, "created", ""), (4, "created", "")]),
        rejected(
            "wrong header.csv",
            spl::list(3..4).replace("PatientSurname", "Patient Surname"),
            &[
                "the column \"PatientSurname\" is missing; the nearest that was found is \"Patient Surname\"",
                "in row 1",
            ],
        ),
        rejected(
            "another list.csv",
            "Street,Bins\nMare Street,3\n",
            &["no row with column names was found in the first 10 rows", "\"Traced_NHSNUMBER\""],
        ),
        rejected(
            "doubled header.csv",
            spl::list(4..5).replace("landline", "mobile"),
            &["the column \"mobile\" is there more than once, in J and K", "delete or rename the others"],
        ),
        rejected("empty.csv", "", &["the file is empty", "Export the list again"]),
        rows("header only.csv", header() + "\n", &[]),
        rejected(
            "noise.xlsx",
            (0..20_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect::<Vec<u8>>(),
            &["it is no Excel workbook", "save it again as XLSX"],
        ),
        rejected("letter.csv", "%PDF-1.7\n1 0 obj\n", &["called CSV, but it is a PDF", "save it as Excel Workbook"]),
        rejected("page.csv", "<table><tr><td>", &["called CSV, but it is a web page (HTML)"]),
        rejected("letter.pdf", "no sheet", &["the file is a PDF: only", "Ask whoever made it"]),
        rejected("old list.xls", "no sheet", &["an Excel workbook of the old kind (.xls)", "choose File, Save As"]),
        rejected("list.ods", "no sheet", &["an OpenDocument spreadsheet (.ods)"]),
        rejected("notes.txt", "no sheet", &["a text file", "end its name in .csv"]),
        rejected(
            "one column.csv",
            format!("\"{}\"\n", header()),
            &["everything stands in one column: cell A1", "separate column A at the commas"],
        ),
        rejected("password.xlsx", encrypted(), &["protected by a password", "clear the password"]),
        rejected("broken.xlsx", xlsx(5)[..3_000].to_vec(), &["the workbook is damaged", "save it again as XLSX"]),
        rejected("bomb.xlsx", bomb(), &["its table of texts takes up more than 64 MB", "Save the list as CSV"]),
        rows("windows-1252.csv", windows_1252(), &[(2, "created", "Zoë")]),
        rows("semicolons.csv", spl::list(7..8).replace(',', ";"), &[(2, "created", "Mare Street")]),
        rows(
            "quoted newlines.csv",
            spl::csv(&[
                spl::row(8, &[("PatientAddress_Line1", "\"8 Mare Street\nFlat \"\"B\"\"\"")]),
                spl::row(9, &[("DateOfBirth", "31/02/1960")]),
            ]),
            &[(2, "created", "Flat \"B\""), (3, "rejected", "DateOfBirth \"31/02/1960\"")],
        ),
        rejected(
            "unclosed quote.csv",
            spl::csv(&[spl::row(10, &[]), spl::row(11, &[("PatientFirstName", "\"Ada")]), spl::row(12, &[])]),
            &["row 3, column 2: a quotation mark opens the cell and is never closed", "Look at row 3"],
        ),
        rows(
            "nul.csv",
            spl::csv(&[spl::row(13, &[("PatientSurname", "Per\0son")]), spl::row(14, &[])]),
            &[(2, "rejected", "the cell holds a NUL character"), (3, "created", "")],
        ),
        rows("long cell.csv", with_column("Comments", &[(15, &long)]), &[(2, "created", "… (cut: 7279 characters)")]),
        rows(
            "large row.csv",
            spl::csv(&[spl::row(16, &[]), spl::row(17, &[("category", &"x".repeat(400_000))]), spl::row(18, &[])]),
            &[(2, "created", ""), (3, "rejected", "category: the row is larger than 350 KB"), (4, "created", "")],
        ),
        rows("formula.xlsx", xlsx(19), &[(2, "created", "=HYPERLINK(\"http://example.org\",\"Persontwenty\")")]),
        rows("5000 columns.csv", wide(20), &[(2, "created", "cell 4985")]),
        rows("short row.csv", header() + &format!("\n{},Ada,Short\n", nhs_number(21)), &[(2, "created", "Short")]),
        rows(
            "blank rows.csv",
            header()
                + &format!(
                    "\n\n{}\n\n ,,,\n,,\n{}\n",
                    spl::row(22, &[]).join(","),
                    spl::row(23, &[("DateOfBirth", "31/02/1960")]).join(",")
                ),
            &[(3, "created", ""), (7, "rejected", "DateOfBirth \"31/02/1960\"")],
        ),
    ]
}

/// An unused column beside the others.
fn with_column(name: &str, people: &[(u32, &str)]) -> String {
    let mut text = format!("{},{name}\n", spl::columns().join(","));
    for (person, cell) in people {
        text += &format!("{},{cell}\n", spl::row(*person, &[]).join(","));
    }
    text
}

fn wide(person: u32) -> String {
    let unused = 5_000 - spl::columns().len();
    let names: Vec<String> = (0..unused).map(|n| format!("column {n}")).collect();
    let cells: Vec<String> = (0..unused).map(|n| format!("cell {n}")).collect();
    with_column(&names.join(","), &[(person, &cells.join(","))])
}

fn windows_1252() -> Vec<u8> {
    let text = spl::csv(&[spl::row(6, &[("PatientFirstName", "Zoë")])]);
    text.chars().map(|character| u8::try_from(u32::from(character)).expect("ë is one byte")).collect()
}

/// A workbook whose surname is a formula, and which has a text that looks like one.
fn xlsx(person: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let looks_like_a_formula = "=HYPERLINK(\"http://example.org\",\"Persontwenty\")";
    let cells = spl::row(person, &[("PatientAddress_Line2", looks_like_a_formula)]);
    for (column, (name, cell)) in (0..).zip(spl::columns().into_iter().zip(&cells)) {
        sheet.write_string(0, column, name).expect("written");
        if name == "PatientSurname" {
            let formula = Formula::new("=CONCATENATE(\"Mc\",\"Donald\")").set_result("McDonald");
            sheet.write_formula(1, column, formula).expect("written");
        } else {
            sheet.write_string(1, column, cell).expect("written");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

/// A workbook with a password, as Excel saves it: an OLE container with the workbook in a stream of this name.
fn encrypted() -> Vec<u8> {
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    bytes.resize(4_096, 0);
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    // The length of the name, with its NUL.
    bytes.resize(4_096 + 64, 0);
    bytes.extend(34_u16.to_le_bytes());
    bytes.resize(8_192, 0);
    bytes
}

/// A few hundred kilobytes that unpack to 65 MB of texts.
fn bomb() -> Vec<u8> {
    const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = |all: &[(&str, &str)]| {
        let one = |(kind, target): &(&str, &str)| {
            format!("<Relationship Id=\"{kind}\" Type=\"{TYPES}/{kind}\" Target=\"{target}\"/>")
        };
        format!("<Relationships>{}</Relationships>", all.iter().map(one).collect::<String>())
    };
    let sheets =
        format!("<sheets><sheet name=\"list\" sheetId=\"1\" r:id=\"worksheet\" xmlns:r=\"{TYPES}\"/></sheets>");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (part, text) in [
        ("_rels/.rels", related(&[("officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", format!("<workbook>{sheets}</workbook>")),
        (
            "xl/_rels/workbook.xml.rels",
            related(&[("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")]),
        ),
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>".to_owned()),
    ] {
        zip.start_file(part, SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).expect("a part");
    zip.write_all(b"<sst>").expect("written");
    for _ in 0..65 {
        zip.write_all(&b"<si><t>boom</t></si>".repeat((1 << 20) / 20)).expect("written");
    }
    zip.write_all(&b"<si><t>boom</t></si>".repeat((1 << 20) / 20)).expect("written");
    zip.finish().expect("written").into_inner()
}

/// The rows of the tab with all rows, by the number that the sheet shows: status, and the whole line.
fn settled_rows(book: &Book) -> BTreeMap<u32, (String, String)> {
    let lines = book.tab("hackney_cases");
    let place = |name: &str| lines[0].iter().position(|column| column == name).expect("the column");
    let (row, status) = (place("source_row"), place("status"));
    let rows = lines[1..].iter();
    rows.map(|line| (line[row].parse().expect("a number"), (line[status].clone(), line.join(" | ")))).collect()
}

#[tokio::test]
async fn each_bad_file_ends_in_one_summary_that_says_what_to_do_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = Options::new(folder.path());
    options.as_of = Some("2021-03-08".parse().expect("a date"));
    let stack = Stack::start(options).await.expect("the stack starts");
    let notices = notices::Subscription::to(&stack).await;
    let inbound = folder.path().join("spl/inbound");
    let cases = cases();
    for case in &cases {
        fs::write(inbound.join(case.file), &case.content).expect("dropped");
    }
    fs::create_dir(inbound.join("last year")).expect("a folder in it");
    // The simulator does not list `~$…`: another leftover stands for all.
    fs::write(inbound.join("desktop.ini"), "[.ShellClassInfo]").expect("dropped");

    let runs = common::reported(&stack, cases.len()).await;
    assert_eq!(runs.len(), cases.len());
    for Case { file, becomes, .. } in &cases {
        let (run, progress) = runs.iter().find(|(run, _)| run.file_name == *file).expect("a run for each file");
        let books: Vec<Book> = summaries::of(&stack, &run.id).expect("the summary").into_values().collect();
        let [book] = &books[..] else { panic!("{file}: one summary, not {}", books.len()) };
        let text = book.text();
        assert!(text.contains(&format!("file | {file}")), "{text}");
        match becomes {
            Becomes::Rejected(says) => {
                assert_eq!(run.state, RunState::Rejected, "{file}");
                assert!(says.iter().all(|one| text.contains(one)), "{file}: {says:?} in\n{text}");
                assert!(text.contains("how to fix | "), "{file}:\n{text}");
            }
            Becomes::Rows(expected) => {
                assert_eq!(run.state, RunState::Reported, "{file}: {:?}", run.problems);
                let rows = settled_rows(book);
                assert!(rows.keys().eq(expected.iter().map(|(row, ..)| row)), "{file}: {:?}", rows.keys());
                for (row, status, says) in expected {
                    let (became, line) = &rows[row];
                    assert_eq!(became, status, "{file}, row {row}: {line}");
                    assert!(line.contains(says), "{file}, row {row}: {says} in {line}");
                }
                let total = expected.len();
                assert_eq!(run.rows_read, total as u64, "{file}");
                assert_eq!(progress.totals(run).values().sum::<u64>(), total as u64, "{file}");
                assert!(text.contains(&format!("total | {total} | ")), "{file}:\n{text}");
            }
        }
    }

    let api = stack.here_to_help.as_ref().expect("the stack's own simulator").state();
    // The data team is notified of each run once, and of no resident.
    let mut told = notices.received(runs.len()).await;
    for (run, progress) in &runs {
        let place = told.iter().position(|notice| notice.text.contains(run.id.as_str())).expect("a notice of each run");
        let notice = told.remove(place);
        assert!(notice.text.contains(&run.file_name), "{notice:?}");
        let summary = run.summary_files().next().expect("a summary");
        assert!(notice.text.contains(&format!("open?id={}", summary.id)), "{notice:?}");
        let (word, total) = match run.state {
            RunState::Rejected => ("rejected", String::new()),
            _ => ("ingested", format!("\ntotal: {}\n", progress.totals(run).values().sum::<u64>())),
        };
        assert!(notice.subject.ends_with(word) && notice.text.contains(&total), "{notice:?}");
        for resident in &api.residents {
            for name in ["FirstName", "LastName"]
                .iter()
                .filter_map(|field| resident.text(field))
                .filter(|name| !name.is_empty())
            {
                assert!(!notice.text.contains(name), "a resident's name is in {notice:?}");
            }
        }
    }
    assert!(told.is_empty(), "{told:?}");

    let first_name = |name: &str| api.residents.iter().filter(|one| one.text("FirstName") == Some(name)).count();
    let last_name = |name: &str| api.residents.iter().filter(|one| one.text("LastName") == Some(name)).count();
    assert_eq!((first_name("Zoë"), last_name("McDonald"), last_name("Short")), (1, 1, 1));
    assert!(api.doubles.is_empty(), "{:?}", api.doubles);

    // What nobody dropped to be read is logged once, however often the folder was polled.
    let log = fs::read_to_string(stack.logs.join("splitter.log")).expect("the log");
    let told: Vec<_> = log.lines().filter(|line| line.contains("leftover of a program")).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told.iter().all(|line| line.contains("drop the list itself")), "{told:#?}");
    stack.stop().await.expect("the stack stops");
}
