//! The kind of a file that is called a sheet and is not one, by its first bytes.

use crate::format::ZIP;

const WEB_PAGE: &str = "a web page (HTML)";
const JSON: &str = "JSON, the notation of programs";

/// The beginnings of web pages, in small letters.
const OF_WEB_PAGES: &str = "<!doctype <!-- <html <head <meta <title <link <style <script <body <div <center <font <table <thead <tbody <tr> <p> <pre>";

/// First bytes that no table begins with, in small letters, and what begins with them.
const OTHERS: [(&[u8], &str); 15] = [
    (ZIP, "an Excel workbook (.xlsx) or another zip archive"),
    (b"\x1f\x8b", "an archive (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7-Zip)"),
    (b"rar!\x1a", "an archive (RAR)"),
    (b"%pdf", "a PDF"),
    (b"\x89png", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"gif8", "a picture"),
    (b"{\\rtf", "a Word document (RTF)"),
    (b"mime-version:", "a web archive or an e-mail"),
    (b"<?xml", "XML, the notation of programs"),
    (b"{\"", JSON),
    (b"[{", JSON),
    (b"[[", JSON),
    (b"table\r\n0,1", "a table in the old Data Interchange Format (DIF)"),
];

/// So many bytes of a file tell what it is.
pub(crate) const HEAD: usize = 2_048;

/// The kind of a file that begins with these bytes; none of what may be a table.
pub(crate) fn named(head: &[u8]) -> Option<&'static str> {
    let head = &head[..head.len().min(HEAD)];
    let head: Vec<u8> = head.iter().skip_while(|byte| byte.is_ascii_whitespace()).map(u8::to_ascii_lowercase).collect();
    let holds = |part: &[u8]| memchr::memmem::find(&head, part).is_some();
    if head.starts_with(b"<?xml") && holds(b"urn:schemas-microsoft-com:office:spreadsheet") {
        return Some("an XML spreadsheet of Excel 2003");
    }
    let is_page = OF_WEB_PAGES.split(' ').any(|begin| head.starts_with(begin.as_bytes()));
    if is_page || (head.starts_with(b"<?xml") && holds(b"<html")) {
        return Some(WEB_PAGE);
    }
    if is_sylk(&head) {
        return Some("a spreadsheet in the old SYLK format");
    }
    // The brackets of JSON may have blanks between them, a zip archive's first bytes none.
    let packed: Vec<u8> = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(8).collect();
    let is = |magic: &[u8]| {
        let text = if matches!(magic.first(), Some(b'{' | b'[')) { &packed } else { &head };
        text.get(..magic.len()).is_some_and(|text| text.eq_ignore_ascii_case(magic))
    };
    OTHERS.iter().find(|(magic, _)| is(magic)).map(|(_, what)| *what)
}

/// A list whose first columns are `ID` and `Postcode` begins like one; the second line tells them apart.
fn is_sylk(head: &[u8]) -> bool {
    let second = head.split(|byte| *byte == b'\n').nth(1).unwrap_or_default();
    head.starts_with(b"id;p") && matches!(second, [kind, b';', ..] if b"bcfop".contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_what_it_holds() {
        for (head, what) in [
            ("PK\u{3}\u{4}…", "an Excel workbook (.xlsx) or another zip archive"),
            ("%PDF-1.7", "a PDF"),
            ("<table><tr><td>First name</td></tr></table>", WEB_PAGE),
            ("\r\n\t <!DocType HTML PUBLIC>", WEB_PAGE),
            ("<META http-equiv=Content-Type>", WEB_PAGE),
            ("<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">", WEB_PAGE),
            (
                "<?xml version=\"1.0\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n<Workbook \
                 xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
                "an XML spreadsheet of Excel 2003",
            ),
            ("<?xml version=\"1.0\"?><people/>", "XML, the notation of programs"),
            ("[\n  {\"name\": \"Mina\"}", JSON),
            ("{ \"name\": \"Mina\" }", JSON),
            ("{\\rtf1\\ansi", "a Word document (RTF)"),
            ("ID;PWXL;N;E\r\nP;PGeneral\r\n", "a spreadsheet in the old SYLK format"),
            ("MIME-Version: 1.0\r\nX-Document-Type: Workbook", "a web archive or an e-mail"),
        ] {
            assert_eq!(named(head.as_bytes()), Some(what), "{head}");
        }
    }

    #[test]
    fn what_may_be_a_table_is_not_named() {
        for head in [
            "First name,Surname",
            "ID;Postcode;Phone\r\n7;E8 9ZZ;1\r\n",
            "[First name],[Surname]",
            "<OFFICIAL-SENSITIVE>,,\r\nFirst name,Surname",
            "{id},{name}",
            "Table,Chair",
            "",
            "   ",
        ] {
            assert_eq!(named(head.as_bytes()), None, "{head}");
        }
    }
}
