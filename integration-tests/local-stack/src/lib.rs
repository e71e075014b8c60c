//! The whole system on one machine, without Docker and without an account.
//!
//! [`Stack::start`] installs and starts a local AWS (ministack, from PyPI), makes the table, the queues, the functions
//! and their event source mappings with the values that `infra` has, and starts simulators of Google and of the
//! Here to Help API. The functions run **the real Lambda binaries**. Everything listens on 127.0.0.1 only and ends
//! with the [`Stack`], however the process ends.
//!
//! Times that people know in minutes are shortened in one place: [`tempo`].

mod binaries;
pub mod calls;
pub mod chaos;
pub mod dead_letters;
mod endpoints;
mod functions;
pub mod invocations;
mod metrics;
mod ministack;
pub mod posters;
pub mod processes;
pub mod proxy;
mod resources;
mod schedules;
pub mod spl;
mod stack;
pub mod summaries;
pub mod tempo;
pub mod values;
pub mod web;

pub use endpoints::Endpoints;
pub use simulators::nhs_number;
pub use stack::{HereToHelp, Options, Stack};
