//! Why a spreadsheet cannot be written.

use rust_xlsxwriter::XlsxError;
use thiserror::Error;

/// The rows that a tab can hold, its header included.
pub(super) const MOST_ROWS: u32 = 1_048_576;

/// Why a spreadsheet cannot be written. Nothing of a row is held.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The tab of this name is full: split the spreadsheet into parts.
    #[error("the tab {0} is full: a tab holds {MOST_ROWS} rows")]
    TooManyRows(String),
    /// The temporary files cannot be written on: there is no room for them.
    #[error(
        "the disk has no room for the spreadsheet's temporary files: give the function more ephemeral storage \
         (docs/cost.md has how much a summary takes), or make room in the folder for temporary files"
    )]
    Disk,
    /// A name that Excel does not take, or a file that cannot be written. A tab or a column that there cannot be is a bug:
    /// no feed has so many.
    #[error("the spreadsheet could not be written")]
    Xlsx(#[from] XlsxError),
}
