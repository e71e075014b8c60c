//! Field by field, what a row writes at a resident whom Here to Help holds: nothing that staff changed is undone, nothing
//! that a newer row sent is written over, and what is new arrives or is named in a warning (docs/contract/feeds.md, "What staff
//! corrected").

use ledger::Field;
use wire::{Held, HelpRequest, ResidentPatch};

use super::fold::given;
use super::phones::{has, joined, numbers};
use super::place::place;
use super::plan::Plan;
use super::row_address::RowAddress;
use super::step::{Known, Step};
use super::values::{Values, value, values_of_held};

/// The plan for a row at this resident.
pub(crate) fn plan(
    known: &Known<'_>,
    values: &Values,
    request: &HelpRequest,
    address: Option<&RowAddress>,
    held: &Held,
) -> Plan {
    let mut plan = Plan::default();
    let there = values_of_held(known.key, held);
    for field in [Field::FirstName, Field::LastName, Field::Birthday, Field::NhsNumber, Field::Email] {
        let Some(own) = values.get(&field) else { continue };
        let step = known.step(field, own, there.get(&field));
        let is_anothers = field == Field::NhsNumber && known.has_anothers_number && matches!(step, Step::Write);
        match step {
            Step::Write if is_anothers => {
                plan.left.push(field);
                plan.warnings.push("NHS number not written: it is known as another person's".to_owned());
            }
            Step::Write => {
                plan.write(known, field, own.clone());
                put(&mut plan.patch, field, request);
            }
            step => plan.leave(field, own, step),
        }
    }
    for field in [Field::Telephone, Field::Mobile] {
        phone(known, field, values, request, held, &mut plan);
    }
    if let Some(address) = address {
        place(known, values, &there, address, held, &mut plan);
    }
    plan.leave_to_another(|field| known.is_left_to_another(field));
    plan.told()
}

/// Puts the row's value into the patch.
fn put(patch: &mut ResidentPatch, field: Field, request: &HelpRequest) {
    match field {
        Field::FirstName => patch.first_name.clone_from(&request.first_name),
        Field::LastName => patch.last_name.clone_from(&request.last_name),
        Field::NhsNumber => patch.nhs_number.clone_from(&request.nhs_number),
        Field::Email => patch.email_address.clone_from(&request.email_address),
        Field::Birthday => {
            patch.dob_day.clone_from(&request.dob_day);
            patch.dob_month.clone_from(&request.dob_month);
            patch.dob_year.clone_from(&request.dob_year);
        }
        // Written whole, with what stands there.
        Field::Telephone
        | Field::Mobile
        | Field::Address
        | Field::HouseNumber
        | Field::Postcode
        | Field::Uprn
        | Field::KeptAddress => {}
    }
}

/// A new number joins those that are there, as in a POST, where one of them is ours or none is there. An older row's too: it would
/// have been there first.
fn phone(known: &Known<'_>, field: Field, values: &Values, request: &HelpRequest, held: &Held, plan: &mut Plan) {
    let (sent, held) = match field {
        Field::Telephone => (&request.contact_telephone_number, &held.contact_telephone_number),
        _ => (&request.contact_mobile_number, &held.contact_mobile_number),
    };
    let (Some(own), Some(number)) = (values.get(&field), given(sent)) else { return };
    let there = numbers(held);
    let sent_by = |part: &str, is_newer: bool| {
        let part = value(known.key, field, part);
        known.memory.sent(field).any(|sent| sent.value == part && (!is_newer || sent.since > *known.own))
            || known.in_doubt.iter().any(|row| row.values.get(&field) == Some(&part) && (!is_newer || row.is_newer))
    };
    let step = match known.step(field, own, None) {
        Step::Seen => Step::Seen,
        _ if has(&there, number) => Step::There,
        _ if known.memory.was_sent(field, own) => Step::Changed,
        step if there.is_empty() => step,
        _ if there.iter().any(|part| sent_by(part, false)) => Step::Write,
        _ => Step::Changed,
    };
    if step != Step::Write {
        return plan.leave(field, own, step);
    }
    plan.write(known, field, own.clone());
    let all = Some(joined(&there, number, |part| sent_by(part, true)));
    match field {
        Field::Telephone => plan.patch.contact_telephone_number = all,
        _ => plan.patch.contact_mobile_number = all,
    }
}

#[cfg(test)]
mod tests;
