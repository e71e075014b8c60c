//! `h2h feeds` and `h2h template` through the program itself.

use std::path::Path;
use std::process::{Command, Output};

fn h2h(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_h2h")).args(arguments).current_dir(directory).output().expect("it runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn every_template_would_be_taken_in_as_it_is_and_its_example_left_out() {
    let directory = tempfile::tempdir().expect("a temp directory");
    for feed in feeds::all() {
        let name = feed.name();
        let xlsx = h2h(directory.path(), &["template", "--feed", name]);
        assert!(xlsx.status.success(), "{}", text(&xlsx.stderr));
        h2h(directory.path(), &["template", "--feed", name, "--csv", &format!("{name}.csv")]);
        for file in [format!("{name}-template.xlsx"), format!("{name}.csv")] {
            let preview = h2h(directory.path(), &["preview", "--feed", name, "--json", &file]);
            let last = text(&preview.stdout).lines().last().expect("a last line").to_owned();
            assert!(last.contains(r#""rows":1,"post":0,"skipped":1"#), "{file}: {last}");
            assert_eq!(preview.status.code(), Some(0), "{file}");
        }
    }
}

/// A phone that is typed into them keeps its first 0. 49 is the number of the format text.
#[test]
fn the_template_and_the_rows_to_fix_are_formatted_as_text() {
    let directory = tempfile::tempdir().expect("a temp directory");
    h2h(directory.path(), &["template", "--feed", "spl"]);
    let csv = text(&h2h(directory.path(), &["template", "--feed", "spl", "--csv"]).stdout).to_owned();
    let names = csv.lines().next().expect("the names");
    std::fs::write(directory.path().join("spl.csv"), format!("{names}\n12,Ada\n")).expect("written");
    h2h(directory.path(), &["preview", "--feed", "spl", "--to-fix", "to-fix.xlsx", "spl.csv"]);
    for file in ["spl-template.xlsx", "to-fix.xlsx"] {
        let file = std::fs::File::open(directory.path().join(file)).expect("the workbook");
        let mut parts = zip::ZipArchive::new(file).expect("a zip archive");
        let mut part = |name| std::io::read_to_string(parts.by_name(name).expect("the part")).expect("text");
        assert!(part("xl/styles.xml").contains("numFmtId=\"49\""));
        assert!(part("xl/worksheets/sheet1.xml").contains("<cols>"));
    }
}

#[test]
fn a_template_writes_over_nothing_and_csv_goes_to_standard_output() {
    let directory = tempfile::tempdir().expect("a temp directory");
    h2h(directory.path(), &["template", "--feed", "spl"]);
    let again = h2h(directory.path(), &["template", "--feed", "spl"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("name another file"), "{}", text(&again.stderr));
    let csv = h2h(directory.path(), &["template", "--feed", "spl", "--csv"]);
    assert!(text(&csv.stdout).starts_with("Traced_NHSNUMBER,"), "{}", text(&csv.stdout));
}

#[test]
fn the_feeds_are_listed_with_their_columns_in_plain_words() {
    let directory = tempfile::tempdir().expect("a temp directory");
    let all = h2h(directory.path(), &["feeds"]);
    for feed in feeds::all() {
        assert!(text(&all.stdout).contains(&format!("{feed}: {}", feed.title)));
    }
    let one = h2h(directory.path(), &["feeds", "--feed", "nsss", "--json"]);
    let line: serde_json::Value = serde_json::from_slice(&one.stdout).expect("one JSON object");
    assert_eq!((&line["feed"], &line["columns"][0]["name"]), (&"nsss".into(), &"ID".into()));
}
