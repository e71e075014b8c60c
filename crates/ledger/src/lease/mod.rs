//! Leases: one poster at a time talks about a resident, and what is remembered of whom it reached.

pub(crate) mod known;
pub(crate) mod leases;
