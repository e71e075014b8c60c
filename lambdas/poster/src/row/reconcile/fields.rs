//! Field by field, what a row writes at a resident whom Here to Help holds: nothing that staff changed is undone, nothing
//! that a newer row sent is written over, and what is new arrives or is named in a warning (docs/contract/feeds.md, "What staff
//! corrected").

use ledger::{Field, Fingerprint, HashKey, ResidentMemory, RowVersion};
use wire::{AddressBlock, Held, HelpRequest, ResidentPatch};

use super::address::{AddressMemory, AddressStep, Extent, RowAddress, Stands, address_step, normal};
use super::fold::given;
use super::phones::{has, joined, numbers};
use super::values::{Values, value, values_of_held};

/// Everything that a row is compared with.
pub(crate) struct Known<'a> {
    pub(crate) key: &'a HashKey,
    pub(crate) memory: &'a ResidentMemory,
    /// The row's feed.
    pub(crate) feed: &'a str,
    /// The row's place among all.
    pub(crate) own: &'a RowVersion,
    /// The values of rows of which nobody learnt how far they came: each may stand there because of us.
    pub(crate) in_doubt: &'a [&'a InDoubtValues],
    /// The row's NHS number is remembered under another resident.
    pub(crate) has_anothers_number: bool,
}

/// The values of a row in doubt.
pub(crate) struct InDoubtValues {
    pub(crate) values: Values,
    pub(crate) is_newer: bool,
}

/// What is to be written, and what to remember of each field.
#[derive(Default)]
pub(crate) struct Plan {
    /// To be sent, where it is not empty.
    pub(crate) patch: ResidentPatch,
    /// Left as they stand: remembered as seen.
    pub(crate) left: Vec<Field>,
    /// There because of us, with what stands there: remembered as ours.
    pub(crate) ours: Vec<(Field, Fingerprint)>,
    /// In the patch: remembered as ours once that was answered.
    pub(crate) written: Vec<(Field, Fingerprint)>,
    /// For the summary.
    pub(crate) warnings: Vec<String>,
}

/// What to do with one field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The last value of its own feed: whatever stands there now.
    Seen,
    /// It is there.
    There,
    /// A newer row sent this field, or may have.
    Older,
    /// Somebody changed what we wrote.
    Changed,
    Write,
}

/// The plan for a row at this resident.
pub(crate) fn plan(
    known: &Known<'_>,
    values: &Values,
    request: &HelpRequest,
    address: Option<&RowAddress>,
    held: &Held,
) -> Plan {
    let mut plan = Plan::default();
    let mut older = Older::default();
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
                older.filled(known, field);
                plan.written.push((field, own.clone()));
                put(&mut plan.patch, field, request);
            }
            step => plan.leave(field, own, step, &mut older),
        }
    }
    for field in [Field::Telephone, Field::Mobile] {
        phone(known, field, values, request, held, &mut plan, &mut older);
    }
    if let Some(address) = address {
        place(known, values, &there, address, held, &mut plan, &mut older);
    }
    plan.warnings.extend(older.warning());
    plan
}

impl Known<'_> {
    fn step(&self, field: Field, own: &Fingerprint, held: Option<&Fingerprint>) -> Step {
        if self.is_last(field, own) {
            return Step::Seen;
        }
        if held == Some(own) {
            return Step::There;
        }
        if self.is_older(field) {
            return Step::Older;
        }
        match held {
            // What we wrote and is gone, staff took away: another feed does not bring it back.
            None if self.memory.written(field) == Some(own) || self.memory.was_sent(field, own) => Step::Changed,
            None => Step::Write,
            Some(_) if self.may_be_older(field) => Step::Older,
            Some(held) if self.is_ours(field, held) => Step::Write,
            Some(_) => Step::Changed,
        }
    }

    /// The last value of the row's own feed.
    fn is_last(&self, field: Field, own: &Fingerprint) -> bool {
        self.memory.last(self.feed, field).is_some_and(|last| last.value == *own)
    }

    /// A newer row sent this field.
    fn is_older(&self, field: Field) -> bool {
        self.memory.is_newer(self.feed, field, self.own)
    }

    /// A newer row of which nobody learnt how far it came sends this field.
    fn may_be_older(&self, field: Field) -> bool {
        self.in_doubt.iter().any(|row| row.is_newer && row.values.contains_key(&field))
    }

    fn is_ours(&self, field: Field, held: &Fingerprint) -> bool {
        self.memory.written(field) == Some(held) || self.in_doubt.iter().any(|row| row.values.get(&field) == Some(held))
    }
}

