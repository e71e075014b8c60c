//! The client of the Here to Help API: typed requests and replies, error classes, retries, pace.
//!
//! A process builds one [`Client`] and asks it for an [`Invocation`] (a deadline and a number of
//! retries, shared by all that the invocation does), and that for one [`Conversation`] a row: the calls
//! of `docs/contract/here-to-help-api.md`, one method each. Every call waits for its turn ([`Pace`]), has
//! a timeout, starts only if it can end before the deadline, and is repeated where that is safe. How many rows may be there
//! at once says the [`Limit`] that all processes share ([`Turns`]); who calls keeps to it.
//!
//! A failure is an [`Error`]: its [`Class`] says what to do with the row, its [`Kind`] what happened, and
//! [`Error::may_have_been_applied`] whether to look before the call is made again. The rules stand in one place,
//! `verdict.rs`. No error and no log line holds an answer's body, a query or a field of a row: the API echoes rows in
//! its errors.

mod adjust;
mod client;
mod conversation;
mod error;
mod exchange;
mod limit;
mod notes;
mod operation;
mod pace;
mod reply;
mod retry;
mod search;
mod took;
mod turns;
mod verdict;
mod work;

pub use client::{Client, Invocation, Settings, SetupError};
pub use conversation::Conversation;
pub use error::Error;
pub use limit::{Limit, MayWait, NotMeant};
pub use notes::{note_texts, stored_note, texts_of};
pub use operation::Operation;
pub use pace::Pace;
pub use reply::{HelpRequestReply, ResidentRequest};
pub use search::{Search, has_other_letters};
pub use took::Took;
pub use turns::{Step, Turns};
pub use verdict::{Class, Kind};
pub use work::{RowSeen, Seen, Work};
