//! Whole files, read and written as the service does it.

mod csv;
mod differential;
mod disguise;
mod facts;
mod in_memory;
mod look;
mod mutated;
mod package;
mod support;
mod two_ways;
mod workbook;
mod xlsx;
