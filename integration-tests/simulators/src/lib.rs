//! Strict simulators of Google Drive and Sheets, and of the Here to Help API; staff who correct what stands there; NHS numbers
//! of people who do not exist.

pub mod desk;
pub mod google;
pub mod here_to_help;

mod nhs_number;

pub use nhs_number::nhs_number;
