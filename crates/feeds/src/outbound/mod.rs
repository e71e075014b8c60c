//! The summary that people get back: its spreadsheets, their tabs and columns, and what each row adds to them
//! (docs/contract/feeds.md, "Outbound" and part 2 B.1 to B.5).
//!
//! Every cell is plain text: whoever writes it must write it as text, so that nothing becomes a formula or a number.

mod columns;
mod comparison;
mod contact_tracing;
mod layout;
mod line;
mod look;
mod named;
mod summary;
mod tab;

pub(crate) use crate::feed::IdColumn;
pub use columns::RowResult;
pub use comparison::ComparedSheet;
pub use layout::{CELLS_PER_SPREADSHEET, Layout, Parts, Placed};
pub use line::SummaryLine;
pub use look::{Look, Mark};
pub use summary::{FileResult, SummaryFacts, headline, summary_tab, warning_lines};
pub(crate) use tab::Council;
pub use tab::{Spreadsheet, TO_FIX, Tab};

#[cfg(test)]
mod tests;
