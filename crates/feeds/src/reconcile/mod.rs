//! A comparison of what Here to Help holds with what the row says: whose request came back, the address, the notes.
//!
//! The poster asks the API what is there, and these functions say what is left to do. Each can be asked
//! again after its own step was done, and then says that nothing is left (docs/contract/feeds.md,
//! "Address" and "Whose request came back").

mod address;
mod fold;
mod held;
mod identity;
mod notes;
mod person;

pub use address::{AddressBlock, AddressStep, address_step};
pub use fold::fold;
pub use held::Held;
pub use identity::{Identity, identities};
pub use notes::missing_notes;
pub use person::{ANOTHER_PERSON, Person, whose};
