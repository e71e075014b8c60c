//! The rows of a CSV text, strictly.
//!
//! Not the `csv` crate, for two of its mercies would cost residents: it skips blank lines, so that row
//! numbers no longer agree with the sheet, and it forgives quotation marks that do not pair up, so that one
//! forgotten mark swallows the rows down to the next one without a word. Otherwise the two agree, which the
//! tests hold this one to.

mod at_once;

use std::collections::VecDeque;
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
            if let Some(row) = self.parser.rows.pop_front() {
                return Ok(Some(row));
            }
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ReadError::Io(error)),
            };
            if buffer.is_empty() {
                self.parser.finish()?;
                return Ok(self.parser.rows.pop_front());
            }
            let mut used = 0;
            while self.parser.rows.is_empty() && used < buffer.len() {
                used += self.parser.push_cells(&buffer[used..]);
                used += match (self.parser.push_text(&buffer[used..]), buffer.get(used)) {
                    (0, Some(byte)) => self.parser.push(*byte).map(|()| 1)?,
                    (taken, _) => taken,
                };
            }
            self.input.consume(used);
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
    /// A quotation mark stands behind what nobody sees, and it is not known yet whether it is the text's own.
    doubt: Option<Doubt>,
    /// What stands behind a closing mark.
    behind: Vec<u8>,
    /// The last row ended with CR: a LF that follows belongs to it.
    after_cr: bool,
    /// Rows that have ended.
    rows: VecDeque<SheetRow>,
}

/// The beginning of a cell such as ` "Flat 2, 4 Test Walk"`: where the marks pair up, the blank before the first does
/// not matter; where they do not, as in ` "Mina" Larkspur`, all of it is text. A byte order mark, where files were joined, or
/// another character that nobody sees is like a blank.
struct Doubt {
    /// The blanks, the mark, and what was taken in since.
    bytes: Vec<u8>,
    /// How many of them there were when the mark came, and how many of the row.
    begun: usize,
    length: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// At the start of a cell.
    Start,
    /// Behind what may be nothing but blanks and characters that nobody sees, at the start of a cell.
    Blank,
    /// In a cell without quotation marks.
    Plain,
    /// In a cell that began with a quotation mark, so many lines below it.
    Quoted { lines: u32 },
    /// Behind a quotation mark in such a cell: either it closes the cell, or a second one follows.
    Closed { lines: u32 },
    /// Behind what follows a closing mark, and may be nothing but such characters too.
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
            doubt: None,
            behind: Vec::new(),
            after_cr: false,
            rows: VecDeque::new(),
        }
    }

    /// Takes in one byte. Bytes will do: no byte of a character beyond ASCII looks like a separator, a quotation mark or
    /// a line end, in either encoding.
    fn push(&mut self, byte: u8) -> Result<(), ReadError> {
        if mem::take(&mut self.after_cr) && byte == b'\n' {
            return Ok(());
        }
        self.length += 1;
        if let Some(doubt) = &mut self.doubt {
            doubt.bytes.push(byte);
        }
        match (self.state, byte) {
            (State::Quoted { .. }, _) if self.length > self.limit => return self.fail(self.unclosed()),
            _ if self.length > self.limit => {
                return self.fail(ReadError::RowTooLong { row: self.row, limit: self.limit });
            }
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
            (State::Blank, b'"') if self.is_unseen(&self.cell) => self.open_behind_blanks(),
            (State::Behind { lines }, _)
                if (byte == self.separator || !may_be_unseen(byte)) && !self.is_unseen(&self.behind) =>
            {
                return self.fail(self.stray(lines));
            }
            (_, b'\r' | b'\n') => {
                self.after_cr = byte == b'\r';
                self.end_row();
            }
            (_, separator) if separator == self.separator => self.end_cell(),
            (State::Start | State::Blank, _) if may_be_unseen(byte) => {
                self.state = State::Blank;
                self.cell.push(byte);
            }
            (State::Closed { lines } | State::Behind { lines }, _) if may_be_unseen(byte) => {
                self.state = State::Behind { lines };
                self.behind.push(byte);
            }
            (State::Closed { lines } | State::Behind { lines }, _) => return self.fail(self.stray(lines)),
            (State::Start | State::Blank | State::Plain, _) => {
                self.state = State::Plain;
                self.cell.push(byte);
            }
        }
        Ok(())
    }

    /// The end of the text: it ends the last row where no line end does.
    fn finish(&mut self) -> Result<(), ReadError> {
        loop {
            match self.state {
                State::Quoted { .. } => self.fail(self.unclosed())?,
                State::Behind { lines } if !self.is_unseen(&self.behind) => self.fail(self.stray(lines))?,
                _ => break,
            }
        }
        if self.state != State::Start || !self.cells.is_empty() {
            self.end_row();
        }
        Ok(())
    }

    fn end_row(&mut self) {
        let blank = self.cells.is_empty() && self.state == State::Start;
        if !blank {
            self.end_cell();
        }
        let as_many = Vec::with_capacity(self.cells.len());
        self.rows.push_back(SheetRow::new(self.row, mem::replace(&mut self.cells, as_many)));
        self.row = self.row.saturating_add(1);
        self.length = 0;
    }

    fn end_cell(&mut self) {
        self.cells.push(Cell::text(self.encoding.decode(&self.cell)));
        self.cell.clear();
        self.state = State::Start;
        self.doubt = None;
        self.behind.clear();
    }

    fn open_behind_blanks(&mut self) {
        let mut bytes = mem::take(&mut self.cell);
        bytes.push(b'"');
        self.doubt = Some(Doubt { begun: bytes.len(), bytes, length: self.length });
        self.state = State::Quoted { lines: 0 };
    }

    /// The marks do not pair up. One behind a blank was the text's own, then, and what came after it is taken in again.
    fn fail(&mut self, error: ReadError) -> Result<(), ReadError> {
        let Some(Doubt { mut bytes, begun, length }) = self.doubt.take() else { return Err(error) };
        let again = bytes.split_off(begun);
        self.cell = bytes;
        self.behind.clear();
        self.length = length;
        self.state = State::Plain;
        again.into_iter().try_for_each(|byte| self.push(byte))
    }

    /// The column of the cell that is being read; the first is 1.
    fn column(&self) -> usize {
        self.cells.len() + 1
    }

    fn unclosed(&self) -> ReadError {
        ReadError::UnclosedQuote { row: self.row, column: self.column() }
    }

    fn stray(&self, lines: u32) -> ReadError {
        ReadError::StrayQuote { row: self.row, column: self.column(), lines }
    }

    /// Whether these bytes, which are whole characters, show nothing.
    fn is_unseen(&self, bytes: &[u8]) -> bool {
        self.encoding.decode(bytes).chars().all(is_unseen)
    }
}

