//! The parts that the Lambdas share: invocations, deliveries, panics, logs, metrics, settings.
//!
//! A Lambda's `main` reads like this: [`logs::start`], its settings from the [`settings::Environment`], the clients
//! and secrets of the crate `aws`, and then [`invocation::serve`] with a handler. What becomes of a queue's messages is
//! in [`deliveries`].
//!
//! Nothing in here logs an event, a message's text or a panic's words: they may hold personal data.

pub mod clock;
pub mod deliveries;
pub mod folders;
pub mod invocation;
pub mod logs;
pub mod metrics;
pub mod panics;
pub mod settings;
