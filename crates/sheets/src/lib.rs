//! Spreadsheets row by row: CSV and XLSX in, XLSX out.
//!
//! [`open`] takes a whole local file and gives its rows one at a time, as the sheet shows them, in
//! constant memory: a CSV of any length costs a few buffers, an XLSX what its table of shared texts
//! needs (see [`Limits`]). The rules are those of docs/contract/feeds.md, "Reading a sheet"; what a row
//! means is none of this crate's business. A file that cannot be read ends in a [`ReadError`] that says
//! which row is at fault and what to do, and never quotes a cell.
//!
//! [`Workbook`] writes a spreadsheet the same way: row by row, to any of its tabs in any order, every
//! cell as text.

mod content;
mod csv;
mod disguise;
mod error;
mod format;
mod limits;
mod no_sheet;
mod rows;
mod workbook;
mod xlsx;

pub use error::ReadError;
pub use format::Format;
pub use limits::Limits;
pub use no_sheet::no_sheet;
pub use rows::{Rows, open};
pub use workbook::{Workbook, WriteError};
