//! The address: written only once it is known what is there, for the API replaces six fields as one
//! block and nulls what is left out (docs/contract/feeds.md, "Address").

use sha2::{Digest, Sha256};
use wire::{Address, AddressBlock, AddressWhen};

use super::fold::{fold, given};

/// The step to take with the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AddressStep {
    /// Nothing: it is there, or the row knows too little to replace what is there.
    Leave,
    /// Nothing: this feed sent this address before, so somebody changed it in Here to Help since.
    Keep,
    /// Write this block.
    Patch {
        /// The six fields as they shall be.
        block: AddressBlock,
        /// Another address was there.
        replaced: bool,
    },
}

impl AddressStep {
    /// The words of the summary beside the row. The old address appears nowhere.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        match self {
            Self::Keep => Some("address kept: changed in Here to Help"),
            Self::Patch { replaced: true, .. } => Some("address replaced"),
            Self::Leave | Self::Patch { replaced: false, .. } => None,
        }
    }
}

/// A hash of the folded lines and postcode, to know again that a feed sent this very address; the address cannot be read
/// from it. The UPRN does not count: a file that adds it later still speaks of the same address.
pub(crate) fn fingerprint(address: &Address) -> String {
    let mut hash = Sha256::new();
    hash.update(lines_together(&sent(address)));
    hash.update("\n");
    hash.update(fold(&address.postcode));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sent(address: &Address) -> AddressBlock {
    AddressBlock {
        address_first_line: Some(address.address_first_line.clone()),
        address_second_line: owned(&address.address_second_line),
        address_third_line: owned(&address.address_third_line),
        postcode: Some(address.postcode.clone()),
        uprn: owned(&address.uprn),
        ward: None,
    }
}

fn shown(held: &AddressBlock) -> AddressBlock {
    AddressBlock {
        address_first_line: owned(&held.address_first_line),
        address_second_line: owned(&held.address_second_line),
        address_third_line: owned(&held.address_third_line),
        postcode: owned(&held.postcode),
        uprn: owned(&held.uprn),
        ward: owned(&held.ward),
    }
}

/// The step that is to be taken, by what the GET shows. `sent_before` is the [`fingerprint`] of the
/// address that this feed last sent for this resident, none where it is not known; whatever the step
/// is, the row's own fingerprint is to be remembered after it was taken.
pub(crate) fn address_step(address: &Address, held: &AddressBlock, sent_before: Option<&str>) -> AddressStep {
    let (own, there) = (sent(address), shown(held));
    let patch = |block| AddressStep::Patch { block, replaced: false };
    if there.address_first_line.is_none() {
        return patch(filled_up(own, there));
    }
    match address.when {
        AddressWhen::Missing => {
            let same_line = folded(&own.address_first_line) == folded(&there.address_first_line);
            if same_line && there.postcode.is_none() { patch(filled_up(own, there)) } else { AddressStep::Leave }
        }
        AddressWhen::Different if is_same(&own, &there) => {
            let block = completed(own, there.clone());
            if adds_something(&block, &there) { patch(block) } else { AddressStep::Leave }
        }
        AddressWhen::Different if sent_before == Some(&fingerprint(address)) => AddressStep::Keep,
        AddressWhen::Different => {
            // The ward stays while the postcode does.
            let same_postcode = same_postcode(&own, &there);
            let ward = there.ward.filter(|_| same_postcode);
            AddressStep::Patch { block: AddressBlock { ward, ..own }, replaced: true }
        }
    }
}

/// Equal UPRNs, or the same postcode and lines. Lines are the same when they read the same together,
/// however they are divided, and also when the row is silent where a second or third line is there and
/// the UPRNs do not differ: that is how an address looks that this function filled up itself.
fn is_same(own: &AddressBlock, there: &AddressBlock) -> bool {
    let uprns = own.uprn.as_deref().zip(there.uprn.as_deref());
    let same_uprn = uprns.map(|(own, there)| own.trim() == there.trim());
    let same_lines = || lines_together(own) == lines_together(there);
    same_uprn == Some(true)
        || same_postcode(own, there) && (same_lines() || same_uprn.is_none() && lines_agree(own, there))
}

fn same_postcode(own: &AddressBlock, there: &AddressBlock) -> bool {
    there.postcode.is_some() && folded(&own.postcode) == folded(&there.postcode)
}

/// Every line that the row has is there, in its place.
fn lines_agree(own: &AddressBlock, there: &AddressBlock) -> bool {
    lines(own).into_iter().zip(lines(there)).all(|(own, there)| own.is_none() || folded(own) == folded(there))
}

/// The row's address; where its own fields are blank those of the GET, if they belong to the same postcode or to none.
fn filled_up(own: AddressBlock, there: AddressBlock) -> AddressBlock {
    if there.postcode.is_some() && !same_postcode(&own, &there) {
        return own;
    }
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
fn completed(own: AddressBlock, there: AddressBlock) -> AddressBlock {
    let lacks_lines = lines_together(&own) != lines_together(&there);
    AddressBlock {
        address_second_line: there.address_second_line.or(own.address_second_line.filter(|_| lacks_lines)),
        address_third_line: there.address_third_line.or(own.address_third_line.filter(|_| lacks_lines)),
        // Without a postcode the API would ignore the block.
        postcode: there.postcode.or(own.postcode),
        uprn: there.uprn.or(own.uprn),
        ..there
    }
}

/// True if a line or the UPRN of the block is not there yet.
fn adds_something(block: &AddressBlock, there: &AddressBlock) -> bool {
    lines(block)[1..] != lines(there)[1..] || block.uprn != there.uprn
}

fn lines(block: &AddressBlock) -> [&Option<String>; 3] {
    [&block.address_first_line, &block.address_second_line, &block.address_third_line]
}

/// The lines as they read together, however they are divided.
fn lines_together(block: &AddressBlock) -> String {
    fold(&lines(block).map(|line| line.as_deref().unwrap_or_default()).concat())
}

fn folded(field: &Option<String>) -> String {
    fold(field.as_deref().unwrap_or_default())
}

fn owned(field: &Option<String>) -> Option<String> {
    given(field).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests;
