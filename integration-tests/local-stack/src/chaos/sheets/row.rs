//! A row, and what must become of it.

use super::people::Person;

/// A row of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The number that the sheet shows.
    pub number: u32,
    pub(super) cells: Vec<String>,
    /// Who it is about.
    pub person: Person,
    /// What it must become.
    pub becomes: Becomes,
}

/// What a row must become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// A request, found or made.
    Request(Wanted),
    /// A rule of the feed leaves it out.
    Skipped,
    /// The sheet must be corrected.
    Rejected,
}

/// What Here to Help must hold for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What the request is known by.
    pub key: RequestKey,
    /// The texts that stand on it, each once.
    pub notes: Vec<String>,
    /// Whether the resident has a `Shielding` request too.
    pub follow_up: bool,
}

/// What the API knows a request by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestKey {
    /// The account and the kind, over all residents.
    Ctas {
        /// `NhsCtasId`.
        id: String,
        /// `HelpNeeded`.
        help_needed: &'static str,
    },
    /// An id in the metadata, over all residents.
    Metadata {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// The kind, among the requests of the row's person.
    Generic {
        /// `generic_ingestion_id`.
        id: String,
    },
}
