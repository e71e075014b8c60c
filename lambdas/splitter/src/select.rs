//! Which files of an inbound folder are to be split (docs/contract/feeds.md, Reading a sheet). Not by name, not by
//! count, not by day: by what they are, how long they were left alone, and what the ledger knows.

use chrono::{DateTime, TimeDelta, Utc};
use drive::{Entry, Kind};
use ledger::Revision;
use sheets::Format;

/// The facts that decide if a file is taken now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection {
    /// The present.
    pub(crate) now: DateTime<Utc>,
    /// How long a file that was changed must have been left alone: who changes it may not be done.
    pub(crate) quiet: TimeDelta,
    /// Files created before this instant belong to the system that was replaced.
    pub(crate) ingest_from: Option<DateTime<Utc>>,
}

/// A folder's files, sorted by what becomes of them.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    /// The files that somebody dropped, oldest first: sheets, and what is rejected because it is not one. One that is not
    /// [quiet](Selection::is_quiet) yet is there too if it is as it was uploaded, and may be taken if nothing of it ever was.
    pub(crate) files: Vec<Entry>,
    /// Folders, shortcuts and what programs leave behind: logged once, otherwise left alone.
    pub(crate) others: Vec<Entry>,
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readable {
    /// By the Sheets API.
    GoogleSheet,
    /// By download.
    File(Format),
}

/// How a file is read, if it is one that is.
pub(crate) fn readable(entry: &Entry) -> Option<Readable> {
    match entry.kind() {
        Kind::Sheet => Some(Readable::GoogleSheet),
        Kind::Blob => Format::of(&entry.name, Some(&entry.mime_type)).map(Readable::File),
        Kind::Document | Kind::Other => None,
    }
}

/// The name of a file's revision; none of a Google Sheet.
pub(crate) fn revision(entry: &Entry) -> Option<String> {
    Revision::name(entry.md5.as_deref(), readable(entry).is_some())
}

/// True if no person dropped it: Excel's and LibreOffice's lock files, a desktop's view of a folder.
fn is_left_behind(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("~$") || name == "desktop.ini" || name == "Thumbs.db"
}

/// True of a CSV or XLSX file that nobody has changed since it came. Drive shows a file once all of it is there; its
/// modification time is then the one that it had where it came from, or that of the upload (docs/contract/google-drive.md).
/// One that holds nothing yet is what a sync client makes before it writes.
fn is_as_uploaded(entry: &Entry) -> bool {
    let is_file = matches!(readable(entry), Some(Readable::File(_)));
    is_file && entry.modified <= entry.created && entry.size != Some(0)
}

impl Selection {
    /// Sorts a folder's listing.
    pub(crate) fn of(&self, listing: Vec<Entry>) -> Selected {
        let mut selected = Selected::default();
        for entry in listing {
            if entry.trashed || self.ingest_from.is_some_and(|from| entry.created < from) {
                continue;
            }
            if entry.kind() == Kind::Other || is_left_behind(&entry.name) {
                selected.others.push(entry);
            } else if self.is_quiet(&entry) || is_as_uploaded(&entry) {
                selected.files.push(entry);
            }
        }
        selected.files.sort_by(|a, b| (a.created, &a.name, &a.id).cmp(&(b.created, &b.name, &b.id)));
        selected
    }

