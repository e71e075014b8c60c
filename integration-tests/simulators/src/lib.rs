//! Strict simulators of Google Drive and Sheets, and of the Here to Help API.

pub mod google;
pub mod here_to_help;
