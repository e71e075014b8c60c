//! The reporter: the outbound summary of every run that is complete.
//!
//! [`Reporter::event`] tells its three events apart. The table's stream only says that a run may be complete:
//! it is looked at and, if so, put on the reports queue. A message of the reports queue has its run's summary
//! written. The sweep finds the runs that got stuck, repairs them, and settles what cannot be repaired.

mod error;
mod event;
mod last_sheet;
mod notice;
mod open_rows;
mod report;
mod stream;
mod summary_store;
mod sweep;
mod workbook_part;

use error::ReportError;
pub use event::Reporter;
