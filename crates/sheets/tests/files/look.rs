//! What people see of a workbook: not pixels, but the parts of it that spreadsheet programs show.

use std::collections::BTreeMap;
use std::io::Cursor;

use feeds::{Look, Mark, Outcome, SummaryLine};
use sheets::Workbook;

use crate::support::{row, texts, xlsx};

/// A workbook's parts by their names.
struct Parts(BTreeMap<String, String>);

impl Parts {
    fn of(book: Workbook) -> (Self, Vec<u8>) {
        let mut bytes = Vec::new();
        book.save(&mut bytes).expect("written to memory");
        let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip archive");
        let parts = (0..zip.len()).map(|number| {
            let part = zip.by_index(number).expect("a part");
            (part.name().expect("a name").into_owned(), std::io::read_to_string(part).expect("text"))
        });
        (Self(parts.collect()), bytes)
    }

    fn sheet(&self, number: usize) -> &str {
        &self.0[&format!("xl/worksheets/sheet{number}.xml")]
    }

    /// The style of a cell, as the markup has it.
    fn style(&self, sheet: usize, cell: &str) -> &str {
        let begins = format!("<c r=\"{cell}\" ");
        let (_, tag) = self.sheet(sheet).split_once(&begins).expect("a cell with a style");
        let (tag, _) = tag.split_once('>').expect("the end of its tag");
        let number: usize = values(tag, "s=\"", "\"").next().map_or(0, |style| style.parse().expect("a number"));
        let (_, styles) = self.0["xl/styles.xml"].split_once("<cellXfs").expect("styles of cells");
        styles.split("<xf ").nth(number + 1).expect("the style")
    }

    /// No row of any tab stands twice: programs refuse such a file, or mend it.
    fn each_row_once(&self) {
        for (name, sheet) in self.0.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")) {
            let rows: Vec<u32> = values(sheet, "<row r=\"", "\"").map(|row| row.parse().expect("a number")).collect();
            assert!(rows.is_sorted_by(|one, next| one < next), "{name}: {rows:?}");
        }
    }

    /// The colour that fills a cell; none where nothing does.
    fn fill(&self, sheet: usize, cell: &str) -> Option<&str> {
        let number: usize = values(self.style(sheet, cell), "fillId=\"", "\"").next()?.parse().expect("a number");
        let fill = self.0["xl/styles.xml"].split("<fill>").nth(number + 1).expect("the fill");
        values(fill, "<fgColor rgb=\"FF", "\"").next()
    }
}

/// What stands between two marks, each time.
fn values<'t>(text: &'t str, from: &'t str, to: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(from).skip(1).filter_map(move |rest| rest.split(to).next())
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn case(outcome: Outcome) -> Look {
    Look::Case { outcome, status: 2 }
}

#[test]
fn a_tab_of_rows_is_a_table_that_can_be_read() {
    let mut book = Workbook::default();
    let tab = book.add_tab("hackney_cases", &columns(&["id", "name", "status", "note"]), 2).expect("a tab");
    let long = "a very long note ".repeat(20);
    for outcome in [Outcome::Created, Outcome::Skipped, Outcome::Rejected, Outcome::Uncertain] {
        book.push_with_look(tab, &["1", "Ada", outcome.as_str(), &long], &case(outcome)).expect("a row");
    }
    book.push_with_look(tab, &["", "", "failed", ""], &case(Outcome::Failed)).expect("a row");
    let (parts, bytes) = Parts::of(book);
    let sheet = parts.sheet(1);

    assert!(sheet.contains("xSplit=\"2\" ySplit=\"1\"") && sheet.contains("state=\"frozen\""), "{sheet}");
    assert!(sheet.contains("<autoFilter ref=\"A1:D6\"/>"), "{sheet}");
    let widths: Vec<f64> = values(sheet, " width=\"", "\"").map(|width| width.parse().expect("a number")).collect();
    assert!(widths.iter().all(|width| (8.0..=61.0).contains(width)), "{widths:?}");
    assert!(widths.last() > Some(&60.0), "{widths:?}");

    let filled = |cell| parts.fill(1, cell);
    assert_eq!(
        (filled("A2"), filled("A6")),
        (None, filled("A4")),
        "white where all is well; a blank cell is filled too"
    );
    let statuses = ["C2", "C3", "C4", "C5"].map(filled);
    let different: std::collections::BTreeSet<_> = statuses.iter().flatten().collect();
    assert_eq!(different.len(), 4, "{statuses:?}");
    for cell in ["A1", "C2", "D2", "A4", "A6"] {
        let style = parts.style(1, cell);
        assert!(style.contains("numFmtId=\"49\"") && style.contains("wrapText=\"1\""), "{cell}: {style}");
    }
    assert_eq!(texts(xlsx(&bytes))[1].1[..3], ["1", "Ada", "created"], "and the words are all there");
}

