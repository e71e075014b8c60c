//! The rules by which the API finds a resident and a request again (docs/contract/here-to-help-api.md, A.8).

use crate::address::Held;
use crate::request::HelpRequest;

/// The API finds the resident again (A.8, steps 1 and 2), which names alone do not do.
pub fn is_found_again(request: &HelpRequest) -> bool {
    let names = request.first_name.is_some() && request.last_name.is_some();
    let contact = request.email_address.is_some()
        || request.contact_mobile_number.is_some()
        || request.contact_telephone_number.is_some();
    request.nhs_number.is_some() || names && (has_birthday(request) || contact || request.uprn.is_some())
}

/// The request has a whole birthday, by which the API finds the resident beside the names (A.8, step 2).
fn has_birthday(request: &HelpRequest) -> bool {
    request.dob_day.is_some() && request.dob_month.is_some() && request.dob_year.is_some()
}

/// The ids in the metadata by which the API finds a request again (A.8, step 3).
const IDS: [&str; 3] = ["nsss_id", "spl_id", "generic_ingestion_id"];

/// The request has an id by which the API finds it again.
pub fn has_key(request: &HelpRequest) -> bool {
    request.nhs_ctas_id.is_some() || IDS.iter().any(|id| request.metadata.contains_key(*id))
}

/// Both have the same id of that kind.
pub fn share_a_key(one: &HelpRequest, other: &HelpRequest) -> bool {
    let same_id = |id: &&str| one.metadata.get(*id).is_some_and(|value| other.metadata.get(*id) == Some(value));
    one.nhs_ctas_id.is_some() && one.nhs_ctas_id == other.nhs_ctas_id || IDS.iter().any(same_id)
}

/// The request of an older row, for a resident whose newer row the API holds: it never overwrites that one, so what it
/// sends is what the API finds the resident by, and no more. Where the NHS number finds the resident, not even the names,
/// for the newer row may have corrected them.
pub fn identifying(request: &HelpRequest, held: &Held) -> HelpRequest {
    let by_number =
        request.nhs_number.as_ref().zip(held.nhs_number.as_ref()).is_some_and(|(sent, held)| sent.finds(held));
    let base = HelpRequest {
        callback_required: request.callback_required,
        help_needed: request.help_needed.clone(),
        help_needed_subtype: request.help_needed_subtype.clone(),
        help_with_something_else: request.help_with_something_else,
        metadata: request.metadata.clone(),
        nhs_ctas_id: request.nhs_ctas_id.clone(),
        ..HelpRequest::default()
    };
    if by_number {
        return HelpRequest { nhs_number: request.nhs_number.clone(), ..base };
    }
    let named = HelpRequest { first_name: request.first_name.clone(), last_name: request.last_name.clone(), ..base };
    if has_birthday(request) {
        return HelpRequest {
            dob_day: request.dob_day.clone(),
            dob_month: request.dob_month.clone(),
            dob_year: request.dob_year.clone(),
            ..named
        };
    }
    HelpRequest {
        contact_mobile_number: request.contact_mobile_number.clone(),
        contact_telephone_number: request.contact_telephone_number.clone(),
        email_address: request.email_address.clone(),
        uprn: request.uprn.clone(),
        ..named
    }
}

#[cfg(test)]
mod tests {
    use crate::NhsNumber;

    use super::*;

    fn full() -> HelpRequest {
        let text = |text: &str| Some(text.to_owned());
        HelpRequest {
            address_second_line: text("Flat 2"),
            callback_required: Some(true),
            contact_telephone_number: text("020 7946 0000"),
            dob_day: text("1"),
            dob_month: text("2"),
            dob_year: text("1980"),
            email_address: text("a@example.org"),
            first_name: text("Ann"),
            help_needed: text("Shielding"),
            last_name: text("Lee"),
            nhs_number: NhsNumber::read("9434765919"),
            postcode: text("E8 1AB"),
            uprn: text("100"),
            ..HelpRequest::default()
        }
    }

    #[test]
    fn where_the_number_finds_the_resident_the_names_stay_as_they_are() {
        let held = Held { nhs_number: Some("943 476 5919".into()), ..Held::default() };
        let sent = identifying(&full(), &held);
        assert_eq!(sent.nhs_number, NhsNumber::read("9434765919"));
        assert_eq!((sent.first_name, sent.postcode, sent.email_address, sent.uprn), (None, None, None, None));
        assert_eq!(sent.help_needed.as_deref(), Some("Shielding"));
    }

    #[test]
    fn else_names_and_birth_find_it_and_contacts_only_where_there_is_no_birth() {
        let sent = identifying(&full(), &Held::default());
        assert_eq!((sent.nhs_number, sent.dob_year.as_deref()), (None, Some("1980")));
        assert_eq!((sent.email_address, sent.postcode), (None, None));
        let sent = identifying(&HelpRequest { dob_day: None, ..full() }, &Held::default());
        assert_eq!((sent.dob_year, sent.email_address.as_deref()), (None, Some("a@example.org")));
        assert_eq!(sent.address_second_line, None);
    }
}