impl Plan {
    fn leave(&mut self, field: Field, own: &Fingerprint, step: Step, older: &mut Older) {
        match step {
            Step::There => self.ours.push((field, own.clone())),
            Step::Seen | Step::Write => self.left.push(field),
            Step::Older => {
                self.left.push(field);
                older.left.push(field);
            }
            Step::Changed => {
                self.left.push(field);
                self.warnings.push(format!("{} kept: changed in Here to Help", in_words(field)));
            }
        }
    }
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
        Field::Telephone | Field::Mobile | Field::Address | Field::HouseNumber | Field::Postcode | Field::Uprn => {}
    }
}

/// A new number joins those that are there, as in a POST, where one of them is ours or none is there. An older row's too: it would
/// have been there first.
fn phone(
    known: &Known<'_>,
    field: Field,
    values: &Values,
    request: &HelpRequest,
    held: &Held,
    plan: &mut Plan,
    older: &mut Older,
) {
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
        return plan.leave(field, own, step, older);
    }
    older.filled(known, field);
    plan.written.push((field, own.clone()));
    let all = Some(joined(&there, number, |part| sent_by(part, true)));
    match field {
        Field::Telephone => plan.patch.contact_telephone_number = all,
        _ => plan.patch.contact_mobile_number = all,
    }
}

/// The address, whole or in parts, and its UPRN.
fn place(
    known: &Known<'_>,
    values: &Values,
    there: &Values,
    address: &RowAddress,
    held: &Held,
    plan: &mut Plan,
    older: &mut Older,
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
    let is_known = |own| known.memory.written(field) == Some(own) || known.memory.was_sent(field, own);
    let stands = if known.is_ours(Field::Address, &now) {
        Stands::Ours
    } else if known.is_ours(Field::HouseNumber, &now) {
        Stands::OurHouseNumber
    } else if [Field::Address, Field::HouseNumber].into_iter().any(|field| known.memory.written(field).is_some()) {
        Stands::Changed
    } else {
        Stands::Unknown
    };
    let last = |field| values.get(&field).is_some_and(|own| known.is_last(field, own));
    let memory = AddressMemory {
        sent_before: last(field),
        is_known: values.get(&field).is_some_and(is_known),
        is_older: is_older(Field::Address) || address.extent != Extent::Whole && is_older(Field::HouseNumber),
        takes_postcode: takes(Field::Postcode),
        takes_uprn: takes(Field::Uprn),
        has_new_uprn: values.get(&Field::Uprn).is_some_and(|own| !known.memory.was_sent(Field::Uprn, own)),
        has_uprn_of_its_own: there.get(&Field::Uprn).is_some_and(|held| known.is_ours(Field::Uprn, held)),
        stands,
    };
    let step = address_step(address, &held.address, memory);
    plan.warnings.extend(step.warning().map(ToOwned::to_owned));
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
                    _ => plan.left.push(field),
                }
            }
            if step == AddressStep::Older {
                older.left.push(field);
            }
        }
    }
}

/// The fields of a row that is older than one that was sent already.
#[derive(Default)]
struct Older {
    left: Vec<Field>,
    filled: Vec<Field>,
}

impl Older {
    fn filled(&mut self, known: &Known<'_>, field: Field) {
        if known.memory.newest().is_some_and(|newest| newest > known.own) {
            self.filled.push(field);
        }
    }

    fn warning(&self) -> Option<String> {
        let words = |fields: &[Field]| fields.iter().map(|field| in_words(*field)).collect::<Vec<_>>().join(", ");
        let (left, filled) = (words(&self.left), words(&self.filled));
        match (left.as_str(), filled.as_str()) {
            ("", "") => None,
            (left, "") => Some(format!("older than a row that was sent already: left as they are: {left}")),
            ("", filled) => Some(format!("older than a row that was sent already: filled in: {filled}")),
            (left, filled) => {
                Some(format!("older than a row that was sent already: left as they are: {left}; filled in: {filled}"))
            }
        }
    }
}

/// The field as the summary calls it.
fn in_words(field: Field) -> &'static str {
    match field {
        Field::FirstName => "first name",
        Field::LastName => "last name",
        Field::Birthday => "date of birth",
        Field::NhsNumber => "NHS number",
        Field::Email => "e-mail",
        Field::Telephone => "telephone",
        Field::Mobile => "mobile",
        Field::Address | Field::HouseNumber => "address",
        Field::Postcode => "postcode",
        Field::Uprn => "UPRN",
    }
}

#[cfg(test)]
mod tests;
