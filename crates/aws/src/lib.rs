//! AWS as all of us use it: [`Clients`] with a time-out on everything, queues ([`queue`]), secrets ([`secrets`]), the event
//! source mapping that lets rows through ([`mapping`]), notices to people ([`notices`]).

mod clients;
pub mod mapping;
pub mod notices;
pub mod queue;
pub mod secrets;

pub use clients::{Clients, config};
