//! The changes of a POST or PATCH in a resident that is there already (A.8 step 2b, A.6c).

use serde_json::Value;

use super::fields::{Fields, text};

/// Kept when left out; overwritten by anything else, `""` too.
const OVERWRITTEN: [&str; 15] = [
    "FirstName",
    "LastName",
    "DobDay",
    "DobMonth",
    "DobYear",
    "ContactTelephoneNumber",
    "ContactMobileNumber",
    "EmailAddress",
    "NhsNumber",
    "GpSurgeryDetails",
    "NumberOfChildrenUnder18",
    "NameAddressPharmacist",
    "RecordStatus",
    "ConsentToShare",
    "IsPharmacistAbleToDeliver",
];
const ADDRESS: [&str; 6] = ["AddressFirstLine", "AddressSecondLine", "AddressThirdLine", "Postcode", "Uprn", "Ward"];
const PHONES: [&str; 2] = ["ContactTelephoneNumber", "ContactMobileNumber"];

/// The columns that change, null where one is erased. `stored` is the resident as it was read: what another call
/// wrote since is overwritten (A.9, "Lost updates").
pub(super) fn changes(stored: &Fields, sent: &Fields) -> Fields {
    let mut changes = Fields::new();
    for name in OVERWRITTEN {
        if let Some(value) = sent.get(name) {
            changes.insert(name.to_owned(), value.clone());
        }
    }
    if sent.contains_key("AddressFirstLine") && sent.contains_key("Postcode") {
        for name in ADDRESS {
            changes.insert(name.to_owned(), sent.get(name).cloned().unwrap_or(Value::Null));
        }
    }
    changes.retain(|name, value| stored.get(name).unwrap_or(&Value::Null) != value);
    changes
}

/// The fields that a POST sends on to be written: a new phone behind the stored one. A PATCH does without.
pub(super) fn with_joined_phones(stored: &Fields, mut sent: Fields) -> Fields {
    for name in PHONES {
        if let (Some(stored), Some(new)) = (text(stored, name), text(&sent, name)) {
            let joined = joined(stored, new);
            sent.insert(name.to_owned(), joined.into());
        }
    }
    sent
}

/// `"stored / new"`, unless the stored one is empty (not: blank) or holds the new one.
fn joined(stored: &str, new: &str) -> String {
    match stored {
        "" => new.to_owned(),
        stored if stored.contains(new) => stored.to_owned(),
        stored => format!("{stored} / {new}"),
    }
}
