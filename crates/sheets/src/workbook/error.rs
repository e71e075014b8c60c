//! Why a spreadsheet cannot be written.

use rust_xlsxwriter::XlsxError;
use thiserror::Error;

/// The rows that a tab can hold, its header included.
pub(super) const MOST_ROWS: u32 = 1_048_576;

/// The columns that a tab can hold.
pub(super) const MOST_COLUMNS: usize = 16_384;

/// Why a spreadsheet cannot be written. A `String` is the name of a tab; nothing of a row is held.
#[derive(Debug, Error)]
pub enum WriteError {
    /// Split the spreadsheet into parts.
    #[error("the tab {0} is full: a tab holds {MOST_ROWS} rows")]
    TooManyRows(String),
    /// A bug: no feed has so many.
    #[error("a row of the tab {0} has more than {MOST_COLUMNS} cells")]
    TooManyColumns(String),
    /// A bug: tabs are added before they are written.
    #[error("the spreadsheet has no tab number {0}")]
    NoSuchTab(usize),
    /// The temporary files cannot be written on: there is no room for them.
    #[error(
        "the disk has no room for the spreadsheet's temporary files: give the function more ephemeral storage \
         (docs/cost.md has how much a summary takes), or make room in the folder for temporary files"
    )]
    Disk,
    /// A name that Excel does not take, or a file that cannot be written.
    #[error("the spreadsheet could not be written")]
    Xlsx(#[from] XlsxError),
}
