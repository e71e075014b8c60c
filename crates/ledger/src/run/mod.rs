//! Runs: one revision of a file each, from its claim until all of it is enqueued, or it is given up.

pub(crate) mod cancel;
pub(crate) mod claim;
pub(crate) mod enqueueing;
pub(crate) mod files;
pub(crate) mod health;
pub(crate) mod item;
pub(crate) mod owners;
pub(crate) mod parts;
pub(crate) mod progress;
pub(crate) mod reading;
pub(crate) mod revision;
mod split_lease;
