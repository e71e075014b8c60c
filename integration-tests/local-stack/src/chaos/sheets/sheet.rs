//! A sheet, and what each of its rows must become.

use anyhow::{Context, Result};
use feeds::Feed;

use super::people::Person;

/// The contact tracing accounts that are left out.
pub const EXCLUDED: &str = "ct-excluded";

/// A sheet to drop.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The feed into whose folder it is dropped.
    pub feed: &'static Feed,
    /// The file's name on disk.
    pub file: String,
    /// Its name in Drive.
    pub name: String,
    pub(super) header: Vec<String>,
    /// The rows below the header, in order.
    pub rows: Vec<Row>,
    /// Whether the whole file is rejected, for its header.
    pub is_rejected: bool,
}

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

impl Sheet {
    /// The sheet as a CSV file.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(&self.header).context("the header is no CSV")?;
        for row in &self.rows {
            csv.write_record(&row.cells).context("a row is no CSV")?;
        }
        csv.into_inner().context("the sheet is no CSV")
    }
}
