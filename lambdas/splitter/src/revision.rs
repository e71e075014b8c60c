//! What counts as a revision of a file (docs/contract/feeds.md, Reading a sheet).

use drive::Entry;
use ledger::{KnownRevision, RunState};

/// Whether a file has a revision that is to be split.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Revision<'a> {
    /// This one.
    New(String),
    /// This one, if the file was modified since that run rejected it.
    IfModifiedSince(&'a KnownRevision, String),
    /// None: it is split already, or another splitter's.
    Known,
}

/// A CSV or XLSX file has a revision for each content; one that was superseded before it was read whole, and is there
/// again, is split after all. A Google Sheet is ingested once, whatever is edited later; only
/// where it was rejected whole is it looked at again, once it was modified. Its revisions are counted, not dated, so that
/// two splitters that see different edits claim the same run.
pub(crate) fn of<'a>(entry: &Entry, known: &'a [KnownRevision]) -> Revision<'a> {
    if let Some(md5) = &entry.md5 {
        let is_known = known.iter().any(|one| one.revision == *md5 && one.state != RunState::Superseded);
        return if is_known { Revision::Known } else { Revision::New(md5.clone()) };
    }
    if known.iter().any(|one| one.state != RunState::Rejected) {
        return Revision::Known;
    }
    let next = format!("sheet-{}", known.len() + 1);
    match known.iter().max_by_key(|one| counted(&one.revision)) {
        Some(last) => Revision::IfModifiedSince(last, next),
        None => Revision::New(next),
    }
}

fn counted(revision: &str) -> u32 {
    revision.strip_prefix("sheet-").and_then(|count| count.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ledger::RunId;
    use serde_json::json;

    use super::*;

    fn entry(md5: Option<&str>) -> Entry {
        let at = "2021-03-08T12:00:00Z";
        let entry = json!({ "id": "f", "name": "f", "mimeType": "x", "md5Checksum": md5, "createdTime": at, "modifiedTime": at });
        serde_json::from_value(entry).expect("an entry")
    }

    fn known(revision: &str, state: RunState) -> KnownRevision {
        KnownRevision { revision: revision.to_owned(), run: RunId::of("f", revision), state }
    }

    #[test]
    fn each_content_of_a_file_is_split_once() {
        let before = [known("a", RunState::Reported)];
        assert_eq!(of(&entry(Some("a")), &[]), Revision::New("a".to_owned()));
        assert_eq!(of(&entry(Some("a")), &before), Revision::Known);
        assert_eq!(of(&entry(Some("b")), &before), Revision::New("b".to_owned()));
        assert_eq!(of(&entry(Some("b")), &[known("b", RunState::Rejected)]), Revision::Known);
        assert_eq!(of(&entry(Some("b")), &[known("b", RunState::Cancelled)]), Revision::Known);
    }

    #[test]
    fn content_that_was_superseded_and_is_there_again_is_split() {
        let before = [known("a", RunState::Superseded), known("b", RunState::Posting)];
        assert_eq!(of(&entry(Some("a")), &before), Revision::New("a".to_owned()));
        assert_eq!(of(&entry(Some("b")), &before), Revision::Known);
    }

    #[test]
    fn a_google_sheet_is_split_once_and_again_only_where_it_was_rejected() {
        let sheet = entry(None);
        assert_eq!(of(&sheet, &[]), Revision::New("sheet-1".to_owned()));
        for state in
            [RunState::Reading, RunState::Enqueueing, RunState::Posting, RunState::Reported, RunState::Cancelled]
        {
            assert_eq!(of(&sheet, &[known("sheet-1", state)]), Revision::Known, "{state:?}");
        }
        let once = [known("sheet-1", RunState::Rejected)];
        assert_eq!(of(&sheet, &once), Revision::IfModifiedSince(&once[0], "sheet-2".to_owned()));
        let twice = [known("sheet-2", RunState::Rejected), known("sheet-1", RunState::Rejected)];
        assert_eq!(of(&sheet, &twice), Revision::IfModifiedSince(&twice[0], "sheet-3".to_owned()));
        assert_eq!(of(&sheet, &[twice[1].clone(), known("sheet-2", RunState::Posting)]), Revision::Known);
    }
}
