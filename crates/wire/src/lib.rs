//! The bodies that Here to Help takes and gives, and the rules by which it finds people and requests again
//! (docs/contract/here-to-help-api.md). Pure: no I/O.

/// `Debug` by these fields alone: the others hold personal data, which is never printed.
#[macro_export]
macro_rules! debug_only {
    ($name:ident { $($field:ident),* }) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    };
}

mod address;
mod identity;
mod matching;
mod nhs_number;
mod request;

pub use address::{Address, AddressBlock, AddressWhen, Held};
pub use identity::{Identity, identities};
pub use matching::{has_key, identifying, is_found_again, share_a_key};
pub use nhs_number::NhsNumber;
pub use request::{FollowUp, HelpRequest, Note, ShieldingRequest};