#[test]
fn each_wrong_cell_is_filled_and_has_a_note() {
    let mut book = Workbook::default();
    let names = columns(&["name", "mobile", "problem", "how_to_fix"]);
    let tab = book.add_tab("to_fix", &names, 1).expect("a tab");
    let mark = || Mark { column: 1, note: "It is too short.\nWrite all of it.".to_owned() };
    book.push_with_look(tab, &["Ada", "077", "too short", "write it"], &Look::ToFix(vec![mark()])).expect("a row");
    book.push_with_look(tab, &["Bo", "020", "lost", &"save it anew ".repeat(10)], &Look::ToFix(Vec::new()))
        .expect("a row");
    let (parts, bytes) = Parts::of(book);
    let wrong = parts.fill(1, "B2").expect("filled");
    assert!(parts.fill(1, "A2").is_none() && parts.fill(1, "B3").is_none());
    assert!(parts.fill(1, "C2").is_some_and(|advice| advice != wrong) && parts.fill(1, "D3").is_some());
    parts.each_row_once();
    let heights: Vec<&str> = values(parts.sheet(1), " ht=\"", "\"").collect();
    assert_eq!(heights, ["45"], "a long text has its room, whatever the program");
    let notes = &parts.0["xl/comments1.xml"];
    assert!(notes.contains("ref=\"B2\"") && notes.contains("Write all of it."), "{notes}");
    assert_eq!(values(notes, "<comment ", ">").count(), 1);
    assert_eq!(texts(xlsx(&bytes))[1], row(2, &["Ada", "077", "too short", "write it"]), "it can be dropped again");
}

#[test]
fn there_are_no_more_notes_than_programs_and_memory_bear() {
    let mut book = Workbook::default();
    let tab = book.add_tab("to_fix", &columns(&["name", "problem", "how_to_fix"]), 0).expect("a tab");
    for _ in 0..2_100 {
        let mark = Mark { column: 0, note: "Look it up.".to_owned() };
        book.push_with_look(tab, &["Ada", "wrong", "look"], &Look::ToFix(vec![mark])).expect("a row");
    }
    let (parts, _) = Parts::of(book);
    assert_eq!(values(&parts.0["xl/comments1.xml"], "<comment ", ">").count(), 2_000);
    assert_eq!(parts.fill(1, "A2101"), parts.fill(1, "A2"), "and every wrong cell is filled");
}

#[test]
fn the_summary_opens_first_and_reads_from_the_top() {
    let mut book = Workbook::default();
    book.add_tab("hackney_cases", &columns(&["name"]), 0).expect("a tab");
    let tab = book.add_summary("summary").expect("a tab");
    let count = |outcome, rows| SummaryLine::Count { outcome, rows, of: 4 };
    for line in [
        SummaryLine::Headline("1 of 4 people is in Here to Help.".to_owned()),
        SummaryLine::Heading("What became of the rows"),
        count(Some(Outcome::Created), 1),
        count(None, 4),
        SummaryLine::Text("file", "people.csv ".repeat(40)),
        SummaryLine::Warning { label: "warning", rows: 2, text: "address replaced (rows 2 and 3)".to_owned() },
    ] {
        book.push_summary(tab, &line).expect("a line");
    }
    let (parts, bytes) = Parts::of(book);
    parts.each_row_once();
    assert!(parts.0["xl/workbook.xml"].contains("activeTab=\"1\""));
    let sheet = parts.sheet(2);
    for merged in ["A1:D1", "A3:D3", "B6:D6", "C7:D7"] {
        assert!(sheet.contains(&format!("<mergeCell ref=\"{merged}\"/>")), "{merged}: {sheet}");
    }
    let heights: Vec<f64> = values(sheet, " ht=\"", "\"").map(|height| height.parse().expect("a number")).collect();
    assert!(heights[4] > 3.0 * heights[2], "a long text has room: {heights:?}");
    assert!(parts.fill(2, "A4").is_some(), "the word has its colour: a legend");

    let mut read: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).expect("a workbook");
    let range = calamine::Reader::worksheet_range(&mut read, "summary").expect("the tab");
    let lines: Vec<String> =
        range.rows().map(|cells| cells.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    assert_eq!(lines[3], "created|1|███████▌|new in Here to Help");
    assert_eq!(lines[4], "total|4||rows in your sheet");
    assert_eq!(lines[6], "warning|2|address replaced (rows 2 and 3)|");
}
