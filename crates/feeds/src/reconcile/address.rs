//! The address: written only once it is known what is there, for the API replaces six fields as one
//! block and nulls what is left out (docs/contract/feeds.md, "Address").

use std::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::fold::{fold, given};
use super::held::Held;
use crate::request::{Address, AddressWhen};

/// The body of `PATCH v3/help-requests/{id}`: the six fields of the address as they shall be. What is
/// `None` is left out, and the API nulls it; first line and postcode are always there.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddressBlock {
    /// House number and street, or the first part of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_first_line: Option<String>,
    /// Second line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_second_line: Option<String>,
    /// Third line, often the town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_third_line: Option<String>,
    /// Postcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// The number of the property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uprn: Option<String>,
    /// The ward: no feed has it, so it is always the API's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ward: Option<String>,
}

/// What is to be done about the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressStep {
    /// Nothing: it is there, or the row knows too little to replace what is there.
    Leave,
    /// Nothing: this feed sent this address before, so somebody changed it in Here to Help since.
    Keep,
    /// Write this block.
    Patch {
        /// The six fields as they shall be.
        block: AddressBlock,
        /// Whether another address was there.
        replaced: bool,
    },
}

impl AddressStep {
    /// What the summary says beside the row. The old address appears nowhere.
    pub fn warning(&self) -> Option<&'static str> {
        match self {
            Self::Keep => Some("address kept: changed in Here to Help"),
            Self::Patch { replaced: true, .. } => Some("address replaced"),
            Self::Leave | Self::Patch { replaced: false, .. } => None,
        }
    }
}

impl Address {
    /// A hash of the folded lines and postcode, to know again that a feed sent this very address; the
    /// address cannot be read from it. The UPRN does not count: a file that adds it later still speaks
    /// of the same address.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(fold(&self.lines().concat()));
        hash.update("\n");
        hash.update(fold(&self.postcode));
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn lines(&self) -> [&str; 3] {
        let line = |field| given(field).unwrap_or_default();
        [&self.address_first_line, line(&self.address_second_line), line(&self.address_third_line)]
    }
}

/// What is to be done, by what the GET shows. `sent_before` is the [`Address::fingerprint`] of the
/// address that this feed last sent for this resident, none where it is not known; whatever the step
/// is, the row's own fingerprint is to be remembered after it was taken.
pub fn address_step(address: &Address, held: &Held, sent_before: Option<&str>) -> AddressStep {
    let Some(first_line_there) = given(&held.address_first_line) else {
        return AddressStep::Patch { block: filled_up(address, held), replaced: false };
    };
    match address.when {
        AddressWhen::Missing => {
            let same_line = fold(first_line_there) == fold(&address.address_first_line);
            if same_line && given(&held.postcode).is_none() {
                AddressStep::Patch { block: filled_up(address, held), replaced: false }
            } else {
                AddressStep::Leave
            }
        }
        AddressWhen::Different if is_same(address, held) => {
            let block = completed(address, held);
            if adds_something(&block, held) {
                AddressStep::Patch { block, replaced: false }
            } else {
                AddressStep::Leave
            }
        }
        AddressWhen::Different if sent_before == Some(&address.fingerprint()) => AddressStep::Keep,
        AddressWhen::Different => AddressStep::Patch { block: replacing(address, held), replaced: true },
    }
}

/// Equal UPRNs, or the same postcode and lines. Lines are the same when they read the same together,
/// however they are divided, and also when the row is silent where a second or third line is there and
/// the UPRNs do not differ: that is how an address looks that this function filled up itself.
fn is_same(address: &Address, held: &Held) -> bool {
    let uprns = (uprn(&address.uprn), uprn(&held.uprn));
    if matches!(uprns, (Some(row), Some(there)) if row == there) {
        return true;
    }
    let uprns_differ = matches!(uprns, (Some(_), Some(_)));
    same_postcode(address, held) && (same_lines(address, held) || !uprns_differ && lines_agree(address, held))
}

fn uprn(field: &Option<String>) -> Option<&str> {
    given(field).map(str::trim)
}

fn same_postcode(address: &Address, held: &Held) -> bool {
    given(&held.postcode).is_some_and(|there| fold(there) == fold(&address.postcode))
}

fn same_lines(address: &Address, held: &Held) -> bool {
    let there = lines_there(held).map(Option::unwrap_or_default);
    fold(&there.concat()) == fold(&address.lines().concat())
}

/// Every line that the row has is there, in its place.
fn lines_agree(address: &Address, held: &Held) -> bool {
    let there = lines_there(held).map(|line| fold(line.unwrap_or_default()));
    address.lines().iter().zip(&there).all(|(row, there)| row.is_empty() || fold(row) == *there)
}

fn lines_there(held: &Held) -> [Option<&str>; 3] {
    [given(&held.address_first_line), given(&held.address_second_line), given(&held.address_third_line)]
}

/// The row's address; where its own fields are blank those of the GET, if they belong to the same postcode or to none.
fn filled_up(address: &Address, held: &Held) -> AddressBlock {
    let own = own_block(address);
    if given(&held.postcode).is_some() && !same_postcode(address, held) {
        return own;
    }
    let there = block_there(held);
    AddressBlock {
        address_second_line: own.address_second_line.or(there.address_second_line),
        address_third_line: own.address_third_line.or(there.address_third_line),
        uprn: own.uprn.or(there.uprn),
        ward: there.ward,
        ..own
    }
}

/// The GET's address; where its fields are blank those of the row. Lines that read the same together are
/// only divided differently: none of them is missing.
fn completed(address: &Address, held: &Held) -> AddressBlock {
    let there = block_there(held);
    let own = if same_lines(address, held) {
        AddressBlock { address_second_line: None, address_third_line: None, ..own_block(address) }
    } else {
        own_block(address)
    };
    AddressBlock {
        address_second_line: there.address_second_line.or(own.address_second_line),
        address_third_line: there.address_third_line.or(own.address_third_line),
        // Without a postcode the API would ignore the block.
        postcode: there.postcode.or(own.postcode),
        uprn: there.uprn.or(own.uprn),
        ..there
    }
}

/// Whether a line or the UPRN of the block is not there yet.
fn adds_something(block: &AddressBlock, held: &Held) -> bool {
    let there = block_there(held);
    block.address_second_line != there.address_second_line
        || block.address_third_line != there.address_third_line
        || block.uprn != there.uprn
}

/// The row's address in place of another; the ward stays while the postcode does.
fn replacing(address: &Address, held: &Held) -> AddressBlock {
    let ward = if same_postcode(address, held) { block_there(held).ward } else { None };
    AddressBlock { ward, ..own_block(address) }
}

fn own_block(address: &Address) -> AddressBlock {
    AddressBlock {
        address_first_line: Some(address.address_first_line.clone()),
        address_second_line: owned(&address.address_second_line),
        address_third_line: owned(&address.address_third_line),
        postcode: Some(address.postcode.clone()),
        uprn: owned(&address.uprn),
        ward: None,
    }
}

fn block_there(held: &Held) -> AddressBlock {
    AddressBlock {
        address_first_line: owned(&held.address_first_line),
        address_second_line: owned(&held.address_second_line),
        address_third_line: owned(&held.address_third_line),
        postcode: owned(&held.postcode),
        uprn: owned(&held.uprn),
        ward: owned(&held.ward),
    }
}

fn owned(field: &Option<String>) -> Option<String> {
    given(field).map(ToOwned::to_owned)
}

/// Personal data is never printed.
impl fmt::Debug for AddressBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressBlock { .. }")
    }
}

#[cfg(test)]
mod tests;
