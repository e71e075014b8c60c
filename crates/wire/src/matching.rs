//! The rules by which the API finds a resident and a request again (docs/contract/here-to-help-api.md, A.8).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::address::{AddressBlock, Held};
use crate::identity::METADATA_IDS;
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

/// The request has an id by which the API finds it again.
pub fn has_key(request: &HelpRequest) -> bool {
    request.nhs_ctas_id.is_some() || METADATA_IDS.iter().any(|(_, id)| request.metadata.contains_key(*id))
}

/// Both have the same id of that kind.
pub fn share_a_key(one: &HelpRequest, other: &HelpRequest) -> bool {
    let same_id = |id: &str| one.metadata.get(id).is_some_and(|value| other.metadata.get(id) == Some(value));
    one.nhs_ctas_id.is_some() && one.nhs_ctas_id == other.nhs_ctas_id || METADATA_IDS.iter().any(|(_, id)| same_id(id))
}

/// The request's own fields: key, kind, flags and metadata, and nothing of the person.
fn without_person(request: &HelpRequest) -> HelpRequest {
    HelpRequest {
        callback_required: request.callback_required,
        help_needed: request.help_needed.clone(),
        help_needed_subtype: request.help_needed_subtype.clone(),
        help_with_something_else: request.help_with_something_else,
        metadata: request.metadata.clone(),
        nhs_ctas_id: request.nhs_ctas_id.clone(),
        ..HelpRequest::default()
    }
}

/// The request for somebody whom the API holds like this: what identifies them goes as it stands there, so that the API finds
/// that resident and changes nothing.
pub fn as_it_stands(request: &HelpRequest, held: &Held) -> serde_json::Result<Map<String, Value>> {
    let identity =
        Held { address: AddressBlock { uprn: held.address.uprn.clone(), ..AddressBlock::default() }, ..held.clone() };
    let (mut body, identity) = (object(&without_person(request))?, object(&identity)?);
    body.extend(identity.into_iter().filter(|(_, value)| value.as_str().is_some_and(|text| !text.trim().is_empty())));
    Ok(body)
}

fn object(of: &impl Serialize) -> serde_json::Result<Map<String, Value>> {
    serde_json::to_value(of).and_then(serde_json::from_value)
}

/// The request for somebody who is known, and of whom nothing can be seen: what the API finds the resident by, and no more, for
/// staff may have corrected the rest. Where we wrote the NHS number that is the number alone.
pub fn identifying(request: &HelpRequest, by_number: bool) -> HelpRequest {
    let base = without_person(request);
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
        let sent = identifying(&full(), true);
        assert_eq!(sent.nhs_number, NhsNumber::read("9434765919"));
        assert_eq!((sent.first_name, sent.postcode, sent.email_address, sent.uprn), (None, None, None, None));
        assert_eq!(sent.help_needed.as_deref(), Some("Shielding"));
    }

    #[test]
    fn else_names_and_birth_find_it_and_contacts_only_where_there_is_no_birth() {
        let sent = identifying(&full(), false);
        assert_eq!((sent.nhs_number, sent.dob_year.as_deref()), (None, Some("1980")));
        assert_eq!((sent.email_address, sent.postcode), (None, None));
        let sent = identifying(&HelpRequest { dob_day: None, ..full() }, false);
        assert_eq!((sent.dob_year, sent.email_address.as_deref()), (None, Some("a@example.org")));
        assert_eq!(sent.address_second_line, None);
    }

    #[test]
    fn who_is_held_goes_as_it_stands_and_no_address() {
        let held = serde_json::json!({
            "NhsNumber": "943 476 5919", "FirstName": "Anne ", "LastName": "Lee-Ray", "DobDay": "01", "DobMonth": "2",
            "DobYear": "1981", "EmailAddress": "", "ContactMobileNumber": "07700 900123 / 020 7946 0000",
            "AddressFirstLine": "1 A Road", "Postcode": "E8 2AB", "Uprn": "100", "Ward": "Dalston",
        });
        let held: Held = serde_json::from_value(held).expect("held");
        let expected = serde_json::json!({
            "CallbackRequired": true, "HelpNeeded": "Shielding",
            "NhsNumber": "943 476 5919", "FirstName": "Anne ", "LastName": "Lee-Ray", "DobDay": "01", "DobMonth": "2",
            "DobYear": "1981", "ContactMobileNumber": "07700 900123 / 020 7946 0000", "Uprn": "100",
        });
        assert_eq!(Value::Object(as_it_stands(&full(), &held).expect("a body")), expected);
    }
}
