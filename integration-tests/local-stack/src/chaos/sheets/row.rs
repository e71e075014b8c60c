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
    /// The outcome that it must have.
    pub becomes: Becomes,
}

/// The outcome that a row must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// A request, found or made.
    Request(Wanted),
    /// A rule of the feed leaves it out.
    Skipped,
    /// The sheet must be corrected.
    Rejected,
}

/// The state that Here to Help must hold for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The key of the request.
    pub key: RequestKey,
    /// The texts that stand on it, each once.
    pub notes: Vec<String>,
    /// The resident has a `Shielding` request too.
    pub follow_up: bool,
    /// What the row says of the resident.
    pub says: Vec<Says>,
}

/// Something that a row says of its resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Says {
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The whole date of birth.
    DateOfBirth,
    /// The NHS number.
    NhsNumber,
    /// The e-mail.
    Email,
    /// The telephone number.
    Telephone,
    /// The mobile number.
    Mobile,
    /// The first line of the address.
    Address,
    /// The postcode of the address.
    Postcode,
}

impl Says {
    /// The API's names of its fields.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::FirstName => &["FirstName"],
            Self::LastName => &["LastName"],
            Self::DateOfBirth => &["DobDay", "DobMonth", "DobYear"],
            Self::NhsNumber => &["NhsNumber"],
            Self::Email => &["EmailAddress"],
            Self::Telephone => &["ContactTelephoneNumber"],
            Self::Mobile => &["ContactMobileNumber"],
            Self::Address => &["AddressFirstLine"],
            Self::Postcode => &["Postcode"],
        }
    }

    /// The words that a warning has for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::FirstName => "first name",
            Self::LastName => "last name",
            Self::DateOfBirth => "date of birth",
            Self::NhsNumber => "NHS number",
            Self::Email => "e-mail",
            Self::Telephone => "telephone",
            Self::Mobile => "mobile",
            Self::Address | Self::Postcode => "address",
        }
    }
}

/// The key by which the API knows a request.
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
