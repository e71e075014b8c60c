//! The meaning of each feed: columns, dates, eligibility, the request, the notes, the outbound tabs.
//!
//! Pure: no I/O, no clock, no environment. Rows of a sheet go into an [`Intake`], decisions come out: each row is posted,
//! skipped by a rule of its [`Feed`], or rejected with what to correct ([`Decision`]). [`Feed::judge`] decides a stored
//! row again, the same way. [`Layout`] says how the summary looks that people get back.
//!
//! A feed is a table of its columns and one function, in a file of its own under `src/feeds/`; a sixth feed is one more
//! file and one more line in `src/feeds/mod.rs`. The rules are docs/contract/feeds.md, part 1 before part 2.

mod clean;
mod column;
mod contact;
mod crammed;
mod date;
mod decision;
mod evidence;
mod example;
mod feed;
mod feeds;
mod fields;
mod garbled;
mod guess;
mod header;
mod identifiable;
mod intake;
mod judge;
mod merged;
mod name;
mod nearest;
mod nothing;
mod numbers;
mod outbound;
mod problem;
mod row;
mod row_reader;
mod rules;
mod settlement;
mod size;
mod tally;
mod text;

pub use clean::{is_invisible, is_joiner};
pub use column::Column;
pub use decision::{Decision, Judged, Post};
pub use evidence::SheetEvidence;
pub use feed::{Direction, Feed};
pub use feeds::all;
pub use header::{CarriedAlong, Header};
pub use intake::Intake;
pub use merged::{MergedCells, MergedRegion};
pub use outbound::{
    CELLS_PER_SPREADSHEET, ComparedSheet, FileResult, Layout, Look, Mark, Parts, Placed, RowResult, Spreadsheet,
    SummaryFacts, SummaryLine, TO_FIX, Tab, headline, summary_tab, warning_lines,
};
pub use problem::{FileProblem, FileRejected, Problem};
pub use row::{Cell, CellKind, Origin, SheetRow};
pub use rules::{ExcludedIds, RULES_VERSION, Rules};
pub use settlement::{Outcome, Settlement};
pub use size::fits;
pub use tally::{Rows, Tally, without_quotes};
pub use text::column_letters;
