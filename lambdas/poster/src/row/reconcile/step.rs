//! What to do with one field of a row, by what is remembered of it and what stands there.

use ledger::{Field, Fingerprint, HashKey, ResidentMemory, RowVersion};

use super::row_address::RowAddress;
use super::values::Values;

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

/// What a row in doubt says.
pub(crate) struct InDoubtValues {
    /// That row's feed.
    pub(crate) feed: &'static str,
    pub(crate) values: Values,
    pub(crate) address: Option<RowAddress>,
    pub(crate) is_newer: bool,
}

/// What to do with one field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The last value of its own feed: whatever stands there now.
    Seen,
    /// It is there.
    There,
    /// A newer row sent this field, or may have.
    Older,
    /// Somebody changed what we wrote: theirs stays, and that is said once.
    Changed,
    Write,
}

impl Known<'_> {
    pub(super) fn step(&self, field: Field, own: &Fingerprint, held: Option<&Fingerprint>) -> Step {
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
            None if self.is_known(field, own) => Step::Changed,
            None => Step::Write,
            Some(_) if self.may_be_older(field) => Step::Older,
            Some(held) if self.is_ours(field, held) => Step::Write,
            Some(_) => Step::Changed,
        }
    }

    /// The last value of the row's own feed.
    pub(super) fn is_last(&self, field: Field, own: &Fingerprint) -> bool {
        self.memory.last(self.feed, field).is_some_and(|last| last.value == *own)
    }

    /// We wrote this value last, or a feed sent it last.
    pub(super) fn is_known(&self, field: Field, own: &Fingerprint) -> bool {
        self.memory.written(field) == Some(own) || self.memory.was_sent(field, own)
    }

    /// A newer row sent this field.
    pub(super) fn is_older(&self, field: Field) -> bool {
        self.memory.is_newer(self.feed, field, self.own)
    }

    /// A newer row of which nobody learnt how far it came sends this field.
    pub(super) fn may_be_older(&self, field: Field) -> bool {
        self.newer_in_doubt(field).next().is_some()
    }

    /// A newer row in doubt of the row's own feed says this field too. What is left to that one was not seen: it may say the same.
    pub(super) fn is_left_to_another(&self, field: Field) -> bool {
        self.newer_in_doubt(field).any(|row| row.feed == self.feed)
    }

    fn newer_in_doubt(&self, field: Field) -> impl Iterator<Item = &InDoubtValues> {
        self.in_doubt.iter().copied().filter(move |row| row.is_newer && row.values.contains_key(&field))
    }

    pub(super) fn is_ours(&self, field: Field, held: &Fingerprint) -> bool {
        self.memory.written(field) == Some(held) || self.in_doubt.iter().any(|row| row.values.get(&field) == Some(held))
    }
}
