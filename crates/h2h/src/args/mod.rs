//! The words of the command line that several commands take.

pub mod dead_rows;
pub mod environment;
pub mod names;
pub mod since;
pub mod why;
pub mod words;
