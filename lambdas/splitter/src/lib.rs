//! The splitter: new sheets in Drive become ledgered rows and one message per row to post.
//!
//! A poll goes on with what an earlier invocation began, then takes the new files of a feed's inbound
//! folder, oldest first. A file is claimed, read whole into the ledger (`reading.rs`) and only then enqueued
//! (`enqueueing.rs`). It stops in good time before its deadline, and the next schedule goes on from the checkpoint.
//! Beside that it looks at a folder for `h2h`.

mod enqueueing;
mod error;
mod poll;
mod reading;
mod select;
mod settings;
mod source;

pub use poll::Splitter;
pub use settings::Settings;
