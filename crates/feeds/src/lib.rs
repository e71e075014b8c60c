//! What each feed means: columns, dates, eligibility, the request, the notes, the outbound tabs.
//!
//! Pure: no I/O, no clock, no environment. One row in, one decision out.

mod decision;
mod request;
mod row;

pub use decision::{Decision, FileProblem, Judged, Outcome, Post, Problem};
pub use request::{Address, AddressWhen, FollowUp, HelpRequest, Note, ShieldingRequest};
pub use row::{Cell, CellKind, SheetRow};
