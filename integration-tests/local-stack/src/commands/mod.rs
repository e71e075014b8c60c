//! The commands.

pub(crate) mod chaos;
pub(crate) mod cold_start;
pub(crate) mod cost;
pub(crate) mod dead_letters;
pub(crate) mod demo;
pub(crate) mod memory;
pub(crate) mod pace;
pub(crate) mod samples;
pub(crate) mod up;
pub(crate) mod watch;
