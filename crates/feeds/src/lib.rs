//! What each feed means: columns, dates, eligibility, the request, the notes, the outbound tabs.
//!
//! Pure: no I/O, no clock, no environment. One row in, one decision out.

mod clean;
mod decision;
mod feed;
mod feeds;
mod header;
mod intake;
mod month_first;
mod request;
mod row;
mod row_reader;
mod rules;

pub use decision::{Decision, FileProblem, FileRejected, Judged, Outcome, Post, Problem};
pub use feed::{Column, Feed, SummaryShape};
pub use feeds::all;
pub use header::Header;
pub use intake::Intake;
pub use month_first::DateEvidence;
pub use request::{Address, AddressWhen, FollowUp, HelpRequest, Note, ShieldingRequest};
pub use row::{Cell, CellKind, SheetRow};
pub use rules::{ExcludedIds, RULES_VERSION, Rules};
