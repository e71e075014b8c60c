//! The files of which nothing will be split any more, as long as this process lives: what lies in a folder is asked of the
//! ledger once, and not at every poll.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use drive::Entry;
use ledger::{KnownRevision, RunState};

use crate::select::revision;

/// Files that are done with, each with the name of its revision (none of a Google Sheet).
#[derive(Debug, Default)]
pub struct DoneFiles(Mutex<BTreeMap<String, Option<String>>>);

impl DoneFiles {
    /// True where nothing of the file as it is listed will be split any more.
    pub(crate) fn has(&self, entry: &Entry) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&entry.id) == Some(&revision(entry))
    }

    /// Notes that the file is done with, if these revisions of it say so.
    pub(crate) fn note(&self, entry: &Entry, known: &[KnownRevision]) {
        let revision = revision(entry);
        if is_done(revision.as_deref(), known) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.id.clone(), revision);
        }
    }
}

/// True where nothing can become of the runs that makes the revision one to be split again: one that is being read may still be
/// superseded, and a Google Sheet that was rejected is looked at once it is edited.
fn is_done(revision: Option<&str>, known: &[KnownRevision]) -> bool {
    known.iter().any(|one| match one.state {
        RunState::Reading | RunState::Enqueueing | RunState::Superseded => false,
        RunState::Rejected => revision == Some(&one.revision),
        RunState::Posting | RunState::Reported | RunState::Cancelled => {
            revision.is_none_or(|name| name == one.revision)
        }
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use ledger::Revision;

    use super::*;

    #[test]
    fn what_is_done_with_is_known_whatever_comes() {
        let known = |state| [KnownRevision { revision: "a".to_owned(), state, file_modified: DateTime::UNIX_EPOCH }];
        let states = [
            RunState::Reading,
            RunState::Enqueueing,
            RunState::Posting,
            RunState::Reported,
            RunState::Rejected,
            RunState::Superseded,
            RunState::Cancelled,
        ];
        for state in states {
            for name in [Some("a"), Some("b"), None] {
                let is_done = is_done(name, &known(state));
                assert!(!is_done || Revision::of(name, &known(state)) == Revision::Known, "{state:?} {name:?}");
            }
        }
        assert!(is_done(Some("a"), &known(RunState::Rejected)) && !is_done(None, &known(RunState::Rejected)));
        assert!(is_done(Some("a"), &known(RunState::Reported)) && is_done(None, &known(RunState::Posting)));
        assert!(!is_done(Some("a"), &known(RunState::Reading)) && !is_done(Some("b"), &known(RunState::Reported)));
    }
}
