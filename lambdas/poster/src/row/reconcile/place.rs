//! The address of a row in its plan: whole or in parts, and its UPRN.

use ledger::Field;
use wire::{AddressBlock, Held};

use super::address::{AddressMemory, AddressStep, Stands, address_step};
use super::fold::given;
use super::plan::Plan;
use super::row_address::{Extent, RowAddress, normal};
use super::step::{Known, Step};
use super::values::{Values, value};

/// Nothing tells that it is the UPRN of the address that stands there.
const UPRN_LEFT_OUT: &str = "UPRN left out: it may not be that of the address in Here to Help";

/// The address, whole or in parts, and its UPRN.
pub(super) fn place(
    known: &Known<'_>,
    values: &Values,
    there: &Values,
    address: &RowAddress,
    held: &Held,
    plan: &mut Plan,
) {
    let field = match address.extent {
        Extent::Whole => Field::Address,
        Extent::HouseNumber => Field::HouseNumber,
        Extent::Parts => Field::Postcode,
    };
    let whole = |block: &AddressBlock| value(known.key, Field::Address, &normal(block));
    let now = whole(&held.address);
    let takes = |field| values.get(&field).is_some_and(|own| known.step(field, own, there.get(&field)) == Step::Write);
    // What a newer row may have written stays; where nothing stands it did not.
    let has_line = given(&held.address.address_first_line).is_some();
    let is_older = |field| known.is_older(field) || has_line && known.may_be_older(field);
    let may_be_of_one_in_doubt = |extent| {
        let mut addresses = known.in_doubt.iter().filter_map(|row| row.address.as_ref());
        addresses.any(|address| address.extent == extent && address.may_stand_as(&held.address))
    };
    let stands = if known.is_ours(Field::Address, &now) || may_be_of_one_in_doubt(Extent::Whole) {
        Stands::Ours
    } else if known.is_ours(Field::HouseNumber, &now) || may_be_of_one_in_doubt(Extent::HouseNumber) {
        Stands::OurHouseNumber
    } else if [Field::Address, Field::HouseNumber].into_iter().any(|field| known.memory.written(field).is_some()) {
        Stands::Changed
    } else {
        Stands::Unknown
    };
    let last = |field| values.get(&field).is_some_and(|own| known.is_last(field, own));
    let memory = AddressMemory {
        sent_before: last(field),
        is_known: values.get(&field).is_some_and(|own| known.is_known(field, own)),
        is_older: is_older(Field::Address) || address.extent != Extent::Whole && is_older(Field::HouseNumber),
        takes_postcode: takes(Field::Postcode),
        takes_uprn: takes(Field::Uprn),
        has_new_uprn: values.get(&Field::Uprn).is_some_and(|own| !known.memory.was_sent(Field::Uprn, own)),
        has_uprn_of_its_own: there.get(&Field::Uprn).is_some_and(|held| known.is_ours(Field::Uprn, held)),
        stands,
    };
    let step = address_step(address, &held.address, memory);
    // That somebody else's is kept is said once; again where another one stands there, or the row has news.
    let is_told =
        step == AddressStep::Keep && memory.sent_before && known.memory.written(Field::KeptAddress) == Some(&now);
    plan.warnings.extend(step.warning().filter(|_| !is_told).map(ToOwned::to_owned));
    if step == AddressStep::Keep {
        plan.ours.push((Field::KeptAddress, now.clone()));
    }
    let fields: Vec<Field> = [field, Field::Uprn].into_iter().filter(|field| values.contains_key(field)).collect();
    // A UPRN beside a first line or a postcode is part of that address.
    let is_of_its_own = |field: &Field| {
        address.extent == Extent::Parts && (*field == Field::Postcode || address.block.postcode.is_none())
    };
    match step {
        AddressStep::Patch { block, .. } => {
            plan.left.extend(fields.into_iter().filter(|field| *field == Field::Uprn));
            plan.written.push((field, whole(&block)));
            plan.patch.address = Some(block);
        }
        AddressStep::Fill(block) => {
            let (parts, others): (Vec<_>, Vec<_>) = fields.into_iter().partition(is_of_its_own);
            let texts = [(Field::Postcode, &block.postcode), (Field::Uprn, &block.uprn)];
            let texts = texts.into_iter().filter(|(field, _)| parts.contains(field));
            plan.written.extend(
                texts.map(|(field, text)| (field, value(known.key, field, text.as_deref().unwrap_or_default()))),
            );
            plan.left.extend(others);
            if given(&block.uprn).is_none() {
                uprn_left_out(known, values, plan);
            }
            // What is added to an address of ours is still ours.
            match stands {
                Stands::OurHouseNumber => plan.written.push((Field::HouseNumber, whole(&block))),
                Stands::Ours => plan.written.push((Field::Address, whole(&block))),
                Stands::Changed | Stands::Unknown => {}
            }
            plan.patch.address = Some(block);
        }
        AddressStep::Leave | AddressStep::Keep | AddressStep::Older => {
            for field in fields {
                let is_there = match field {
                    Field::Postcode | Field::Uprn => is_of_its_own(&field) && there.get(&field) == values.get(&field),
                    _ => values.get(&field) == Some(&now),
                };
                match values.get(&field) {
                    Some(own) if is_there => plan.ours.push((field, own.clone())),
                    own => {
                        let is_older = |own| known.step(field, own, there.get(&field)) == Step::Older;
                        if field == Field::Uprn && !there.contains_key(&field) {
                            uprn_left_out(known, values, plan);
                        } else if is_of_its_own(&field) && own.is_some_and(is_older) {
                            plan.is_older(field);
                        }
                        plan.left.push(field);
                    }
                }
            }
            if step == AddressStep::Older {
                plan.is_older(field);
            }
        }
    }
}

/// No UPRN stands there, and the row's is not written: that is said.
fn uprn_left_out(known: &Known<'_>, values: &Values, plan: &mut Plan) {
    match values.get(&Field::Uprn).map(|own| known.step(Field::Uprn, own, None)) {
        Some(Step::Older) => plan.is_older(Field::Uprn),
        Some(Step::Write | Step::Changed) => plan.warnings.push(UPRN_LEFT_OUT.to_owned()),
        Some(Step::Seen | Step::There) | None => {}
    }
}
