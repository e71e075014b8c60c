//! The poster: one message, one resident row to Here to Help.
//!
//! [`Poster::batch`] takes the messages of the rows queue one by one. For each it claims the row, takes the leases of
//! the resident, posts (`posting.rs`), settles and acknowledges. What goes wrong comes back later, or settles the row;
//! what must wait (for another poster's lease or claim, or for time) is sent again with a delay and uses up no receive.

mod batch;
mod older;
mod posting;
mod row;
mod settings;
mod settling;

pub use batch::Poster;
pub use settings::Settings;
