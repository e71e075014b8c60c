//! The poster: one message, one resident row to Here to Help.
//!
//! [`Poster::handle`] takes the messages of the rows queue one by one (`batch.rs`). For each it claims the row, takes the
//! leases of the resident (`row.rs`), posts (`posting.rs`), settles and acknowledges. What goes wrong comes back later, or
//! settles the row; what must wait (for another poster's lease or claim, for time, or for the end of a pause) is sent
//! again with a delay and uses up no receive.
//!
//! Where every row would fail, posting is paused (`health.rs`); a schedule probes the API and ends the pause (`probe.rs`).

mod accents;
mod batch;
mod begun;
mod health;
mod looking;
mod older;
mod poster;
mod posting;
mod probe;
mod row;
mod settings;
mod settling;
mod speed;
mod stopped;

pub use poster::{Answer, Poster, Unworkable};
pub use settings::Settings;
