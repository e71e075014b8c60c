//! What a POST or PATCH changes in a resident that is there already (A.8 step 2b).

use serde_json::Value;

use super::{
    fields::{Fields, text},
    folding::present,
};

/// Kept when left out; overwritten by anything else, `""` too.
const OVERWRITTEN: [&str; 13] = [
    "FirstName",
    "LastName",
    "DobDay",
    "DobMonth",
    "DobYear",
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
    for name in PHONES {
        if let Some(phone) = present(text(sent, name)).and(text(sent, name)) {
            changes.insert(name.to_owned(), joined(text(stored, name), phone).into());
        }
    }
    changes.retain(|name, value| stored.get(name).unwrap_or(&Value::Null) != value);
    changes
}

/// `"stored / new"`, unless the stored one is blank or holds the new one.
fn joined(stored: Option<&str>, new: &str) -> String {
    match stored.filter(|stored| present(Some(stored)).is_some()) {
        None => new.to_owned(),
        Some(stored) if stored.contains(new) => stored.to_owned(),
        Some(stored) => format!("{stored} / {new}"),
    }
}
