//! The parts that the Lambdas share: invocations, deliveries, panics, logs, metrics, settings.
//!
//! A Lambda's `main` is [`invocation::serve`] with a handler and with what builds its parts. Nothing in here logs an
//! event, a message's text or a panic's words: they may hold personal data.

pub mod clock;
pub mod deliveries;
pub mod invocation;
pub mod logs;
pub mod metrics;
mod panics;
pub mod settings;
