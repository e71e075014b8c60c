//! `h2h preview` through the program itself.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../feeds/tests/fixtures");

/// The rules that the fixtures were made for (docs/contract/feeds.md, Fixtures).
const RULES: [&str; 4] = ["--as-of", "2021-03-08", "--excluded", "ctas-excluded, other"];

fn h2h(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_h2h"));
    command.args(arguments);
    command
}

fn preview(feed: &str, file: &Path, more: &[&str]) -> Output {
    h2h(&["preview", "--feed", feed]).args(RULES).args(more).arg(file).output().expect("it runs")
}

fn fixture(name: &str) -> PathBuf {
    Path::new(FIXTURES).join(name)
}

/// A file of this name and content, in a directory that goes away with the first part.
fn file(name: &str, content: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a temp directory");
    let path = directory.path().join(name);
    fs::write(&path, content).expect("written");
    (directory, path)
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// A sheet for spl: its columns by the feed's own list, and these rows as (NHS number, surname, date of birth).
fn spl(rows: &[[&str; 3]]) -> String {
    let feed = feeds::Feed::named("spl").expect("the feed");
    let names: Vec<&str> = feed.columns().iter().map(|column| column.name).collect();
    let mut sheet = names.join(",");
    for [nhs_number, surname, born] in rows {
        let cell = |name: &&str| match *name {
            "Traced_NHSNUMBER" => *nhs_number,
            "PatientFirstName" => "Ada",
            "PatientSurname" => *surname,
            "DateOfBirth" => *born,
            _ => "",
        };
        sheet.push('\n');
        sheet.push_str(&names.iter().map(cell).collect::<Vec<_>>().join(","));
    }
    sheet
}

/// Only what the fixture says: decision and row, and for a post everything that is sent.
fn compared(line: &Value, expected: &Value) -> Value {
    let fields = expected.as_object().expect("an object").keys();
    fields.map(|field| (field.clone(), line[field].clone())).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn every_row_of_the_fixtures_becomes_what_it_should() {
    for feed in feeds::all() {
        let output = preview(feed.name(), &fixture(&format!("{feed}.csv")), &["--json"]);
        let mut lines = lines(&output.stdout);
        let last = lines.pop().expect("a last line");
        let expected = fs::read_to_string(fixture(&format!("{feed}.expected.jsonl"))).expect("the fixture");
        let expected = self::lines(expected.as_bytes());
        assert_eq!(lines.len(), expected.len(), "{feed}: {}", text(&output.stderr));
        for (line, expected) in lines.iter().zip(&expected) {
            assert_eq!(&compared(line, expected), expected, "{feed}");
        }

        let count = |decision: &str| expected.iter().filter(|line| line["decision"] == decision).count();
        assert_eq!(last["file"], "accepted");
        assert_eq!(last["rows"], expected.len());
        for decision in ["post", "skipped", "rejected"] {
            assert_eq!(last[decision], count(decision), "{feed}: {decision}");
        }
        assert_eq!(output.status.code(), Some(if count("rejected") > 0 { 1 } else { 0 }), "{feed}");
    }
}

#[test]
fn an_xlsx_of_a_fixture_becomes_the_same() {
    let csv = preview("spl", &fixture("spl.csv"), &["--json"]);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let rows = fs::File::open(fixture("spl.csv")).expect("the fixture");
    for row in sheets::open(rows, sheets::Format::Csv, &sheets::Limits::default()).expect("a sheet") {
        let row = row.expect("readable");
        for (column, cell) in (0..).zip(&row.cells) {
            sheet.write_string(row.number - 1, column, cell.text.as_str()).expect("written");
        }
    }
    let (_directory, path) = file("week 9.XLSX", book.save_to_buffer().expect("a workbook"));
    let xlsx = preview("spl", &path, &["--json"]);
    let decisions = |output: &Output| {
        let mut lines = lines(&output.stdout);
        let file = lines.last_mut().and_then(Value::as_object_mut).expect("a last line");
        file.retain(|key, _| !matches!(key.as_str(), "path" | "tab"));
        lines
    };
    assert!(decisions(&xlsx) == decisions(&csv));
    assert_eq!(xlsx.status.code(), csv.status.code());
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn each_kind_of_line_has_its_fields() {
    let (_directory, path) = file("spl.csv", spl(&[["4861501237", "Lovelace", "10/12/1915"], ["12", "Hopper", ""]]));
    let output = preview("spl", &path, &["--json"]);
    let lines = lines(&output.stdout);
    assert_eq!(keys(&lines[0]), ["row", "decision", "request", "address", "notes", "follow_up", "warnings"]);
    assert_eq!(keys(&lines[1]), ["row", "decision", "problems", "warnings"]);
    assert_eq!(keys(&lines[1]["problems"][0]), ["column", "text", "problem", "how_to_fix"]);
    assert_eq!(lines[1]["problems"][0]["text"], "12");
    assert_eq!(
        keys(&lines[2]),
        [
            "file",
            "rows",
            "post",
            "skipped",
            "rejected",
            "duplicates",
            "warnings",
            "feed",
            "as_of",
            "path",
            "tab",
            "header"
        ]
    );
    assert_eq!(lines[2]["header"]["row"], 1);
    assert_eq!(lines.len(), 3);

    let output = preview("contact-tracing", &fixture("contact-tracing.csv"), &["--json"]);
    let lines = self::lines(&output.stdout);
    let skipped = lines.iter().find(|line| line["decision"] == "skipped").expect("a skipped row");
    assert_eq!(keys(skipped), ["row", "decision", "reason", "warnings"]);
    assert_eq!(lines.last().expect("a last line")["header"]["row"], 3);
}

#[test]
fn people_see_the_header_the_rows_to_fix_and_the_counts() {
    let sheet = spl(&[["4861501237", "Lovelace", "10/12/1915"], ["12", "Hopper", "9/12/06"]]);
    let (_directory, path) = file("spl.csv", format!("Shielding list\n\n{sheet}"));
    let output = preview("spl", &path, &[]);
    let page = text(&output.stdout);
    for part in
        ["spl", "8 March 2021", "Header: row 3", "Row 5, Traced_NHSNUMBER: \"12\"", "Row 5, DateOfBirth: \"9/12/06\""]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_file_without_faults_exits_with_0() {
    let (_directory, path) = file("spl.csv", spl(&[["4861501237", "Lovelace", "10/12/1915"]]));
    assert_eq!(preview("spl", &path, &[]).status.code(), Some(0));
    assert_eq!(preview("spl", &path, &["--json"]).status.code(), Some(0));

    let (_directory, header_only) = file("spl.csv", spl(&[]));
    let output = preview("spl", &header_only, &["--json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(lines(&output.stdout)[0]["rows"], 0);
}

#[test]
fn rejected_files_say_what_is_wrong_with_them_in_the_last_line() {
    for (feed, name, word) in [
        ("generic", "rejected/generic-doubled-column.csv", "Email"),
        ("nsss", "rejected/nsss-month-first.csv", "date_of_birth"),
        ("spl", "rejected/spl-missing-columns.csv", "PatientSurname"),
    ] {
        let output = preview(feed, &fixture(name), &["--json"]);
        let last = lines(&output.stdout).pop().expect("a last line");
        assert_eq!(last["file"], "rejected", "{name}");
        assert!(last["problems"][0]["problem"].as_str().expect("text").contains(word), "{name}: {last}");
        assert!(!last["problems"][0]["how_to_fix"].as_str().expect("text").is_empty(), "{name}: {last}");
        assert_eq!(output.status.code(), Some(2), "{name}");

        let output = preview(feed, &fixture(name), &[]);
        let page = text(&output.stdout);
        assert!(page.contains("The whole file would be rejected") && page.contains(word), "{name}: {page}");
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
}

#[test]
fn a_month_first_column_is_known_only_at_the_end() {
    let mut rows = vec![["4861501237", "Lovelace", "03/04/1960"]; 20];
    rows.push(["4506276167", "Hopper", "12/25/1971"]);
    let (_directory, path) = file("spl.csv", spl(&rows));
    let output = preview("spl", &path, &["--json"]);
    let mut lines = lines(&output.stdout);
    let last = lines.pop().expect("a last line");
    assert_eq!((lines.len(), &last["file"]), (21, &json!("rejected")), "rows are shown as they are read");
    assert!(last["problems"][0]["problem"].as_str().expect("text").contains("month"), "{last}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn files_that_cannot_be_read_are_rejected_and_say_why() {
    // The directory of an OLE container begins at a multiple of 128 bytes; an entry is a name of 64 bytes, then its length.
    let mut locked = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    locked.resize(512, 0);
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    locked.resize(512 + 64, 0);
    locked.extend([34, 0]);
    for (name, content, word) in [
        ("empty.csv", b"".as_slice(), "empty"),
        ("blank.csv", b"\n\n\n", "empty"),
        ("letter.docx", b"PK\x03\x04", "a text document, such as of Word"),
        ("old.xls", b"\xD0\xCF\x11\xE0", "old kind (.xls)"),
        ("letter.csv", b"%PDF-1.7", "a PDF"),
        ("broken.xlsx", b"PK\x03\x04 cut off", "damaged"),
        ("locked.xlsx", &locked, "password"),
    ] {
        let (_directory, path) = file(name, content);
        let output = preview("spl", &path, &["--json"]);
        let [last] = &lines(&output.stdout)[..] else { panic!("{name}: one line") };
        assert_eq!(last["file"], "rejected", "{name}");
        assert!(last["problems"][0]["problem"].as_str().expect("text").contains(word), "{name}: {last}");
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
}

#[test]
fn an_unclosed_quotation_mark_names_its_row() {
    let sheet =
        spl(&[["4861501237", "Lovelace", "10/12/1915"], ["4861501237", "\"Hopper", ""], ["4861501237", "Johnson", ""]]);
    let (_directory, path) = file("spl.csv", sheet);
    let output = preview("spl", &path, &["--json"]);
    let last = lines(&output.stdout).pop().expect("a last line");
    assert!(last["problems"][0]["problem"].as_str().expect("text").contains("row 3"), "{last}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_command_that_cannot_be_carried_out_says_so_on_stderr() {
    let missing = preview("spl", Path::new("no-such-file.csv"), &["--json"]);
    assert_eq!(text(&missing.stderr), "h2h: cannot open no-such-file.csv: No such file or directory (os error 2)\n");
    assert_eq!((text(&missing.stdout), missing.status.code()), ("", Some(2)));

    let wrong = preview("bogus", Path::new("x.csv"), &[]);
    assert!(
        text(&wrong.stderr).contains("contact-tracing, nsss, spl, self-isolation, generic"),
        "{}",
        text(&wrong.stderr)
    );
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn the_excluded_ids_and_the_day_are_those_that_are_given() {
    let decisions = |more: &[&str]| {
        let path = fixture("contact-tracing.csv");
        let output =
            h2h(&["preview", "--feed", "contact-tracing", "--json"]).args(more).arg(path).output().expect("it runs");
        lines(&output.stdout).pop().expect("a last line")
    };
    let usual = decisions(&RULES);
    assert!(decisions(&RULES[..2])["skipped"].as_u64() < usual["skipped"].as_u64(), "nobody is excluded");
    let years_later = decisions(&["--as-of", "2031-03-08"]);
    assert!(years_later["skipped"].as_u64() > usual["skipped"].as_u64(), "everybody was tested long ago");
    assert_eq!(years_later["as_of"], json!("2031-03-08"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let rows = vec![["4861501237", "Lovelace", "10/12/1915"]; 5_000];
    let (_directory, path) = file("spl.csv", spl(&rows));
    let mut child = h2h(&["preview", "--feed", "spl", "--json"])
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0; 10]).expect("the first bytes");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((text(&output.stderr), output.status.code()), ("", Some(141)));
}

#[test]
fn problems_are_grouped_by_column_and_long_lists_are_cut() {
    let mut rows = vec![["12", "Hopper", ""]; 60];
    rows.push(["4861501237", "Lovelace", "9/12/06"]);
    let (_directory, path) = file("spl.csv", spl(&rows));
    let output = preview("spl", &path, &[]);
    let page = text(&output.stdout);
    let groups = page.split("Problems by column").nth(1).expect("the groups");
    assert!(groups.contains("60  Traced_NHSNUMBER"), "{page}");
    assert!(groups.contains("row 2: \"12\", row 3: \"12\", row 4: \"12\""), "{page}");
    assert!(groups.contains("1  DateOfBirth"), "{page}");
    assert!(page.contains("… and 11 more rows") && !page.contains("Row 52,"), "{page}");
}

#[test]
fn rows_for_the_same_person_and_names_with_a_slip_are_pointed_out() {
    let sheet = spl(&[["4861501237", "Lovelace", ""], ["4506276167", "Hopper", ""], ["486 150 1237", "Byron", ""]]);
    let sheet = sheet.replacen("uprn", "uprn,PatientSurnam", 1);
    let (_directory, path) = file("spl.csv", sheet);
    let page = preview("spl", &path, &[]);
    let page = text(&page.stdout);
    assert!(
        page.contains("The column \"PatientSurnam\" is not used, though it looks like \"PatientSurname\"."),
        "{page}"
    );
    assert!(page.contains("Row 4 has the same NHS number as row 2"), "{page}");
    let output = preview("spl", &path, &["--json"]);
    assert_eq!(lines(&output.stdout).last().expect("a last line")["duplicates"], 1);
}

#[test]
fn the_rows_to_fix_are_written_as_a_sheet_that_can_be_corrected_and_previewed() {
    let rows = [["4861501237", "Lovelace", "10/12/1915"], ["12", "Hopper", "9/12/06"]];
    let (directory, path) = file("spl.csv", spl(&rows));
    let to_fix = directory.path().join("to-fix.xlsx");
    let into = ["--to-fix", to_fix.to_str().expect("UTF-8")];
    let output = preview("spl", &path, &into);
    assert_eq!((text(&output.stderr), output.status.code()), ("", Some(1)));

    let again = preview("spl", &to_fix, &["--json"]);
    let lines = lines(&again.stdout);
    assert_eq!(lines.last().expect("a last line")["file"], "accepted");
    assert_eq!((lines.len(), &lines[0]["problems"][0]["text"]), (2, &json!("12")), "just the row to correct");
    let header = &lines[1]["header"]["columns"];
    assert_eq!(
        (&header[0], header.as_array().expect("columns").last()),
        (&json!("Traced_NHSNUMBER"), Some(&json!("how_to_fix")))
    );

    let again = preview("spl", &path, &into);
    assert!(text(&again.stderr).contains("name a file that is not there"), "nothing is written over");

    let (fine, fine_path) = file("fine.csv", spl(&rows[..1]));
    let none = fine.path().join("none.xlsx");
    preview("spl", &fine_path, &["--to-fix", none.to_str().expect("UTF-8")]);
    assert!(!none.exists(), "nothing to correct, no file");
}

#[test]
fn several_files_and_directories_are_previewed_one_after_the_other() {
    let (directory, first) = file("a.csv", spl(&[["4861501237", "Lovelace", ""]]));
    fs::write(directory.path().join("b.csv"), spl(&[["12", "Hopper", ""]])).expect("written");
    fs::write(directory.path().join("notes.txt"), "no sheet").expect("written");
    let output = preview("spl", directory.path(), &["--json"]);
    let lines = lines(&output.stdout);
    let files: Vec<&str> = lines.iter().filter_map(|line| line["path"].as_str()).collect();
    assert!(matches!(&files[..], [a, b] if a.ends_with("a.csv") && b.ends_with("b.csv")), "{files:?}");
    assert_eq!(output.status.code(), Some(1), "the worst of them");

    let page = h2h(&["preview", "--feed", "spl"]).arg(&first).arg(directory.path()).output().expect("it runs");
    assert_eq!(text(&page.stdout).matches("== ").count(), 3);
    let refused = preview("spl", directory.path(), &["--to-fix", "x.xlsx"]);
    assert!(text(&refused.stderr).contains("preview them one by one"), "{}", text(&refused.stderr));
}

#[test]
fn a_row_that_the_ledger_cannot_hold_is_to_fix() {
    let name = "x".repeat(400_000);
    let (_directory, path) =
        file("large.csv", spl(&[["4861501237", &name, "1951-04-03"], ["4506276167", "McDonald", "1985-07-24"]]));
    let output = preview("spl", &path, &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output.stdout);
    assert_eq!((&lines[0]["decision"], &lines[1]["decision"]), (&json!("rejected"), &json!("post")));
    let problem = &lines[0]["problems"][0];
    assert_eq!(problem["column"], "PatientSurname");
    assert!(problem["problem"].as_str().expect("a text").contains("larger than 350 KB"), "{problem}");
}
