//! The rule of what counts as a revision of a file (docs/contract/feeds.md, Reading a sheet).

use chrono::{DateTime, Utc};

use crate::{KnownRevision, RunState};

/// The revision of a file that is to be split, if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    /// This one.
    New(String),
    /// This one, if the file was modified since then: that state of it was rejected.
    IfModifiedSince(DateTime<Utc>, String),
    /// None: it is split already, or another splitter's.
    Known,
}

impl Revision {
    /// The name of the revision that has this checksum; none of a Google Sheet, whose revisions are counted. What is
    /// not a sheet by its name may be one once it is renamed, which is another revision then.
    pub fn name(md5: Option<&str>, is_sheet: bool) -> Option<String> {
        match (md5, is_sheet) {
            (md5, true) => md5.map(str::to_owned),
            (Some(md5), false) => Some(format!("no-sheet-{md5}")),
            // A Google Doc, say: however often it is edited.
            (None, false) => Some("no-sheet".to_owned()),
        }
    }

    /// Of a file whose revision has this name, and these revisions known before.
    ///
    /// A CSV or XLSX file has a revision for each content; one that was superseded before it was read whole, and is there
    /// again, is split after all. A Google Sheet is ingested once, whatever is edited later; only where it was rejected
    /// whole is it looked at again, once it was modified. Its revisions are counted, not dated, so that two splitters that
    /// see different edits claim the same run.
    pub fn of(name: Option<&str>, known: &[KnownRevision]) -> Self {
        if let Some(name) = name {
            let is_known = known.iter().any(|one| one.revision == name && one.state != RunState::Superseded);
            return if is_known { Self::Known } else { Self::New(name.to_owned()) };
        }
        if known.iter().any(|one| one.state != RunState::Rejected) {
            return Self::Known;
        }
        let next = format!("sheet-{}", known.len() + 1);
        match known.iter().max_by_key(|one| counted(&one.revision)) {
            Some(last) => Self::IfModifiedSince(last.file_modified, next),
            None => Self::New(next),
        }
    }
}

fn counted(revision: &str) -> u32 {
    revision.strip_prefix("sheet-").and_then(|count| count.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn known(revision: &str, state: RunState) -> KnownRevision {
        let file_modified = DateTime::UNIX_EPOCH + TimeDelta::days(counted(revision).into());
        KnownRevision { revision: revision.to_owned(), state, file_modified }
    }

    #[test]
    fn each_content_of_a_file_is_split_once() {
        let before = [known("a", RunState::Reported)];
        assert_eq!(Revision::of(Some("a"), &[]), Revision::New("a".to_owned()));
        assert_eq!(Revision::of(Some("a"), &before), Revision::Known);
        assert_eq!(Revision::of(Some("b"), &before), Revision::New("b".to_owned()));
        assert_eq!(Revision::of(Some("b"), &[known("b", RunState::Rejected)]), Revision::Known);
        assert_eq!(Revision::of(Some("b"), &[known("b", RunState::Cancelled)]), Revision::Known);
    }

    #[test]
    fn content_that_was_superseded_and_is_there_again_is_split() {
        let before = [known("a", RunState::Superseded), known("b", RunState::Posting)];
        assert_eq!(Revision::of(Some("a"), &before), Revision::New("a".to_owned()));
        assert_eq!(Revision::of(Some("b"), &before), Revision::Known);
    }

    #[test]
    fn what_was_no_sheet_may_be_one_by_another_name() {
        let name = |md5, is_sheet| Revision::name(md5, is_sheet);
        let before = [known(&name(Some("a"), false).expect("a name"), RunState::Rejected)];
        assert_eq!(Revision::of(name(Some("a"), false).as_deref(), &before), Revision::Known);
        assert_eq!(Revision::of(name(Some("a"), true).as_deref(), &before), Revision::New("a".to_owned()));
        assert_eq!(name(None, true), None);
        assert!(name(None, false).is_some(), "however often it is edited");
    }

    #[test]
    fn a_google_sheet_is_split_once_and_again_only_where_it_was_rejected() {
        assert_eq!(Revision::of(None, &[]), Revision::New("sheet-1".to_owned()));
        for state in
            [RunState::Reading, RunState::Enqueueing, RunState::Posting, RunState::Reported, RunState::Cancelled]
        {
            assert_eq!(Revision::of(None, &[known("sheet-1", state)]), Revision::Known, "{state:?}");
        }
        let once = [known("sheet-1", RunState::Rejected)];
        assert_eq!(Revision::of(None, &once), Revision::IfModifiedSince(once[0].file_modified, "sheet-2".to_owned()));
        let twice = [known("sheet-2", RunState::Rejected), known("sheet-1", RunState::Rejected)];
        assert_eq!(Revision::of(None, &twice), Revision::IfModifiedSince(twice[0].file_modified, "sheet-3".to_owned()));
        assert_eq!(Revision::of(None, &[twice[1].clone(), known("sheet-2", RunState::Posting)]), Revision::Known);
    }
}
