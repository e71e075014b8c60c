//! Summaries, read from the outbound folder as a spreadsheet program would.

use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use ledger::Run;
use local_stack::Stack;
use simulators::google::Direction;

/// The cells of every tab: a tab's name, then its rows.
pub(crate) type Tabs = Vec<(String, Vec<Vec<String>>)>;

/// The one summary of a run.
pub(crate) fn of(stack: &Stack, run: &Run) -> Tabs {
    let files = stack.google.state().expect("the folders").files;
    let of_the_run = files.iter().filter(|file| {
        let is_of_the_run = file.properties.get("run").is_some_and(|id| id == run.id.as_str());
        file.folder.direction == Direction::Outbound && !file.trashed && is_of_the_run
    });
    let paths: Vec<&Path> = of_the_run.map(|file| file.path.as_path()).collect();
    assert_eq!(paths.len(), 1, "{}: {paths:?}", run.file_name);
    read(paths[0])
}

/// Reads a summary, all of whose cells must be text.
fn read(path: &Path) -> Tabs {
    let mut book: Xlsx<_> = open_workbook(path).expect("a spreadsheet");
    let mut tabs = Vec::new();
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).expect("the tab");
        assert!(formulas.is_empty(), "{name} of {} has a formula", path.display());
        let range = book.worksheet_range(&name).expect("the tab");
        let text = |cell: &Data| match cell {
            Data::Empty => String::new(),
            Data::String(text) => text.clone(),
            other => panic!("{name} of {} has a cell that is no text: {other:?}", path.display()),
        };
        let rows = range.rows().map(|row| row.iter().map(text).collect()).collect();
        tabs.push((name.clone(), rows));
    }
    tabs
}

/// All of it, a row a line.
pub(crate) fn text(tabs: &Tabs) -> String {
    tabs.iter().flat_map(|(_, rows)| rows).map(|row| row.join(" | ") + "\n").collect()
}
