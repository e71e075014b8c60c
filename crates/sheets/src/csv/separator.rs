//! Which separator a CSV file uses.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use super::encoding::Text;
use super::records::Records;
use crate::error::ReadError;

/// In the order of preference where nothing else decides.
const CANDIDATES: [u8; 6] = [b',', b';', b'\t', b'|', b'^', b'~'];

/// The header is among the first rows (docs/contract/feeds.md, "Reading a sheet").
const HEADER_ROWS: usize = 10;

/// The separator of a first line such as `sep=;`, and the text behind it. To Excel it is not a row, and hidden.
pub(super) fn declared(file: &mut (impl Read + Seek), text: Text) -> Result<Option<(u8, Text)>, ReadError> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(text.start)).map_err(ReadError::Io)?;
    file.by_ref().take(16).read_to_end(&mut head).map_err(ReadError::Io)?;
    let end = head.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(head.len());
    let (line, rest) = head.split_at(end);
    let line_end = if rest.starts_with(b"\r\n") { 2 } else { rest.len().min(1) };
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let can_separate = |byte: u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b'"';
    Ok(match line {
        [s, e, p, b'=', separator] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && can_separate(*separator) => {
            Some((*separator, Text { start: text.start + (end + line_end) as u64, ..text }))
        }
        _ => None,
    })
}

/// The separator that makes the best table of the first rows.
pub(super) fn detect(file: &mut (impl Read + Seek), text: Text, limit: usize) -> Result<u8, ReadError> {
    let mut best = (0, CANDIDATES[0]);
    for separator in CANDIDATES {
        file.seek(SeekFrom::Start(text.start)).map_err(ReadError::Io)?;
        let records = Records::new(BufReader::new(&mut *file), text.encoding, separator, limit);
        let cells = cells_of_the_commonest_width(records);
        if cells > best.0 {
            best = (cells, separator);
        }
    }
    Ok(best.1)
}

/// The most cells that rows of one width have together: a table has many rows of the header's width, while
/// commas in a title or in a comment make rows of many widths.
fn cells_of_the_commonest_width(mut records: Records<impl BufRead>) -> usize {
    let mut cells = BTreeMap::new();
    for _ in 0..HEADER_ROWS {
        // An error says that this is not the separator; where it is, the reader proper will meet it again.
        let Ok(Some(row)) = records.next_record() else { break };
        *cells.entry(row.cells.len()).or_insert(0) += row.cells.len();
    }
    cells.into_values().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::csv::encoding::Encoding;

    fn detected(text: &str) -> char {
        let mut file = tempfile::tempfile().expect("a temp file");
        file.write_all(text.as_bytes()).expect("written");
        let end = text.len() as u64;
        let text = Text { encoding: Encoding::Utf8, start: 0, end };
        char::from(detect(&mut file, text, 1 << 20).expect("readable"))
    }

    #[test]
    fn a_first_line_may_say_it() {
        for (first, declares) in [
            ("sep=;\r\n", Some(';')),
            ("SEP=|\n", Some('|')),
            ("\"sep=,\"\r", Some(',')),
            ("sep=\t\r\n", Some('\t')),
            ("sep=;;;\n", None),
            ("sep=a\n", None),
            ("sep=\n", None),
            ("separator;name\n", None),
            ("", None),
        ] {
            let mut file = tempfile::tempfile().expect("a temp file");
            file.write_all(format!("\u{FEFF}{first}name;note\n").as_bytes()).expect("written");
            let text = Text { encoding: Encoding::Utf8, start: 3, end: u64::MAX };
            let (separator, behind) = declared(&mut file, text).expect("readable").unzip();
            assert_eq!(separator.map(char::from), declares, "{first:?}");
            assert_eq!(behind.map(|text| text.start), declares.map(|_| 3 + first.len() as u64), "{first:?}");
        }
    }

    #[test]
    fn the_best_table_wins() {
        for (text, separator) in [
            ("a,b,c\n1,2,3\n", ','),
            ("a;b;c\n1;2;3\n", ';'),
            ("a\tb\tc\n1\t2\t3\n", '\t'),
            ("a;b;c\n", ';'),
            ("only\none\n", ','),
            ("", ','),
            ("Export, of Monday, 8 March, in full\n\nname;note\nAda;\"a, b, c\"\nGrace;x\nJoan;y\n", ';'),
            ("name;note\nAda;a, b, c, d, e\nGrace;a, b\nJoan;none\n", ';'),
            ("\"name\";\"note\"\n\"Ada\";\"x\"\n", ';'),
            ("name|note\nAda|a, b, c\nGrace|x\n", '|'),
            ("name^note^more\nAda^a, b^x\n", '^'),
            ("name~note\nAda~x\n", '~'),
            ("\"name\",\"note\"\n\"Ada\",\"x;y;z\"\n", ','),
        ] {
            assert_eq!(detected(text), separator, "{text:?}");
        }
    }
}