/// Whether the byte is a blank, or of a character beyond ASCII: when all of them are there, it is seen which one.
fn may_be_unseen(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t') || !byte.is_ascii()
}

/// Blanks, no-break spaces too, and the characters that are taken out of every cell (docs/contract/feeds.md).
fn is_unseen(character: char) -> bool {
    character.is_whitespace() || feeds::is_invisible(character) || feeds::is_joiner(character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8], separator: u8) -> Result<Vec<(u32, Vec<String>)>, ReadError> {
        // Rows must not depend on where a buffer ends.
        let [tiny, whole] = [3, 1 << 16].map(|capacity| read_within(capacity, text, separator));
        assert_eq!(format!("{tiny:?}"), format!("{whole:?}"));
        whole
    }

    fn read_within(capacity: usize, text: &[u8], separator: u8) -> Result<Vec<(u32, Vec<String>)>, ReadError> {
        let input = io::BufReader::with_capacity(capacity, text);
        let mut records = Records::new(input, Encoding::Utf8, separator, 1 << 20);
        let mut rows = Vec::new();
        while let Some(row) = records.next_record()? {
            rows.push((row.number, row.cells.into_iter().map(|cell| cell.text.into()).collect()));
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
        assert_eq!(rows(" a ,\" b \", c \"d\" ,\"\", \t,\n"), [row(1, &[" a ", " b ", " c \"d\" ", "", " \t", ""])]);
        assert_eq!(rows("\"say \"\"hi\"\"\"  ,x"), [row(1, &["say \"hi\"", "x"])]);
        assert_eq!(rows(""), []);
        assert_eq!(rows("\"\""), [row(1, &[""])]);
        assert_eq!(rows(",\n"), [row(1, &["", ""])]);
        assert_eq!(rows("07700900123,+44,1e5,=SUM(A1)"), [row(1, &["07700900123", "+44", "1e5", "=SUM(A1)"])]);
    }

    #[test]
    fn a_blank_before_an_opening_mark_does_not_matter() {
        assert_eq!(rows("a, \"b, c\", \"\",\t \"d\"\t \n"), [row(1, &["a", "b, c", "", "d"])]);
        assert_eq!(rows("a, \"one\ntwo \"\"x\"\"\"\nb"), [row(1, &["a", "one\ntwo \"x\""]), row(2, &["b"])]);
        let tabs = read(b"a\t \"b\tc\"\t\t\n", b'\t').expect("it can be read");
        assert_eq!(tabs, [row(1, &["a", "b\tc", "", ""])]);
    }

    #[test]
    fn what_nobody_sees_around_marks_does_not_matter() {
        let unseen = "\u{AD}\u{A0}\u{200B}\u{200C}\u{200D}\u{200E}\u{200F}\u{202A}\u{202E}\u{2060}\u{2064}\u{FEFF}";
        for unseen in unseen.chars().map(String::from).chain([" \u{A0}\t".to_owned(), "\u{FEFF}\u{FEFF} ".to_owned()]) {
            let table =
                format!("{unseen}\"a, b\"{unseen},c,{unseen}\"d, e\"{unseen}\n{unseen}\"1\",2,{unseen}\"3\"{unseen}");
            assert_eq!(rows(&table), [row(1, &["a, b", "c", "d, e"]), row(2, &["1", "2", "3"])], "{unseen:?}");
            let text = format!("{unseen}\"a\" b,{unseen}\"c\n");
            let [one, two] = [format!("{unseen}\"a\" b"), format!("{unseen}\"c")];
            assert_eq!(rows(&text), [row(1, &[&one, &two])], "{unseen:?}");
        }
        // A no-break space of Windows-1252.
        let mut records = Records::new(b"\xA0\"a, \xE9\"\xA0,b".as_slice(), Encoding::Mixed, b',', 100);
        let cells = records.next_record().expect("readable").expect("a row").cells;
        assert_eq!(cells.into_iter().map(|cell| cell.text).collect::<Vec<_>>(), ["a, é", "b"]);
    }

    #[test]
    fn letters_beyond_ascii_around_marks_do_matter() {
        assert_eq!(rows("é\"a\",\u{A0}é\"b"), [row(1, &["é\"a\"", "\u{A0}é\"b"])]);
        for text in ["a\n\"b\"é\t", "a\n\"b\"é,c", "a\n\"b\" \u{200B}é", "a\n\"b\"é\n", "a\n\"b\"\u{200B}\"c\""] {
            let error = read(text.as_bytes(), b',').expect_err("stray");
            assert!(matches!(error, ReadError::StrayQuote { row: 2, column: 1, lines: 0 }), "{error:?}");
        }
    }

    #[test]
    fn marks_behind_a_blank_that_do_not_pair_up_are_text() {
        assert_eq!(rows("a, \"Mina\" Larkspur, c"), [row(1, &["a", " \"Mina\" Larkspur", " c"])]);
        assert_eq!(rows("a, \"b, c\" d,e\n"), [row(1, &["a", " \"b", " c\" d", "e"])]);
        assert_eq!(rows("a, \"b\n1,\"2\"\n"), [row(1, &["a", " \"b"]), row(2, &["1", "2"])]);
        assert_eq!(rows("a, \"b\r\nc\r\n"), [row(1, &["a", " \"b"]), row(2, &["c"])]);
        assert_eq!(rows("a, \"b, \"c\""), [row(1, &["a", " \"b", "c"])]);
        let error = read(b"a, \"b\n1,\"2\n", b',').expect_err("the one without a blank");
        assert!(matches!(error, ReadError::UnclosedQuote { row: 2, column: 2 }), "{error:?}");
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

        let text = format!("a, \"b\n{}", "c,d\n".repeat(100));
        let mut records = Records::new(text.as_bytes(), Encoding::Utf8, b',', 50);
        let rows = std::iter::from_fn(|| records.next_record().expect("each row is short")).count();
        assert_eq!(rows, 101, "a mark behind a blank that is not closed within it is text");
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

        /// Blanks before and behind quotation marks that pair up do not matter.
        #[test]
        fn blanks_around_marks_do_not_matter(
            table in prop::collection::vec(
                prop::collection::vec(("[ab \r\n\t,;\"é]{0,8}", "[ \t\u{A0}\u{FEFF}]{0,3}", "[ \t\u{200B}]{0,3}"), 1..6),
                1..6,
            ),
        ) {
            let quoted = |(cell, before, behind): &(String, String, String)| {
                format!("{before}\"{}\"{behind}", cell.replace('"', "\"\""))
            };
            let lines = table.iter().map(|cells| cells.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n");
            let read = read(lines.collect::<String>().as_bytes(), b',').expect("readable");
            let expected: Vec<_> =
                (1..).zip(table.into_iter().map(|cells| cells.into_iter().map(|(cell, ..)| cell).collect())).collect();
            prop_assert_eq!(read, expected);
        }

        /// A mark behind a blank takes nothing that comes after it, unless another one closes it.
        #[test]
        fn marks_that_pair_up_with_none_are_text(
            table in prop::collection::vec(prop::collection::vec("x[ab]{0,3}| {1,2}(\"[ab]{1,3} ?){1,3}", 1..6), 1..6),
        ) {
            let text: String = table.iter().map(|cells| cells.join(",") + "\n").collect();
            // Not one mark is followed by a separator or a line end.
            let expected: Vec<_> = (1..).zip(table).collect();
            prop_assert_eq!(read(text.as_bytes(), b',').expect("readable"), expected);
        }

        /// What is accepted is read as the `csv` crate reads it, blank lines aside, and marks behind blanks, which it
        /// takes for text.
        #[test]
        fn what_is_accepted_is_read_as_the_csv_crate_reads_it(text in "[ab \",\r\n]{0,40}") {
            prop_assume!(!text.contains(" \""));
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
