//! The values of a row and of a resident in their normal forms, as fingerprints: equal ones say the same.

use std::collections::BTreeMap;

use ledger::{Field, Fingerprint, HashKey};
use wire::{Held, HelpRequest, NhsNumber};

use super::fold::{birthday, fold, given};
use super::row_address::{Extent, RowAddress, normal};

/// Fingerprints by field; a blank field has none.
pub(crate) type Values = BTreeMap<Field, Fingerprint>;

/// The values that a row sends.
pub(crate) fn values_of_row(key: &HashKey, request: &HelpRequest, address: Option<&RowAddress>) -> Values {
    let number = request.nhs_number.as_ref().map(|number| number.as_str().to_owned());
    let whole = address.map(|address| match address.extent {
        Extent::Whole => (Field::Address, Some(normal(&address.block))),
        Extent::HouseNumber => (Field::HouseNumber, Some(normal(&address.block))),
        Extent::Parts => (Field::Postcode, request.postcode.clone()),
    });
    let texts = [
        (Field::FirstName, request.first_name.clone()),
        (Field::LastName, request.last_name.clone()),
        (Field::Birthday, birthday([&request.dob_day, &request.dob_month, &request.dob_year])),
        (Field::NhsNumber, number),
        (Field::Email, request.email_address.clone()),
        (Field::Telephone, request.contact_telephone_number.clone()),
        (Field::Mobile, request.contact_mobile_number.clone()),
        (Field::Uprn, request.uprn.clone()),
    ];
    hashed(key, texts.into_iter().chain(whole))
}

/// The values that a resident has, but for phones and address.
pub(crate) fn values_of_held(key: &HashKey, held: &Held) -> Values {
    let texts = [
        (Field::FirstName, held.first_name.clone()),
        (Field::LastName, held.last_name.clone()),
        (Field::Birthday, birthday([&held.dob_day, &held.dob_month, &held.dob_year])),
        (Field::NhsNumber, held.nhs_number.clone()),
        (Field::Email, held.email_address.clone()),
        (Field::Postcode, held.address.postcode.clone()),
        (Field::Uprn, held.address.uprn.clone()),
    ];
    hashed(key, texts)
}

fn hashed(key: &HashKey, texts: impl IntoIterator<Item = (Field, Option<String>)>) -> Values {
    let given = texts.into_iter().filter_map(|(field, text)| Some((field, given(&text)?.to_owned())));
    given.map(|(field, text)| (field, value(key, field, &text))).collect()
}

/// The fingerprint of a value. Both phones are hashed alike: the API looks for either among both.
pub(crate) fn value(key: &HashKey, field: Field, text: &str) -> Fingerprint {
    let text = text.trim();
    match field {
        Field::FirstName => key.fingerprint("first name", text),
        Field::LastName => key.fingerprint("last name", text),
        Field::Birthday => key.fingerprint("birthday", text),
        Field::NhsNumber => key.fingerprint("nhs", NhsNumber::read(text).as_ref().map_or(text, NhsNumber::as_str)),
        Field::Email => key.fingerprint("email", &text.to_lowercase()),
        Field::Telephone | Field::Mobile => key.fingerprint("phone", &fold(text)),
        Field::Address | Field::HouseNumber | Field::KeptAddress => key.fingerprint("address", text),
        Field::Postcode => key.fingerprint("postcode", &fold(text)),
        Field::Uprn => key.fingerprint("uprn", text),
    }
}
