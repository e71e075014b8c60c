//! The terraform module and the code as text and trees, for the tests that compare them.

mod module;
mod roles;
mod sources;

pub use module::{Module, at, json, member, metrics_of_alarms, nested, number, text};
pub use roles::Right;
pub use sources::{Metric, code, metrics_of_code, root, settings_read_by};
