//! AWS as all of us use it: clients with a time-out on everything, queues, secrets, event source mappings, notices.

mod clients;
pub mod mapping;
pub mod notices;
pub mod queue;
pub mod secrets;

pub use clients::{Clients, config};
