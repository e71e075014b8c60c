//! What every Lambda shares: settings, secrets, queues, logs, metrics.
//!
//! A Lambda's `main` reads like this: [`logs::start`], its settings from the [`settings::Environment`], the clients
//! of [`aws::Clients`], its secrets from [`secrets::Secrets`], and then [`invocation::serve`] with a handler. The
//! messages that travel between the Lambdas are in [`messages`], the queues that carry them in [`queue`].
//!
//! Nothing in here logs an event, a message's text or a panic's words: they may hold personal data.

pub mod aws;
pub mod clock;
pub mod deliveries;
pub mod folders;
pub mod invocation;
pub mod logs;
pub mod mapping;
pub mod metrics;
pub mod notices;
pub mod panics;
pub mod queue;
pub mod secrets;
pub mod settings;
