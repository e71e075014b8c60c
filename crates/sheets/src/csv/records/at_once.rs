//! What of a text is taken in at once, because no byte of it can be more than text or a separator.

use feeds::Cell;

use super::{Parser, State};

impl Parser {
    /// Takes in at once, where a cell begins, all cells that end with a separator before the next quotation mark or line end. How
    /// many bytes that were.
    pub(super) fn push_cells(&mut self, ahead: &[u8]) -> usize {
        if self.state != State::Start {
            return 0;
        }
        let plain = &ahead[..memchr::memchr3(b'"', b'\r', b'\n', ahead).unwrap_or(ahead.len())];
        let Some(last) = memchr::memrchr(self.separator, plain) else { return 0 };
        let taken = last + 1;
        if self.length + taken > self.limit {
            return 0;
        }
        let Some(text) = self.encoding.as_it_is(&plain[..last]) else { return 0 };
        let mut begin = 0;
        for end in memchr::memchr_iter(self.separator, text.as_bytes()).chain([last]) {
            self.cells.push(Cell::text(text.get(begin..end).unwrap_or_default()));
            begin = end + 1;
        }
        self.length += taken;
        self.after_cr = false;
        taken
    }

    /// Takes in at once what `push` would take in byte by byte for text of the cell that is being read, up to the
    /// next byte that may be more than that. How many bytes that were.
    pub(super) fn push_text(&mut self, ahead: &[u8]) -> usize {
        let end = match self.state {
            State::Start if ahead.first().is_some_and(u8::is_ascii_alphanumeric) => self.end_of_plain(ahead),
            State::Plain => self.end_of_plain(ahead),
            State::Quoted { .. } => memchr::memchr2(b'"', b'\n', ahead),
            _ => return 0,
        };
        // The byte that makes the row too long is left to `push`.
        let length = end.unwrap_or(ahead.len()).min(self.limit.saturating_sub(self.length));
        if length == 0 {
            return 0;
        }
        if self.state == State::Start {
            self.after_cr = false;
            self.state = State::Plain;
        }
        let text = &ahead[..length];
        self.length += length;
        self.cell.extend_from_slice(text);
        if let Some(doubt) = &mut self.doubt {
            doubt.bytes.extend_from_slice(text);
        }
        length
    }

    fn end_of_plain(&self, ahead: &[u8]) -> Option<usize> {
        memchr::memchr3(self.separator, b'\r', b'\n', ahead)
    }
}
