//! The address of a row, as far as the row knows it, and how addresses are read.

use wire::{AddressBlock, AddressWhen, HelpRequest};

use super::fold::{fold, given};

/// The address of a row, as far as the row knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowAddress {
    /// Its fields; a blank one is none.
    pub(crate) block: AddressBlock,
    /// How much it knows.
    pub(crate) extent: Extent,
}

/// How much a row knows of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// First line and postcode.
    Whole,
    /// A house number and a postcode, or a first line without one.
    HouseNumber,
    /// No first line: a postcode, a UPRN.
    Parts,
}

impl RowAddress {
    /// What a row knows; none where it knows nothing.
    pub(crate) fn of(request: &HelpRequest, address: Option<&wire::Address>) -> Option<Self> {
        let block = AddressBlock {
            address_first_line: address
                .map(|address| address.address_first_line.clone())
                .or_else(|| owned(&request.address_first_line)),
            address_second_line: owned(&request.address_second_line),
            address_third_line: owned(&request.address_third_line),
            postcode: owned(&request.postcode),
            uprn: owned(&request.uprn),
            ward: None,
        };
        let extent = match address.map(|address| address.when) {
            Some(AddressWhen::Different) => Extent::Whole,
            Some(AddressWhen::Missing) => Extent::HouseNumber,
            None if block.address_first_line.is_some() => Extent::HouseNumber,
            None => Extent::Parts,
        };
        (block != AddressBlock::default()).then_some(Self { block, extent })
    }

    /// True if what stands there may be this address, as its row wrote it: what the row does not say was filled up with what stood
    /// there before.
    pub(super) fn may_stand_as(&self, held: &AddressBlock) -> bool {
        let own = &self.block;
        lines_agree(own, held) && (own.postcode.is_none() || folded(&own.postcode) == folded(&held.postcode))
    }
}

/// The folded lines and postcode, to know an address again. The UPRN does not count: a file that adds it later still speaks of
/// the same address.
pub(crate) fn normal(block: &AddressBlock) -> String {
    format!("{}\n{}", lines_together(block), folded(&block.postcode))
}

pub(super) fn lines(block: &AddressBlock) -> [&Option<String>; 3] {
    [&block.address_first_line, &block.address_second_line, &block.address_third_line]
}

/// Every line that the row has is there, in its place.
pub(super) fn lines_agree(own: &AddressBlock, there: &AddressBlock) -> bool {
    lines(own).into_iter().zip(lines(there)).all(|(own, there)| own.is_none() || folded(own) == folded(there))
}

/// The lines as they read together, however they are divided.
pub(super) fn lines_together(block: &AddressBlock) -> String {
    fold(&lines(block).map(|line| line.as_deref().unwrap_or_default()).concat())
}

pub(super) fn folded(field: &Option<String>) -> String {
    fold(field.as_deref().unwrap_or_default())
}

pub(super) fn owned(field: &Option<String>) -> Option<String> {
    given(field).map(ToOwned::to_owned)
}
