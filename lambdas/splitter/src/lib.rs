//! The splitter: new sheets in Drive become ledgered rows and one message per row to post.
//!
//! A poll goes on with what an earlier invocation began, then takes the new files of a feed's inbound folder, oldest
//! first: each is claimed, read whole into the ledger and only then enqueued. It stops in good time before its deadline,
//! and the next schedule goes on from the checkpoint.

mod done;
mod enqueueing;
mod error;
mod poll;
mod reading;
mod select;
mod settings;
mod source;

pub use done::DoneFiles;
pub use poll::Splitter;
pub use settings::Settings;
