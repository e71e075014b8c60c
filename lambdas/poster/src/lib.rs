//! The poster: one message, one resident row to Here to Help.
//!
//! [`Poster::handle`] takes the messages of the rows queue one by one (`batch.rs`), each when this poster's turn has come (`turn.rs`). For each it claims the row, takes the
//! leases of the resident, delivers the row to the API, decides what becomes of it and writes that down (`row.rs`, which one
//! reads from above; `row/delivery.rs` is the conversation with the API, `row/decide.rs` the one decision). By what the leases
//! remember (`row/memory.rs`) a known row is looked at and not posted, and what staff corrected stays
//! (`row/reconcile/fields.rs`, `step.rs`); what a row adds to it is written before the row settles. What must wait (for another poster's
//! lease or claim, for time, or for the end of a pause) is sent again with a delay and uses up no receive.
//!
//! Where every row would fail, posting is paused (`health.rs`); a schedule probes the API and ends the pause (`probe.rs`).

mod at_once;
mod batch;
mod failure;
mod handle;
mod health;
mod poster;
mod probe;
mod row;
mod settings;
mod speed;
mod turn;

pub use at_once::AtOnce;
pub use handle::{Answer, Unworkable};
pub use poster::Poster;
pub use settings::Settings;
