//! What the data team sees: the spreadsheets in the outbound folders, as Google holds them.

use std::collections::BTreeMap;

use calamine::{Data, Reader, Xlsx, open_workbook};
use ledger::Run;
use local_stack::Stack;
use simulators::google::Direction;

/// One spreadsheet of a run's summary.
pub(crate) struct Book {
    /// Its name in Drive.
    pub(crate) name: String,
    /// Its tabs in their order, each with all its lines.
    pub(crate) tabs: Vec<(String, Vec<Vec<String>>)>,
}

/// A line of a tab, by the names of its columns.
pub(crate) type Line = BTreeMap<String, String>;

impl Book {
    /// The lines of a tab below its header.
    pub(crate) fn lines(&self, tab: &str) -> Vec<Line> {
        let mut lines = self.tab(tab).iter();
        let header = lines.next().expect("a header");
        let line = |cells: &Vec<String>| header.iter().cloned().zip(cells.iter().cloned()).collect();
        lines.map(line).collect()
    }

    /// Everything in a tab.
    pub(crate) fn tab(&self, name: &str) -> &[Vec<String>] {
        let tab = self.tabs.iter().find(|(tab, _)| tab == name);
        &tab.unwrap_or_else(|| panic!("no tab {name} in {}", self.name)).1
    }
}

/// The spreadsheets of a run's summary, by their kind. Each is there once, and all its cells are text.
pub(crate) fn of(stack: &Stack, run: &Run) -> BTreeMap<String, Book> {
    let mut books = BTreeMap::new();
    for file in stack.google.state().expect("the folders").files {
        let property = |name: &str| file.properties.get(name).map(String::as_str).unwrap_or_default();
        if file.folder.direction == Direction::Outbound && !file.trashed && property("run") == run.id.as_str() {
            let mut workbook: Xlsx<_> = open_workbook(&file.path).expect("a spreadsheet");
            let names = workbook.sheet_names();
            let tabs = names.into_iter().map(|name| {
                let range = workbook.worksheet_range(&name).expect("a tab");
                let lines = range.rows().map(|row| row.iter().map(text).collect()).collect();
                (name, lines)
            });
            let book = Book { name: file.name.clone(), tabs: tabs.collect() };
            let other = books.insert(property("kind").to_owned(), book);
            assert!(other.is_none(), "{} has two summaries of one kind", run.file_name);
        }
    }
    books
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        other => panic!("a cell that is no text: {other:?}"),
    }
}