    /// True if the file was left alone for so long that whoever changed it is taken to be done.
    pub(crate) fn is_quiet(&self, entry: &Entry) -> bool {
        entry.modified.max(entry.created) + self.quiet <= self.now
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(id: &str, mime: &str, md5: Option<&str>, created: &str, modified: &str) -> Entry {
        let entry = json!({ "id": id, "name": id, "mimeType": mime, "md5Checksum": md5, "createdTime": created,
                            "modifiedTime": modified, "trashed": id.contains("trash") });
        serde_json::from_value(entry).expect("an entry")
    }

    const SHEET: &str = "application/vnd.google-apps.spreadsheet";

    fn select(listing: Vec<Entry>) -> Selected {
        let instant = |text: &str| text.parse().expect("an instant");
        let selection = Selection {
            now: instant("2021-03-08T12:00:00Z"),
            quiet: TimeDelta::minutes(2),
            ingest_from: Some(instant("2021-03-01T00:00:00Z")),
        };
        selection.of(listing)
    }

    /// Old names, old dates, many files, a stray file in the folder: none of it matters.
    #[test]
    fn defect_25_26_27_30_every_quiet_sheet_is_taken_oldest_first_whatever_its_name_number_or_day() {
        let selected = select(vec![
            entry("same.csv", "text/csv", Some("b"), "2021-03-07T23:59:00Z", "2021-03-08T09:00:00Z"),
            entry("same.csv", "text/csv", Some("a"), "2021-03-02T08:00:00Z", "2021-03-02T08:00:00Z"),
            entry("sheet", SHEET, None, "2021-03-05T08:00:00Z", "2021-03-08T11:58:00Z"),
            entry("before.csv", "text/csv", Some("c"), "2021-02-28T23:59:59Z", "2021-03-05T08:00:00Z"),
            entry("edited", SHEET, None, "2021-03-05T08:00:00Z", "2021-03-08T11:58:01Z"),
            entry("trash.csv", "text/csv", Some("e"), "2021-03-05T08:00:00Z", "2021-03-05T08:00:00Z"),
            entry("letter.pdf", "application/pdf", Some("f"), "2021-03-05T08:00:00Z", "2021-03-05T08:00:00Z"),
            entry("late.pdf", "application/pdf", Some("g"), "2021-03-05T08:00:00Z", "2021-03-08T11:58:01Z"),
        ]);
        let files: Vec<_> = selected.files.iter().map(|one| (one.id.as_str(), one.md5.as_deref())).collect();
        let letter = ("letter.pdf", Some("f"));
        assert_eq!(files, [("same.csv", Some("a")), letter, ("sheet", None), ("same.csv", Some("b"))]);
    }

    #[test]
    fn only_a_sheet_that_is_as_it_was_uploaded_is_taken_before_it_is_quiet() {
        let (zip, now) = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "2021-03-08T12:00:00Z");
        for (id, mime, md5, created, modified, is_taken) in [
            // An upload brings the time along that the file had, or has its own.
            ("old.csv", "text/csv", Some("a"), now, "2020-01-01T00:00:00Z", true),
            ("list.xlsx", zip, Some("a"), "2021-03-08T11:59:59Z", "2021-03-08T11:59:59Z", true),
            ("saved again.xlsx", zip, Some("b"), "2021-03-08T11:59:50Z", "2021-03-08T11:59:50.001Z", false),
            ("saved again.csv", "text/csv", Some("b"), "2021-03-01T09:00:00Z", "2021-03-08T11:58:01Z", false),
            ("left alone.csv", "text/csv", Some("b"), "2021-03-01T09:00:00Z", "2021-03-08T11:58:00Z", true),
            // The clock of the machine that it came from is ahead.
            ("ahead.csv", "text/csv", Some("a"), "2021-03-08T11:59:00Z", "2021-03-08T13:00:00Z", false),
            ("sheet", SHEET, None, now, now, false),
            ("letter.pdf", "application/pdf", Some("a"), now, now, false),
            ("document", "application/vnd.google-apps.document", None, now, now, false),
        ] {
            let selected = select(vec![entry(id, mime, md5, created, modified)]);
            assert_eq!(selected.files.len(), usize::from(is_taken), "{id}");
        }
        let mut empty = entry("empty.csv", "text/csv", Some("a"), now, now);
        empty.size = Some(0);
        assert!(select(vec![empty]).files.is_empty(), "something may be written into it yet");
    }

    #[test]
    fn folders_shortcuts_and_what_programs_leave_behind_are_left_alone() {
        let now = "2021-03-05T08:00:00Z";
        let google = |id, kind| entry(id, &format!("application/vnd.google-apps.{kind}"), None, now, now);
        let left = ["~$week 9.xlsx", ".~lock.week 9.csv#", "desktop.ini"];
        let mut listing = vec![google("old", "folder"), google("link", "shortcut"), google("notes", "document")];
        listing.extend(left.iter().map(|name| entry(name, "text/csv", Some("a"), now, now)));
        let Selected { files, others } = select(listing);
        let ids = |entries: &[Entry]| entries.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
        assert_eq!(
            (ids(&files), ids(&others)),
            (vec!["notes".to_owned()], ["old", "link"].iter().chain(&left).map(|id| (*id).to_owned()).collect())
        );
    }

    #[test]
    fn a_file_is_another_revision_once_its_name_makes_it_a_sheet() {
        let revision =
            |name, mime, md5| revision(&entry(name, mime, md5, "2021-03-05T08:00:00Z", "2021-03-05T08:00:00Z"));
        assert_eq!(revision("list.csv", "text/plain", Some("a")).as_deref(), Some("a"));
        assert_ne!(revision("list.txt", "text/plain", Some("a")).as_deref(), Some("a"));
        assert_eq!(revision("list", SHEET, None), None);
        assert!(revision("list", "application/vnd.google-apps.document", None).is_some());
    }
}
