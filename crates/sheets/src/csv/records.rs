//! The rows of a CSV text, strictly.
//!
//! Not the `csv` crate, for two of its mercies would cost residents: it skips blank lines, so that row
//! numbers no longer agree with the sheet, and it forgives quotation marks that do not pair up, so that one
//! forgotten mark swallows the rows down to the next one without a word. Otherwise the two agree, which the
//! tests hold this one to.

use std::io::{self, BufRead};
use std::mem;

use feeds::{Cell, SheetRow};

use super::encoding::Encoding;
use crate::error::ReadError;

/// Rows of a CSV text. Row numbers count blank lines, and a quoted line break does not begin a row: just as a
/// spreadsheet program numbers them when it opens the file.
pub(crate) struct Records<R> {
    input: R,
    parser: Parser,
}

impl<R: BufRead> Records<R> {
    /// `limit` is [`crate::Limits::row`].
    pub(crate) fn new(input: R, encoding: Encoding, separator: u8, limit: usize) -> Self {
        Self { input, parser: Parser::new(encoding, separator, limit) }
    }

    /// The next row, blank ones too (they have no cells). `None` at the end of the text.
    pub(crate) fn next_record(&mut self) -> Result<Option<SheetRow>, ReadError> {
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ReadError::Io(error)),
            };
            if buffer.is_empty() {
                return self.parser.finish();
            }
            let mut used = 0;
            let mut row = None;
            for &byte in buffer {
                used += 1;
                row = self.parser.push(byte)?;
                if row.is_some() {
                    break;
                }
            }
            self.input.consume(used);
            if row.is_some() {
                return Ok(row);
            }
        }
    }
}

struct Parser {
    encoding: Encoding,
    separator: u8,
    limit: usize,
    /// The number of the row that is being read, and its bytes so far.
    row: u32,
    length: usize,
    cells: Vec<Cell>,
    cell: Vec<u8>,
    state: State,
    /// The last row ended with CR: a LF that follows belongs to it.
    after_cr: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// At the start of a cell.
    Start,
    /// In a cell without quotation marks.
    Plain,
    /// In a cell that began with a quotation mark, so many lines below it.
    Quoted { lines: u32 },
    /// Behind a quotation mark in such a cell: either it closes the cell, or a second one follows.
    Closed { lines: u32 },
    /// Behind a blank that follows a closing mark.
    Behind { lines: u32 },
}

impl Parser {
    fn new(encoding: Encoding, separator: u8, limit: usize) -> Self {
        Self {
            encoding,
            separator,
            limit,
            row: 1,
            length: 0,
            cells: Vec::new(),
            cell: Vec::new(),
            state: State::Start,
            after_cr: false,
        }
    }

    /// Takes in one byte; a row comes back where it ends one. Bytes will do: no byte of a character beyond
    /// ASCII looks like a separator, a quotation mark or a line end, in either encoding.
    fn push(&mut self, byte: u8) -> Result<Option<SheetRow>, ReadError> {
        if mem::take(&mut self.after_cr) && byte == b'\n' {
            return Ok(None);
        }
        self.length += 1;
        match (self.state, byte) {
            (State::Quoted { .. }, _) if self.length > self.limit => return Err(self.unclosed()),
            _ if self.length > self.limit => return Err(ReadError::RowTooLong { row: self.row, limit: self.limit }),
            (State::Quoted { lines }, b'"') => self.state = State::Closed { lines },
            (State::Quoted { lines }, b'\n') => {
                self.state = State::Quoted { lines: lines + 1 };
                self.cell.push(byte);
            }
            (State::Quoted { .. }, _) => self.cell.push(byte),
            (State::Closed { lines }, b'"') => {
                self.state = State::Quoted { lines };
                self.cell.push(byte);
            }
            (State::Start, b'"') => self.state = State::Quoted { lines: 0 },
            (_, b'\r' | b'\n') => {
                self.after_cr = byte == b'\r';
                return Ok(Some(self.end_row()));
            }
            (_, separator) if separator == self.separator => self.end_cell(),
            (State::Closed { lines }, b' ') => self.state = State::Behind { lines },
            (State::Behind { .. }, b' ') => {}
            (State::Closed { lines } | State::Behind { lines }, _) => {
                return Err(ReadError::StrayQuote { row: self.row, column: self.column(), lines });
            }
            (State::Start | State::Plain, _) => {
                self.state = State::Plain;
                self.cell.push(byte);
            }
        }
        Ok(None)
    }

    /// The end of the text: it ends the last row where no line end does.
    fn finish(&mut self) -> Result<Option<SheetRow>, ReadError> {
        match self.state {
            State::Quoted { .. } => Err(self.unclosed()),
            State::Start if self.cells.is_empty() => Ok(None),
            _ => Ok(Some(self.end_row())),
        }
    }

    fn end_row(&mut self) -> SheetRow {
        let blank = self.cells.is_empty() && self.state == State::Start;
        if !blank {
            self.end_cell();
        }
        let row = SheetRow::new(self.row, mem::take(&mut self.cells));
        self.row = self.row.saturating_add(1);
        self.length = 0;
        row
    }

    fn end_cell(&mut self) {
        self.cells.push(Cell::text(self.encoding.decode(mem::take(&mut self.cell))));
        self.state = State::Start;
    }

    /// The column of the cell that is being read; the first is 1.
    fn column(&self) -> usize {
        self.cells.len() + 1
    }

