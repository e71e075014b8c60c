//! Where the rows of a sheet come from.

/// The kind of sheet that rows are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A text with separators: one too many in a row shifts all that follows it.
    Separated,
    /// A tab of this name, of a workbook or a Google Sheet: every cell has its place.
    Tab(String),
}
