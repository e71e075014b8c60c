//! The address of a row, and the resident and address that the API holds.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::request::HelpRequest;

/// The row's address, written by `PATCH v3/help-requests/{id}` only once it is known what is there.
#[skip_serializing_none]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Address {
    /// The first line.
    pub address_first_line: String,
    /// The second line.
    pub address_second_line: Option<String>,
    /// The third line: usually the town.
    pub address_third_line: Option<String>,
    /// In upper case.
    pub postcode: String,
    /// The property's reference number: 1 to 12 digits, leading zeros kept.
    pub uprn: Option<String>,
    /// When it is written.
    #[serde(rename = "when")]
    pub when: AddressWhen,
}

/// When a row's address is written over what the API shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressWhen {
    /// The row knows only a house number: never over a whole address.
    Missing,
    /// The row knows the whole address: also where another one is there.
    Different,
}

impl Address {
    /// Takes the first line out of the request of a row that has first line and postcode, so that the POST leaves a
    /// known resident's address alone, and gives the address that is written afterwards. The other lines, the postcode
    /// and the UPRN go in the POST too: a new resident is stored with them, and the API matches by UPRN.
    ///
    /// Without one of the two, all that there is goes in the POST.
    pub fn apart(request: &mut HelpRequest, when: AddressWhen) -> Option<Self> {
        let postcode = request.postcode.clone()?;
        let address_first_line = request.address_first_line.take()?;
        Some(Self {
            address_first_line,
            address_second_line: request.address_second_line.clone(),
            address_third_line: request.address_third_line.clone(),
            postcode,
            uprn: request.uprn.clone(),
            when,
        })
    }
}

/// The six fields of an address that the API replaces as one block: as it shows them, and as the body of
/// `PATCH v3/help-requests/{id}`. There, what is `None` is left out, and the API nulls it; first line and postcode are
/// always there.
#[skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddressBlock {
    /// House number and street, or the first part of them.
    pub address_first_line: Option<String>,
    /// The second line.
    pub address_second_line: Option<String>,
    /// The third line, often the town.
    pub address_third_line: Option<String>,
    /// The postcode.
    pub postcode: Option<String>,
    /// The number of the property.
    pub uprn: Option<String>,
    /// The ward, which only staff enter: no feed has it, so it is always the API's own.
    pub ward: Option<String>,
}

/// The resident and address that `GET v3/help-requests/{id}` shows, as they are stored
/// (docs/contract/here-to-help-api.md, A.2). A blank field counts as none.
#[skip_serializing_none]
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Held {
    /// It may have blanks between the digits.
    pub nhs_number: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// It may have a leading zero.
    pub dob_day: Option<String>,
    /// It may have a leading zero.
    pub dob_month: Option<String>,
    /// The year of birth.
    pub dob_year: Option<String>,
    /// The e-mail address.
    pub email_address: Option<String>,
    /// One number, or several with ` / ` between: the API joins them.
    pub contact_telephone_number: Option<String>,
    /// As the telephone number.
    pub contact_mobile_number: Option<String>,
    /// The address.
    #[serde(flatten)]
    pub address: AddressBlock,
}

debug_only!(Address { when });
debug_only!(AddressBlock {});
debug_only!(Held {});
