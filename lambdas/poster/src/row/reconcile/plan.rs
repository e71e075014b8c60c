//! What a row writes at a resident, what of it to remember, and what to say.

use ledger::{Field, Fingerprint};
use wire::ResidentPatch;

use super::step::{Known, Step};

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
    older: Older,
}

impl Plan {
    pub(super) fn leave(&mut self, field: Field, own: &Fingerprint, step: Step) {
        match step {
            Step::There => self.ours.push((field, own.clone())),
            Step::Seen | Step::Write => self.left.push(field),
            Step::Older => {
                self.left.push(field);
                self.older.left.push(field);
            }
            Step::Changed => {
                self.left.push(field);
                self.warnings.push(format!("{} kept: changed in Here to Help", in_words(field)));
            }
        }
    }

    /// The field is written with this, which stands there for us then.
    pub(super) fn write(&mut self, known: &Known<'_>, field: Field, value: Fingerprint) {
        if known.memory.newest().is_some_and(|newest| newest > known.own) {
            self.older.filled.push(field);
        }
        self.written.push((field, value));
    }

    /// The address of a newer row stands.
    pub(super) fn is_older(&mut self, field: Field) {
        self.older.left.push(field);
    }

    /// Does not remember as seen what is left because of another row that says it too: that one may say the same. Of a place
    /// that is left no part is.
    pub(super) fn leave_to_another(&mut self, says_it_too: impl Fn(Field) -> bool) {
        let is_of_a_place =
            |field: &Field| matches!(field, Field::Address | Field::HouseNumber | Field::Postcode | Field::Uprn);
        let older = &self.older.left;
        let is_place_older = older.iter().any(is_of_a_place);
        let is_older = |field: &Field| older.contains(field) || is_place_older && is_of_a_place(field);
        self.left.retain(|field| !(is_older(field) && says_it_too(*field)));
    }

    /// With what is to be said of a row that is older than another.
    pub(super) fn told(mut self) -> Self {
        self.warnings.extend(self.older.warning());
        self
    }
}

/// The fields of a row that is older than one that was sent already.
#[derive(Default)]
struct Older {
    left: Vec<Field>,
    filled: Vec<Field>,
}

impl Older {
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
        Field::Address | Field::HouseNumber | Field::KeptAddress => "address",
        Field::Postcode => "postcode",
        Field::Uprn => "UPRN",
    }
}
