//! The address: written only once it is known what is there, for the API replaces six fields as one
//! block and nulls what is left out (docs/contract/feeds.md, "Address").

use wire::AddressBlock;

use super::fold::fold;
use super::row_address::{Extent, RowAddress, folded, lines, lines_agree, lines_together, owned};

/// The step to take with the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AddressStep {
    /// Nothing: it is there, or the row knows too little to replace what is there.
    Leave,
    /// Nothing: somebody changed the address in Here to Help since.
    Keep,
    /// Nothing: a newer row sent another address.
    Older,
    /// Write this block: it is there, but for a postcode or a UPRN.
    Fill(AddressBlock),
    /// Write this block.
    Patch {
        /// The six fields as they shall be.
        block: AddressBlock,
        /// Another address was there.
        replaced: bool,
    },
}

/// What is remembered about the address, beside what the GET shows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AddressMemory {
    /// This feed sent this very address last.
    pub(crate) sent_before: bool,
    /// Another feed sent it, or we wrote it: where none stands, staff took it away.
    pub(crate) is_known: bool,
    /// A newer row sent an address.
    pub(crate) is_older: bool,
    /// The row's postcode may be written where the GET shows no first line.
    pub(crate) takes_postcode: bool,
    /// The row's UPRN may be written where the GET shows none.
    pub(crate) takes_uprn: bool,
    /// The row's UPRN was not sent before: it may complete the same address.
    pub(crate) has_new_uprn: bool,
    /// The UPRN that the GET shows is of a row that knew no address beside it.
    pub(crate) has_uprn_of_its_own: bool,
    /// Who wrote what the GET shows.
    pub(crate) stands: Stands,
}

/// Whose address it is that the GET shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Not known: we never wrote one.
    #[default]
    Unknown,
    /// A whole address of ours.
    Ours,
    /// A house number of ours.
    OurHouseNumber,
    /// Somebody changed ours.
    Changed,
}

impl AddressStep {
    /// The words of the summary beside the row. The old address appears nowhere.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        match self {
            Self::Keep => Some("address kept: changed in Here to Help"),
            Self::Patch { replaced: true, .. } => Some("address replaced"),
            Self::Leave | Self::Older | Self::Fill(_) | Self::Patch { replaced: false, .. } => None,
        }
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

/// The step that is to be taken, by what the GET shows and what is remembered.
pub(crate) fn address_step(address: &RowAddress, held: &AddressBlock, memory: AddressMemory) -> AddressStep {
    let (own, there) = (address.block.clone(), shown(held));
    match address.extent {
        Extent::Whole => whole(own, there, memory),
        Extent::HouseNumber => house_number(own, there, memory),
        Extent::Parts => parts(own, there, memory),
    }
}

fn whole(own: AddressBlock, there: AddressBlock, memory: AddressMemory) -> AddressStep {
    let is_none = there.address_first_line.is_none();
    // A UPRN beside a house number of ours may be of another row.
    let house_number = memory.stands == Stands::OurHouseNumber && lines_together(&own) != lines_together(&there);
    if is_same(&own, &there) && !is_none && !house_number {
        // A UPRN that was sent by itself gives way to the one of the address.
        let gives_way = memory.has_uprn_of_its_own && own.uprn.is_some() && !memory.sent_before;
        let uprn = own.uprn.clone().filter(|_| memory.has_new_uprn || gives_way);
        let known = AddressBlock { uprn: there.uprn.clone().filter(|_| !gives_way), ..there.clone() };
        // What was sent before and is not there any more, staff took away.
        let own =
            if memory.sent_before { AddressBlock { uprn, ..there.clone() } } else { AddressBlock { uprn, ..own } };
        let block = completed(own, known);
        return if adds_something(&block, &there) { patch(block) } else { AddressStep::Leave };
    }
    match memory.stands {
        _ if memory.sent_before => {
            if is_none {
                AddressStep::Leave
            } else {
                AddressStep::Keep
            }
        }
        _ if is_none && memory.is_known => AddressStep::Keep,
        _ if is_none && !memory.is_older => patch(filled_up(own, there, memory)),
        _ if is_none => AddressStep::Older,
        // The same line, of a row that knew no postcode beside it.
        Stands::OurHouseNumber if there.postcode.is_none() && lines_together(&own) == lines_together(&there) => {
            patch(filled_up(own, there, memory))
        }
        Stands::OurHouseNumber => replaced(over_house_number(own, there, memory)),
        _ if memory.is_older => AddressStep::Older,
        Stands::Changed => AddressStep::Keep,
        Stands::Unknown | Stands::Ours => {
            // The ward stays while the postcode does, and a UPRN that was sent by itself, or is of the same house.
            let ward = there.ward.clone().filter(|_| same_postcode(&own, &there));
            let stays = memory.has_uprn_of_its_own || same_postcode(&own, &there) && is_one_house(&own, &there);
            let uprn = own.uprn.clone().or(there.uprn.filter(|_| stays));
            replaced(AddressBlock { ward, uprn, ..own })
        }
    }
}

