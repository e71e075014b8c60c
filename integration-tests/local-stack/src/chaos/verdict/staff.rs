//! What staff corrected and does not stand any more.

use std::collections::BTreeSet;

use simulators::desk::{Change, Edit, Place};
use simulators::here_to_help::{Touch, Touched};

use super::Verdict;
use crate::chaos::seen::Seen;

impl Verdict {
    /// Counts the corrections that were undone by somebody who could have known of them.
    pub(super) fn staff(&mut self, seen: &Seen) {
        self.corrections = seen.desk.edits().len() as u64;
        let undone = seen.desk.undone(&seen.api).into_iter();
        let undone: Vec<_> = undone.filter(|(edit, change)| was_known(edit, change, &seen.touches)).collect();
        let corrections: BTreeSet<_> = undone.iter().map(|(edit, _)| (edit.at, edit.resident)).collect();
        self.staff_undone = corrections.len() as u64;
        self.findings.extend(undone.iter().map(|(edit, change)| {
            format!("resident {}: staff's {} is undone ({:?})", edit.resident, change.place.field(), edit.correction)
        }));
    }
}

/// True unless the one who wrote over it had looked at the resident for the last time before staff corrected it.
fn was_known(edit: &Edit, change: &Change, touches: &[Touch]) -> bool {
    let Place::Resident(resident, name) = change.place else { return true };
    let mut since = touches.iter().filter(|touch| touch.resident == resident && touch.at > edit.at);
    let mut was_shown = false;
    let writes_over = |touch: &&Touch| match &touch.what {
        Touched::Shown => {
            was_shown = true;
            false
        }
        Touched::Written(fields) => fields.get(name).is_some_and(|value| !change.stands_in(name, Some(value))),
    };
    since.find(writes_over).is_none() || was_shown
}
