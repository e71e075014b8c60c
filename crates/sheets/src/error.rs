//! Why a file cannot be read, for people.

use std::error::Error as Cause;
use std::io;
use std::sync::Arc;

use feeds::FileProblem;
use thiserror::Error;

use crate::format::Format;

/// Why a file, or the rest of it, cannot be read. Names rows and columns as the sheet shows them, and never
/// quotes what is in a cell; errors of the parsers below, which do, are not passed on.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The disk's fault, not the file's.
    #[error("the file could not be read from disk")]
    Io(#[source] io::Error),
    /// Nothing in it.
    #[error("the file is empty: it holds not a single character")]
    Empty,
    /// Excel's "Unicode Text", and its like: UTF-16 or UTF-32.
    #[error("the file is text in {0}, not CSV")]
    WideText(&'static str),
    /// Named a sheet, but something else: what it is, and what to do about it.
    #[error("the file is called {0}, but it is {1}")]
    Other(Format, &'static str, String),
    /// From here on nobody can say what is a row: the file is rejected rather than half of it swallowed.
    #[error("row {row}, column {column}: a quotation mark opens the cell and is never closed")]
    UnclosedQuote {
        /// The row in which the mark opens.
        row: u32,
        /// The column, the first is 1.
        column: usize,
    },
    /// Mostly an unclosed quotation mark too: it "closes" where a later cell opens.
    #[error("row {row}, column {column}: the quotation marks do not pair up{}", after(*lines))]
    StrayQuote {
        /// The row in which the first mark opens.
        row: u32,
        /// The column, the first is 1.
        column: usize,
        /// How many lines further down the text is that follows a closing mark.
        lines: u32,
    },
    /// See [`crate::Limits::row`].
    #[error("row {row} is longer than {} MB: this is not a table of rows", .limit.div_ceil(1 << 20))]
    RowTooLong {
        /// The row.
        row: u32,
        /// The limit in bytes.
        limit: usize,
    },
    /// Encrypted by Excel, or a zip archive with a password.
    #[error("the workbook is protected by a password")]
    PasswordProtected,
    /// Named XLSX, but something else.
    #[error("the file is called XLSX, but it is no Excel workbook")]
    NotXlsx,
    /// See [`crate::Limits::unpacked`] and [`crate::Limits::shared_texts`].
    #[error("the workbook is too large: {what} takes up more than {} MB", .limit.div_ceil(1 << 20))]
    TooLarge {
        /// Which part.
        what: &'static str,
        /// The limit in bytes.
        limit: u64,
    },
    /// Every tab is hidden, or a chart.
    #[error("the workbook has no visible tab with cells")]
    NoTab,
    /// A damaged workbook.
    #[error("the workbook is damaged{}: {what}", after_row(*row))]
    Broken {
        /// The last row that could be read; 0 where none could.
        row: u32,
        /// The thing that the parser stumbled over.
        what: &'static str,
    },
}

impl ReadError {
    /// A file that is called so, and is what no list is.
    pub(crate) fn other(called: Format, what: &'static str) -> Self {
        let how_to_fix = "Open the list in the program that it is from, or in Excel, save it as Excel Workbook (.xlsx) or CSV (.csv), \
                          and drop the new file. Another name alone does not make it one.";
        Self::Other(called, what, how_to_fix.to_owned())
    }

    /// A damaged workbook, before its first row.
    pub(crate) const fn broken(what: &'static str) -> Self {
        Self::Broken { row: 0, what }
    }

    /// The same for the `REJECTED_…` summary and for `h2h preview`: what is wrong, and what to do.
    pub fn file_problem(&self) -> FileProblem {
        let how_to_fix = match self {
            Self::Io(_) => "Drop the file again. If it happens again, tell the technical team.",
            Self::Empty => "Export the list again, look into the file, and drop it again.",
            Self::WideText(_) => {
                "See that its name ends in .csv, open it in Excel, choose File, Save As, \"CSV UTF-8 (Comma delimited)\", \
                 and drop the new file."
            }
            Self::Other(.., how_to_fix) => how_to_fix,
            Self::UnclosedQuote { row, .. } | Self::StrayQuote { row, .. } => &format!(
                "Look at row {row} in a text editor: a cell that begins with \" must end with \", and a \" within it is \
                 written twice (\"\"). Or export the list again, as XLSX or as Google Sheet."
            ),
            Self::RowTooLong { .. } => {
                "Look whether this is the right file, and export the list again as CSV with one resident a row."
            }
            Self::PasswordProtected => {
                "In Excel choose File, Info, Protect Workbook, Encrypt with Password, clear the password, save, and drop \
                 the file again."
            }
            Self::TooLarge { .. } => {
                "Save the list as CSV, or open it as a Google Sheet, and drop that: neither has a limit. Formats, \
                 pictures and tabs that are not needed can also be taken out."
            }
            Self::NoTab => "Show the tab that holds the list (right click on a tab, Unhide), and drop the file again.",
            Self::NotXlsx | Self::Broken { .. } => {
                "Open the file in Excel or Google Sheets and save it again as XLSX, or as CSV, and drop the new file."
            }
        };
        FileProblem { problem: format!("the file cannot be read: {self}"), how_to_fix: how_to_fix.to_owned() }
    }
}

/// The disk's own error behind a parser's. What a parser makes up about a damaged file bears no code of the system's,
/// and a place that a damaged file points to and no file can have is the file's fault too.
pub(crate) fn of_the_disk(error: &(dyn Cause + 'static)) -> Option<io::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>().or_else(|| error.downcast_ref::<Arc<io::Error>>().map(Arc::as_ref));
        let disk = io.filter(|io| io.kind() != io::ErrorKind::InvalidInput).and_then(io::Error::raw_os_error);
        if disk.is_some() {
            return disk.map(io::Error::from_raw_os_error);
        }
        cause = error.source();
    }
    None
}

fn after(lines: u32) -> String {
    match lines {
        0 => String::new(),
        1 => " (the cell that opens there runs into the next line)".to_owned(),
        lines => format!(" (the cell that opens there runs over the next {lines} lines)"),
    }
}

fn after_row(row: u32) -> String {
    if row == 0 { String::new() } else { format!(" below row {row}") }
}