fn house_number(own: AddressBlock, there: AddressBlock, memory: AddressMemory) -> AddressStep {
    let same_line = folded(&own.address_first_line) == folded(&there.address_first_line);
    let is_anothers = !(same_line && (own.postcode.is_none() || same_postcode(&own, &there)));
    match memory.stands {
        _ if memory.sent_before => AddressStep::Leave,
        _ if there.address_first_line.is_none() && memory.is_known => AddressStep::Keep,
        _ if there.address_first_line.is_none() && memory.is_older => AddressStep::Older,
        _ if there.address_first_line.is_none() || same_line && there.postcode.is_none() => {
            patch(filled_up(own, there, memory))
        }
        _ if !is_anothers && memory.has_new_uprn && there.uprn.is_none() && own.uprn.is_some() => {
            AddressStep::Fill(AddressBlock { uprn: own.uprn, ..there })
        }
        Stands::OurHouseNumber if is_anothers && !memory.is_older => replaced(over_house_number(own, there, memory)),
        // A newer one without a postcode would have kept this row's; of somebody else's line nobody knows whose it is.
        Stands::OurHouseNumber if there.postcode.is_none() && own.postcode.is_some() => {
            AddressStep::Fill(whole_block(AddressBlock { postcode: own.postcode, ..there }))
        }
        _ if there.postcode.is_none() && own.postcode.is_some() => AddressStep::Keep,
        _ => AddressStep::Leave,
    }
}

/// A house number of ours goes with its UPRN, but for one of the same house, or of a row that knew no address.
fn over_house_number(own: AddressBlock, there: AddressBlock, memory: AddressMemory) -> AddressBlock {
    let stays = memory.has_uprn_of_its_own || is_one_house(&own, &there);
    let there = AddressBlock { address_first_line: None, uprn: there.uprn.filter(|_| stays), ..there };
    filled_up(own, there, memory)
}

/// One says more than the other: its first line goes on (`12` and `12 Mare Street`), or it has a line that the other has not.
fn is_one_house(own: &AddressBlock, there: &AddressBlock) -> bool {
    let words = |block: &AddressBlock| -> Vec<String> {
        block.address_first_line.iter().flat_map(|line| line.split_whitespace()).map(fold).collect()
    };
    let (own_words, words_there) = (words(own), words(there));
    let one_goes_on = own_words.starts_with(&words_there) || words_there.starts_with(&own_words);
    let mut others = lines(own).into_iter().zip(lines(there)).skip(1);
    one_goes_on && others.all(|(own, there)| own.is_none() || there.is_none() || folded(own) == folded(there))
}

/// A postcode and a UPRN go where no first line is, and a UPRN beside one where it is of the same postcode.
fn parts(own: AddressBlock, there: AddressBlock, memory: AddressMemory) -> AddressStep {
    let has_line = there.address_first_line.is_some();
    let same_place = own.postcode.is_none() || there.postcode.is_none() || same_postcode(&own, &there);
    let takes_uprn = memory.takes_uprn
        && if has_line { same_place && there.uprn.is_none() } else { same_place || memory.takes_postcode };
    let takes_postcode = memory.takes_postcode && (!has_line || there.postcode.is_none());
    let lines = |line: &Option<String>, own: &Option<String>| {
        line.clone().or_else(|| own.clone().filter(|_| !has_line && !memory.sent_before && !memory.is_older))
    };
    let block = AddressBlock {
        address_first_line: there.address_first_line.clone(),
        address_second_line: lines(&there.address_second_line, &own.address_second_line),
        address_third_line: lines(&there.address_third_line, &own.address_third_line),
        postcode: own.postcode.clone().filter(|_| takes_postcode).or_else(|| there.postcode.clone()),
        uprn: own.uprn.clone().filter(|_| takes_uprn).or_else(|| there.uprn.clone()),
        ward: there.ward.clone(),
    };
    if block == there { AddressStep::Leave } else { AddressStep::Fill(whole_block(block)) }
}

fn patch(block: AddressBlock) -> AddressStep {
    AddressStep::Patch { block: whole_block(block), replaced: false }
}

fn replaced(block: AddressBlock) -> AddressStep {
    AddressStep::Patch { block: whole_block(block), replaced: true }
}

/// The API takes a block only with a first line and a postcode, blank or not (A.8 step 2b).
fn whole_block(block: AddressBlock) -> AddressBlock {
    AddressBlock {
        address_first_line: Some(block.address_first_line.unwrap_or_default()),
        postcode: Some(block.postcode.unwrap_or_default()),
        ..block
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

/// The row's address; where its own fields are blank those of the GET, if they belong to the same postcode or to none.
fn filled_up(own: AddressBlock, there: AddressBlock, memory: AddressMemory) -> AddressBlock {
    if own.postcode.is_some() && there.postcode.is_some() && !same_postcode(&own, &there) {
        let uprn = own.uprn.clone().or(there.uprn.filter(|_| memory.has_uprn_of_its_own));
        return AddressBlock { uprn, ..own };
    }
    AddressBlock {
        postcode: own.postcode.or(there.postcode),
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

/// True if a line, the postcode or the UPRN of the block is not there yet.
fn adds_something(block: &AddressBlock, there: &AddressBlock) -> bool {
    lines(block)[1..] != lines(there)[1..] || block.postcode != there.postcode || block.uprn != there.uprn
}

#[cfg(test)]
mod tests;
