//! The commands.

pub(crate) mod chaos;
pub(crate) mod dead_letters;
pub(crate) mod demo;
pub(crate) mod measure;
pub(crate) mod samples;
pub(crate) mod up;
pub(crate) mod watch;
