//! The changes of a resident whom Here to Help holds.

use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::address::AddressBlock;
use crate::nhs_number::NhsNumber;

/// The body of `PATCH v3/help-requests/{id}` (docs/contract/here-to-help-api.md, A.6c): what is `None` is left alone, anything
/// else is written over what stands there, phones too.
#[skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResidentPatch {
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The parts of the date of birth, all or none.
    pub dob_day: Option<String>,
    /// The month of birth.
    pub dob_month: Option<String>,
    /// The year of birth.
    pub dob_year: Option<String>,
    /// One that passes the check.
    pub nhs_number: Option<NhsNumber>,
    /// The e-mail address.
    pub email_address: Option<String>,
    /// All numbers that shall stand there, with ` / ` between.
    pub contact_telephone_number: Option<String>,
    /// As the telephone number.
    pub contact_mobile_number: Option<String>,
    /// The six fields of the address as they shall be.
    #[serde(flatten)]
    pub address: Option<AddressBlock>,
    /// The first note of a request that has none, as it is stored. Where there is one, the API writes over it.
    pub case_notes: Option<String>,
}

impl ResidentPatch {
    /// True where nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

debug_only!(ResidentPatch {});
