//! The operations of people on a running pipeline: look at its dead letters, send them again or discard them, cancel a
//! run, pause posting.
//!
//! **The ledger is the truth of outcomes**: [`dead`] lists come from it, and a look touches no message. The dead-letter
//! queue ([`dead_letter_queue`]) holds the messages that people and AWS's own tools work with; [`redrive`] keeps the
//! two together. Everything here may be interrupted at any point, or fail with the errors of whom it asks, and be
//! started again: with a new list or plan it goes on where it stopped.

pub mod breaker;
pub mod cancel;
pub mod dead;
pub mod dead_letter_queue;
pub mod discard;
mod error;
pub mod redrive;

pub use error::{Error, Result};
