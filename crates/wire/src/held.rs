//! The resident that the API shows with a request.

/// The resident and address that `GET v3/help-requests/{id}` shows, as it shows them
/// (docs/contract/here-to-help-api.md, A.2). A blank field counts as none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// As stored; it may have blanks between the digits.
    pub nhs_number: Option<String>,
    /// As stored.
    pub first_name: Option<String>,
    /// As stored.
    pub last_name: Option<String>,
    /// As stored; it may have a leading zero.
    pub dob_day: Option<String>,
    /// As stored; it may have a leading zero.
    pub dob_month: Option<String>,
    /// As stored.
    pub dob_year: Option<String>,
    /// First of the six fields that the API replaces as one block.
    pub address_first_line: Option<String>,
    /// As stored.
    pub address_second_line: Option<String>,
    /// As stored.
    pub address_third_line: Option<String>,
    /// As stored.
    pub postcode: Option<String>,
    /// The number of the property.
    pub uprn: Option<String>,
    /// The ward, which only staff enter.
    pub ward: Option<String>,
}

debug_only!(Held {});