    fn unclosed(&self) -> ReadError {
        ReadError::UnclosedQuote { row: self.row, column: self.column() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8], separator: u8) -> Result<Vec<(u32, Vec<String>)>, ReadError> {
        // A tiny buffer: rows must not depend on where one ends.
        let mut records = Records::new(io::BufReader::with_capacity(3, text), Encoding::Utf8, separator, 1 << 20);
        let mut rows = Vec::new();
        while let Some(row) = records.next_record()? {
            rows.push((row.number, row.cells.into_iter().map(|cell| cell.text).collect()));
        }
        Ok(rows)
    }

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        read(text.as_bytes(), b',').expect("it can be read")
    }

    fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (number, cells.iter().map(|&cell| cell.to_owned()).collect())
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_program_shows_them() {
        assert_eq!(
            rows("name,note\n\nAda,\"one\ntwo\"\r\n\r\nGrace,x\rJoan,y\n"),
            [
                row(1, &["name", "note"]),
                row(2, &[]),
                row(3, &["Ada", "one\ntwo"]),
                row(4, &[]),
                row(5, &["Grace", "x"]),
                row(6, &["Joan", "y"]),
            ]
        );
    }

    #[test]
    fn cells_are_taken_as_they_are() {
        assert_eq!(rows(" a ,\" b \", c \"d\" ,\"\",\n"), [row(1, &[" a ", " b ", " c \"d\" ", "", ""])]);
        assert_eq!(rows("\"say \"\"hi\"\"\"  ,x"), [row(1, &["say \"hi\"", "x"])]);
        assert_eq!(rows(""), []);
        assert_eq!(rows("\"\""), [row(1, &[""])]);
        assert_eq!(rows(",\n"), [row(1, &["", ""])]);
        assert_eq!(rows("07700900123,+44,1e5,=SUM(A1)"), [row(1, &["07700900123", "+44", "1e5", "=SUM(A1)"])]);
    }

    #[test]
    fn a_mark_that_is_never_closed_names_the_row_where_it_opens() {
        let error = read(b"a,b\n1,2\n3,\"four\n5,6\n7,8\n", b',').expect_err("unclosed");
        assert!(matches!(error, ReadError::UnclosedQuote { row: 3, column: 2 }), "{error:?}");
    }

    #[test]
    fn a_mark_that_a_later_cell_closes_swallows_nothing() {
        let error = read(b"a,b\n1,\"two\n3,4\n5,\"six\"\n", b',').expect_err("stray");
        assert!(matches!(error, ReadError::StrayQuote { row: 2, column: 2, lines: 2 }), "{error:?}");
        for text in ["a\n\"Flat \"B\" 1 Road\"\n", "a\n\"Flat\" \"B\"\n"] {
            let error = read(text.as_bytes(), b',').expect_err("stray");
            assert!(matches!(error, ReadError::StrayQuote { row: 2, column: 1, lines: 0 }), "{error:?}");
        }
    }

    #[test]
    fn a_row_has_a_limit_and_the_rows_before_it_stand() {
        let text = format!("a,b\n{}\n", "x".repeat(100));
        let mut records = Records::new(text.as_bytes(), Encoding::Utf8, b',', 50);
        assert!(records.next_record().expect("the first row").is_some());
        assert!(matches!(records.next_record(), Err(ReadError::RowTooLong { row: 2, limit: 50 })));

        let text = format!("a,b\n1,\"{}\n", "x\n".repeat(100));
        let mut records = Records::new(text.as_bytes(), Encoding::Utf8, b',', 50);
        assert!(records.next_record().expect("the first row").is_some());
        assert!(matches!(records.next_record(), Err(ReadError::UnclosedQuote { row: 2, column: 2 })));

        let text = "a,b\n".repeat(100);
        let mut records = Records::new(text.as_bytes(), Encoding::Utf8, b',', 50);
        let rows = std::iter::from_fn(|| records.next_record().expect("each row is short")).count();
        assert_eq!(rows, 100, "the limit is a row's, not the file's");
    }

    proptest! {
        /// Whatever the cells hold, what the `csv` crate writes is read back, in any style and by any separator.
        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            table in prop::collection::vec(prop::collection::vec("[ -~\r\n\t,;\"éß’\u{a0}😀]{0,12}", 1..6), 1..8),
            separator in prop::sample::select(vec![b',', b';', b'\t']),
            crlf in any::<bool>(),
            always in any::<bool>(),
        ) {
            let mut writer = ::csv::WriterBuilder::new()
                .delimiter(separator)
                .flexible(true)
                .terminator(if crlf { ::csv::Terminator::CRLF } else { ::csv::Terminator::Any(b'\n') })
                .quote_style(if always { ::csv::QuoteStyle::Always } else { ::csv::QuoteStyle::Necessary })
                .from_writer(Vec::new());
            for record in &table {
                writer.write_record(record).expect("written to memory");
            }
            let bytes = writer.into_inner().expect("flushed");
            let expected: Vec<_> = (1..).zip(table).collect();
            prop_assert_eq!(read(&bytes, separator).expect("readable"), expected);
        }

        /// What is accepted is read as the `csv` crate reads it, blank lines aside.
        #[test]
        fn what_is_accepted_is_read_as_the_csv_crate_reads_it(text in "[ab \",\r\n]{0,40}") {
            if let Ok(ours) = read(text.as_bytes(), b',') {
                // A blank between a closing mark and the separator: ours drops it, theirs keeps it.
                let tidy = |cell: &str| cell.replace(' ', "");
                let ours: Vec<Vec<String>> = ours
                    .into_iter()
                    .map(|(_, cells)| cells.iter().map(|cell| tidy(cell)).collect())
                    .filter(|cells: &Vec<String>| !cells.is_empty())
                    .collect();
                let theirs: Vec<Vec<String>> = ::csv::ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(text.as_bytes())
                    .records()
                    .map(|record| record.expect("in memory").iter().map(tidy).collect())
                    .collect();
                prop_assert_eq!(ours, theirs);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes, b',');
        }
    }
}
