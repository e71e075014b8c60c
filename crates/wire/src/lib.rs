//! The bodies that Here to Help takes and gives, and the rules by which it finds people and requests again
//! (docs/contract/here-to-help-api.md). Pure: no I/O.

#[macro_use]
mod printed;

mod apart;
mod held;
mod identifying;
mod identity;
mod matching;
mod nhs_number;
mod request;

pub use held::Held;
pub use identifying::identifying;
pub use identity::{Identity, identities};
pub use matching::{has_key, is_found_again, share_a_key};
pub use nhs_number::NhsNumber;
pub use request::{Address, AddressBlock, AddressWhen, FollowUp, HelpRequest, Note, ShieldingRequest};
