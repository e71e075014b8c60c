//! How a file of Drive is named on disk.
//!
//! | in Drive | on disk |
//! |---|---|
//! | a CSV, an XLSX, anything with bytes | `name.csv`, `name.xlsx`, … under its own name |
//! | a Google Sheet that a person made | `name.gsheet.csv` or `name.gsheet.xlsx`, called `name` |
//! | a Google Sheet made through the API | `name.xlsx`: what it holds, to be opened |
//! | a folder in the folder | a directory; what it holds is not shown |
//! | in the bin | `.trash/<id>` beside the feeds |

use super::entry::{CSV, Content, XLSX};

/// The kind of file that a person put there, and its name in Drive.
pub(super) fn from_disk(name: &str, is_directory: bool) -> (Content, String) {
    if is_directory {
        return (Content::Folder, name.to_owned());
    }
    for suffix in [".gsheet.csv", ".gsheet.xlsx"] {
        if let Some(stem) = name.strip_suffix(suffix).filter(|stem| !stem.is_empty()) {
            return (Content::Sheet, stem.to_owned());
        }
    }
    let extension = name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase());
    let mime = match extension.as_str() {
        "csv" => CSV,
        "xlsx" => XLSX,
        "xls" => "application/vnd.ms-excel",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "tsv" => "text/tab-separated-values",
        "txt" => "text/plain",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "png" => "image/png",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => "application/octet-stream",
    };
    (Content::Blob { mime: mime.to_owned() }, name.to_owned())
}

/// The part of a Google Sheet's file name that is not its name in Drive.
pub(super) fn sheet_suffix(on_disk: &str) -> &'static str {
    [".gsheet.csv", ".gsheet.xlsx", ".csv", ".xlsx"]
        .into_iter()
        .find(|suffix| on_disk.ends_with(suffix))
        .unwrap_or_default()
}

/// A name that can stand on disk, for a name of Drive. What a file system does not take is written `%2F`; the name itself is
/// kept in the index, so nothing needs to be read back from this one.
pub(super) fn safe_name(name: &str, suffix: &str) -> String {
    const LONGEST: usize = 180;
    let mut safe = String::new();
    for letter in name.chars() {
        match letter {
            '/' => safe.push_str("%2F"),
            '\0' => safe.push_str("%00"),
            // Hidden files, and the lock files of spreadsheet programs, are not looked at.
            '.' if safe.is_empty() => safe.push_str("%2E"),
            '~' if safe.is_empty() => safe.push_str("%7E"),
            other => safe.push(other),
        }
        if safe.len() > LONGEST {
            break;
        }
    }
    if safe.is_empty() {
        safe.push_str("Untitled");
    }
    safe + suffix
}

#[cfg(test)]
mod tests {
    use super::super::entry::FOLDER;
    use super::*;

    #[test]
    fn a_person_makes_a_google_sheet_by_its_name() {
        let (content, name) = from_disk("week 3.gsheet.csv", false);
        assert_eq!((content, name.as_str()), (Content::Sheet, "week 3"));
        let (content, name) = from_disk("week 3.gsheet.xlsx", false);
        assert_eq!((content, name.as_str()), (Content::Sheet, "week 3"));
        let (content, name) = from_disk("week 3.CSV", false);
        assert_eq!((content.mime(), name.as_str()), (CSV, "week 3.CSV"));
        assert_eq!(from_disk(".gsheet.csv", false).0.mime(), CSV);
        assert_eq!(from_disk("old", true).0.mime(), FOLDER);
        assert_eq!(from_disk("no extension", false).0.mime(), "application/octet-stream");
    }

    #[test]
    fn every_name_of_drive_can_stand_on_disk() {
        assert_eq!(safe_name("3/4 of SPL", ".xlsx"), "3%2F4 of SPL.xlsx");
        assert_eq!(safe_name("../../etc", ""), "%2E.%2F..%2Fetc");
        assert_eq!(safe_name("~$lock", ""), "%7E$lock");
        assert_eq!(safe_name("", ".xlsx"), "Untitled.xlsx");
        assert!(safe_name(&"é/".repeat(400), ".gsheet.xlsx").len() < 255);
    }
}
