//! Advice on a file that is not a sheet, by its name and type.

use feeds::FileProblem;

use crate::error::ReadError;
use crate::format::Format;

const SAVE_AS: &str = "Open it in Excel, choose File, Save As, \"Excel Workbook (*.xlsx)\", and drop the new file.";
const ASK: &str = "Ask whoever made it for the list as Excel Workbook (.xlsx), CSV or Google Sheet, and drop that.";
const COPY: &str =
    "If there is a list in it, copy its table into a new spreadsheet whose cells are formatted as text, and drop that.";

/// Names' extensions or MIME types, what such a file is, and what to do with it.
const KINDS: [(&str, &str, &str); 14] = [
    ("xls xlt application/vnd.ms-excel", "an Excel workbook of the old kind (.xls)", SAVE_AS),
    ("xlsb application/vnd.ms-excel.sheet.binary.macroEnabled.12", "a binary Excel workbook (.xlsb)", SAVE_AS),
    (
        "ods fods application/vnd.oasis.opendocument.spreadsheet",
        "an OpenDocument spreadsheet (.ods)",
        "Open it in LibreOffice or Excel, choose File, Save As, \"Excel Workbook (.xlsx)\", and drop the new file.",
    ),
    (
        "numbers application/vnd.apple.numbers",
        "a spreadsheet of Numbers",
        "Open it in Numbers, choose File, Export To, Excel, and drop the new file.",
    ),
    (
        "gsheet",
        "only a link to a Google Sheet",
        "Move or copy the Google Sheet itself into the folder, in Google Drive in the browser.",
    ),
    (
        "txt text tab dat prn asc text/plain",
        "a text file",
        "If it is a list with one resident a line, open it in Excel by Data, From Text/CSV, with every column as Text, save it as \
         Excel Workbook (.xlsx), and drop that. If it is a CSV file, end its name in .csv.",
    ),
    (
        "doc docx odt rtf pages application/msword \
         application/vnd.openxmlformats-officedocument.wordprocessingml.document \
         application/vnd.google-apps.document",
        "a text document, such as of Word or Google Docs",
        COPY,
    ),
    (
        "ppt pptx odp application/vnd.ms-powerpoint \
         application/vnd.openxmlformats-officedocument.presentationml.presentation \
         application/vnd.google-apps.presentation",
        "a presentation, such as of PowerPoint",
        COPY,
    ),
    ("pdf application/pdf", "a PDF", ASK),
    (
        "htm html xhtml mht mhtml text/html",
        "a web page",
        "Export the list as Excel Workbook (.xlsx) or CSV from where the page is from, and drop that.",
    ),
    (
        "xml json jsonl application/xml text/xml application/json",
        "data for programs (XML or JSON)",
        "Export the list as Excel Workbook (.xlsx) or CSV from where it is from, and drop that.",
    ),
    (
        "zip 7z rar gz tar application/zip application/x-zip-compressed",
        "an archive",
        "Unpack it, and drop the lists that are in it one by one.",
    ),
    ("eml msg message/rfc822", "an e-mail", "If a list is attached to it, save the attachment and drop that."),
    ("png jpg jpeg gif bmp tif tiff heic webp image/png image/jpeg", "a picture", ASK),
];

const UNKNOWN: (&str, &str, &str) = (
    "",
    "no sheet, by its name",
    "If it is a list, save it as Excel Workbook (.xlsx), CSV (.csv) or Google Sheet, and drop that; else take it out of \
     the folder.",
);

/// The kind whose names have this ending, or that has this MIME type.
fn kind(key: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    KINDS.iter().find(|(keys, ..)| keys.split(' ').any(|known| known == key))
}

/// The problem that the file with this name, and this MIME type where it is known, is not a sheet: for the
/// `REJECTED_…` summary and for `h2h preview`.
pub fn no_sheet(name: &str, mime: Option<&str>) -> FileProblem {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let (_, what, how_to_fix) = extension.as_deref().and_then(kind).or_else(|| mime.and_then(kind)).unwrap_or(&UNKNOWN);
    let problem =
        format!("the file is {what}: only Google Sheets, Excel workbooks (.xlsx) and CSV files (.csv) are read");
    FileProblem { problem, how_to_fix: (*how_to_fix).to_owned() }
}

/// A file that is called a sheet and is of the kind whose names have this ending.
pub(crate) fn disguised(called: Format, ending: &'static str) -> ReadError {
    match kind(ending) {
        Some((_, what, fix)) => ReadError::Other(called, what, format!("End its name in .{ending} instead. {fix}")),
        None => ReadError::other(called, "another kind of file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_file_is_told_what_to_do() {
        for (name, mime, is, fix) in [
            ("old list.XLS", Some("application/octet-stream"), "old kind (.xls)", "Save As"),
            ("old list", Some("application/vnd.ms-excel"), "old kind (.xls)", "Save As"),
            ("list.xlsb", None, "binary", "Save As"),
            ("list.ods", None, "OpenDocument", "LibreOffice"),
            ("export.txt", Some("text/plain"), "a text file", "end its name in .csv"),
            ("export 8.3", Some("text/plain"), "a text file", "From Text/CSV"),
            ("letter.docx", None, "Word", "copy its table"),
            ("Notes", Some("application/vnd.google-apps.document"), "Google Docs", "copy its table"),
            ("list.numbers", Some("application/zip"), "Numbers", "Export To"),
            ("Form", Some("application/vnd.google-apps.form"), "no sheet, by its name", "take it out"),
            ("", None, "no sheet, by its name", "take it out"),
        ] {
            let FileProblem { problem, how_to_fix } = no_sheet(name, mime);
            assert!(problem.contains(is) && how_to_fix.contains(fix), "{name}: {problem}. {how_to_fix}");
        }
    }

    #[test]
    fn no_sheet_is_told_that_it_is_none() {
        for key in KINDS.iter().flat_map(|(keys, ..)| keys.split(' ')).filter(|key| !key.contains('/')) {
            assert_eq!(Format::of(&format!("list.{key}"), None), None, "{key}");
        }
    }
}
