//! Whom a row is about, as leases know people.

use feeds::Decision;
use ledger::{HashKey, Person, RowVersion};
use wire::{NhsNumber, identities};

use crate::command_prelude::*;

/// The person of a row: by the identities that its poster leased, decided again from its cells, and by the resident whom it
/// reached. Of a row that was not to be posted, by the NHS numbers in its cells.
pub(super) fn person_of(key: &HashKey, run: &Run, row: &RowRecord) -> Person {
    let mut person = Person {
        row: Some(RowVersion { claimed_at: run.claimed_at, run: run.id.clone(), row: row.row }),
        resident_id: resident_of(row),
        ..Person::default()
    };
    let judged = run.header.as_ref().and_then(|header| run.feed.judge(header, row.row, &row.cells, &run.rules).ok());
    match judged.map(|judged| judged.decision) {
        Some(Decision::Post(post)) => {
            for identity in identities(&post.request) {
                let leases = if identity.kind == "nhs" { &mut person.numbers } else { &mut person.shared };
                leases.insert(key.lease(identity.kind, &identity.value));
            }
        }
        _ => person.numbers.extend(numbers_in(&row.cells).map(|number| key.lease("nhs", number.as_str()))),
    }
    person
}

/// The resident whom a row reached. A failed one may show the resident under whom its id stands: somebody else.
pub(super) fn resident_of(row: &RowRecord) -> Option<i64> {
    let has_reached = matches!(row.outcome(), Some(Outcome::Created | Outcome::AlreadyKnown));
    row.resident_id().filter(|_| has_reached)
}

/// The NHS numbers that stand in cells, each by itself.
pub(super) fn numbers_in(cells: &[String]) -> impl Iterator<Item = NhsNumber> {
    cells.iter().filter(|cell| cell.len() < 20).filter_map(|cell| NhsNumber::among(cell))
}
