//! Spreadsheets row by row: CSV and XLSX in, XLSX out.
//!
//! [`open`] gives the rows of a local file as the sheet shows them, in constant memory: a CSV of any length costs a few
//! buffers, an XLSX what its table of shared texts needs (see [`Limits`]). The rules are those of docs/contract/feeds.md,
//! "Reading a sheet"; what a row means is none of this crate's business. A [`ReadError`] says which row is at fault and what
//! to do, and never quotes a cell. [`Workbook`] writes a spreadsheet the same way, [`TextSheet`] one in memory, where
//! there is no disk.

mod content;
mod csv;
mod disguise;
mod error;
mod format;
mod no_sheet;
mod rows;
mod workbook;
mod xlsx;

pub use error::ReadError;
pub use format::Format;
pub use no_sheet::no_sheet;
pub use rows::{Rows, open};
pub use workbook::{TextSheet, TextSheetError, Workbook, WriteError};

/// The bounds of what one file may cost. Whatever a file declares about itself is not believed: real sizes count.
/// [`Limits::default`] is what the service and `h2h` use; tests make them small.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one row. A row is held whole, and one above 350 KB is rejected later, by itself; a
    /// "row" of megabytes is a file that is not rows at all.
    pub row: usize,
    /// Bytes of those parts of an XLSX file together that are read, unpacked. 1 GiB is about 400,000 rows of 60 columns;
    /// they are streamed, so this bounds time and zip bombs rather than memory. It bounds by itself, too, what merged
    /// cells show in the rows below their first.
    pub unpacked: u64,
    /// Bytes of an XLSX file's table of shared texts, unpacked. It is the one part that is held in memory
    /// whole, at about its size (twice, if all its texts are empty). 64 MiB is a million different
    /// names, addresses and notes.
    pub shared_texts: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { row: 8 << 20, unpacked: 1 << 30, shared_texts: 64 << 20 }
    }
}
