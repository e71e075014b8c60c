//! Leases: one poster at a time talks about a resident, and what is remembered of whom it reached.

pub(crate) mod forget;
mod item;
pub(crate) mod leases;
pub(crate) mod memory;
mod stored;
pub(crate) mod taking;
pub(crate) mod version;
