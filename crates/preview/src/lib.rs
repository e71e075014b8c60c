//! What a sheet would become, counted and grouped, without sending anything.
//!
//! `h2h preview` and the check in the browser (web/check) both show what this says, so that they never disagree with each
//! other, nor with the splitter, whose [`feeds::Intake`] judges the rows here too. Pure, as `feeds` is.

mod doubles;
mod findings;
mod problems;
mod report;
mod to_fix;

pub use doubles::{Double, Doubles};
pub use findings::{Counts, Findings};
pub use problems::{Group, Problems};
pub use report::{FileLine, RowLine, Sheet};
pub use to_fix::ToFix;
