//! Which files of an inbound folder are to be split (docs/contract/feeds.md, Reading a sheet). Not by name, not by
//! count, not by day: by what they are, how long they were left alone, and what the ledger knows.

use chrono::{DateTime, TimeDelta, Utc};
use drive::{Entry, Kind};
use sheets::Format;

/// What decides whether a file is taken now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection {
    /// The present.
    pub(crate) now: DateTime<Utc>,
    /// How long a file must have been left alone: an upload may still be under way.
    pub(crate) quiet: TimeDelta,
    /// Files created before this instant belong to the system that was replaced.
    pub(crate) ingest_from: Option<DateTime<Utc>>,
}

/// A folder's files, sorted by what becomes of them.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    /// Sheets, oldest first.
    pub(crate) sheets: Vec<Entry>,
    /// Files that are no sheet: told once, otherwise left alone.
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
        Kind::Other => None,
    }
}

impl Selection {
    /// Sorts a folder's listing.
    pub(crate) fn of(&self, listing: Vec<Entry>) -> Selected {
        let mut selected = Selected::default();
        for entry in listing {
            if entry.trashed || self.ingest_from.is_some_and(|from| entry.created < from) {
                continue;
            }
            if readable(&entry).is_none() {
                selected.others.push(entry);
            } else if entry.modified.max(entry.created) + self.quiet <= self.now {
                selected.sheets.push(entry);
            }
        }
        selected.sheets.sort_by(|a, b| (a.created, &a.name, &a.id).cmp(&(b.created, &b.name, &b.id)));
        selected
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
            entry("uploading.csv", "text/csv", Some("d"), "2021-03-08T11:59:00Z", "2020-01-01T00:00:00Z"),
            entry("edited", SHEET, None, "2021-03-05T08:00:00Z", "2021-03-08T11:58:01Z"),
            entry("trash.csv", "text/csv", Some("e"), "2021-03-05T08:00:00Z", "2021-03-05T08:00:00Z"),
            entry("letter.pdf", "application/pdf", Some("f"), "2021-03-05T08:00:00Z", "2021-03-05T08:00:00Z"),
            entry("folder", "application/vnd.google-apps.folder", None, "2021-03-05T08:00:00Z", "2021-03-05T08:00:00Z"),
        ]);
        let sheets: Vec<_> = selected.sheets.iter().map(|one| (one.id.as_str(), one.md5.as_deref())).collect();
        assert_eq!(sheets, [("same.csv", Some("a")), ("sheet", None), ("same.csv", Some("b"))]);
        let others: Vec<_> = selected.others.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(others, ["letter.pdf", "folder"]);
    }
}
