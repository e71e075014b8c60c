//! The report: when a summary is owed, and who writes it of which rows.

pub(crate) mod due;
pub(crate) mod reporting;
pub(crate) mod rows;
