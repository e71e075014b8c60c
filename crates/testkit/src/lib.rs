//! The tools that the tests of several crates share. Nothing else depends on it, and it depends on no crate of ours.
//!
//! Everything here listens on a free port of 127.0.0.1 and ends with the test's runtime.

pub mod aws;
#[cfg(feature = "browser")]
pub mod browser;
pub mod connection;
#[cfg(feature = "dynamodb")]
pub mod dynamodb;
#[cfg(feature = "dynamodb")]
pub mod proxy;
pub mod runtime;
pub mod server;
pub mod sqs;
