//! The rows that were sent again from this page: the ledger lists them as dead until a poster takes them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use ledger::{DeadRow, RowId};

use super::jobs::held;
use crate::command_prelude::*;

/// After so long nobody takes it for granted any more that its message is on its way.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// When each was sent again last, since the server was started.
#[derive(Default)]
pub(super) struct SentAgain(Mutex<BTreeMap<RowId, DateTime<Utc>>>);

impl SentAgain {
    /// These rows were sent again at this instant.
    pub(super) fn add<'a>(&self, rows: impl Iterator<Item = &'a DeadRow>, at: DateTime<Utc>) {
        let mut sent = held(&self.0);
        sent.retain(|_, sent| *sent > at - KEPT);
        sent.extend(rows.map(|dead| (dead.id.clone(), at)));
    }

    /// How many of these dead rows wait for a poster: they were sent again since they were settled.
    pub(super) fn waiting(&self, rows: &[DeadRow]) -> usize {
        let (sent, oldest) = (held(&self.0), Utc::now() - KEPT);
        rows.iter().filter(|dead| sent.get(&dead.id).is_some_and(|at| *at > dead.settled_at && *at > oldest)).count()
    }
}

/// What is said of so many of all dead rows; nothing where there are none.
pub(super) fn in_words(waiting: usize, all: usize) -> String {
    match waiting {
        0 => String::new(),
        1 if all == 1 => " It was sent again from here, and waits for a poster.".to_owned(),
        1 => " One of them was sent again from here, and waits for a poster.".to_owned(),
        rows => format!(" {rows} of them were sent again from here, and wait for a poster."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_waits_until_it_is_settled_anew() {
        let dead = |row, settled_at| DeadRow {
            id: RowId { run: RunId::of("file", "1"), row },
            feed: feeds::all()[0],
            outcome: Outcome::DeadLettered,
            class: "server-error".to_owned(),
            settled_at,
            attempts: 8,
        };
        let (then, second) = (Utc::now(), TimeDelta::seconds(1));
        let sent = SentAgain::default();
        sent.add([dead(2, then), dead(3, then)].iter(), then + second);
        assert_eq!(sent.waiting(&[dead(2, then), dead(3, then), dead(4, then)]), 2);
        assert_eq!(sent.waiting(&[dead(2, then + second * 2), dead(3, then)]), 1, "one is dead once more");
        let long_ago = SentAgain::default();
        long_ago.add([dead(2, then - KEPT * 2)].iter(), then - KEPT);
        assert_eq!(long_ago.waiting(&[dead(2, then - KEPT * 2)]), 0);
    }
}
