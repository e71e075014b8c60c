//! The request to Here to Help for one row. The field names are the API's (PascalCase), a blank field
//! is left out: the API erases what it has where it is sent `""` (here-to-help-api.md, A.8).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_with::skip_serializing_none;

use crate::nhs_number::NhsNumber;

/// The body of `POST v3/help-requests`. Every text is a JSON string, every flag a JSON boolean.
#[skip_serializing_none]
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HelpRequest {
    /// Left out where the address step decides (see [`Address`](crate::Address)).
    pub address_first_line: Option<String>,
    /// The second line of the address.
    pub address_second_line: Option<String>,
    /// The third line of the address: usually the town.
    pub address_third_line: Option<String>,
    /// Somebody should call; the API takes it as true where it is left out.
    pub callback_required: Option<bool>,
    /// The mobile number, as the sheet shows it.
    pub contact_mobile_number: Option<String>,
    /// The other number, as the sheet shows it.
    pub contact_telephone_number: Option<String>,
    /// The parts of the date of birth have no leading zeros.
    pub dob_day: Option<String>,
    /// The month of birth, 1 to 12.
    pub dob_month: Option<String>,
    /// The year of birth.
    pub dob_year: Option<String>,
    /// The e-mail address; it has an `@`.
    pub email_address: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The kind of request.
    pub help_needed: Option<String>,
    /// The kind within the kind (generic feed).
    pub help_needed_subtype: Option<String>,
    /// A flag that the replaced system sent along; kept.
    pub help_with_something_else: Option<bool>,
    /// The last name.
    pub last_name: Option<String>,
    /// A JSON object; the poster adds `ingestion_row`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// The contact tracing account: the API finds a request by it and `HelpNeeded`.
    pub nhs_ctas_id: Option<String>,
    /// One that passes the check.
    pub nhs_number: Option<NhsNumber>,
    /// In upper case.
    pub postcode: Option<String>,
    /// The property's reference number: 1 to 12 digits, leading zeros kept.
    pub uprn: Option<String>,
}

/// A case note, found again by its text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// `Data Ingestion: …`, the feed's name for itself.
    pub author: String,
    /// The text, byte for byte as the feed says it.
    pub note: String,
}

/// A second request that a row may ask for (self isolation: `Shielding`), made once per resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// The note that the new request gets.
    pub note: Note,
    /// The body of `POST v4/residents/{id}/help-requests`.
    pub request: ShieldingRequest,
}

/// The body of a follow-up request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ShieldingRequest {
    /// Somebody should call; the API takes it as true where it is left out.
    pub callback_required: bool,
    /// The kind of request.
    pub help_needed: String,
}

debug_only!(HelpRequest { help_needed });
debug_only!(Note { author });
