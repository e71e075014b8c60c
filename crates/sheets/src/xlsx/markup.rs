//! Bounds what an XML parser has to hold at once.

use memchr::{memchr, memchr3};

/// Follows the markup of a part as it streams by, and finds a tag, an attribute, a text or a comment that is
/// longer than a parser should have to hold.
pub(super) struct Markup {
    state: State,
    /// Bytes of the piece so far.
    held: usize,
    limit: usize,
}

#[derive(Clone, Copy)]
enum State {
    /// Before the first `<`.
    Head,
    Text,
    /// Behind a `<`: the first may be that of `<?xml … ?>`.
    Opened {
        first: bool,
    },
    Tag,
    /// In an attribute's value.
    Quoted(u8),
    /// Comments, CDATA and instructions have ends of their own. Spreadsheet programs do not write them into
    /// long parts: from the first one on, everything counts as one piece.
    Other,
}

/// A piece is longer than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Markup {
    pub(super) fn new(limit: usize) -> Self {
        Self { state: State::Head, held: 0, limit }
    }

    /// The next bytes of the part.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
        while !bytes.is_empty() {
            let end = match self.state {
                State::Head | State::Text => memchr(b'<', bytes),
                State::Opened { .. } => Some(0),
                State::Tag => memchr3(b'>', b'"', b'\'', bytes),
                State::Quoted(mark) => memchr(mark, bytes),
                State::Other => None,
            };
            self.held += end.map_or(bytes.len(), |end| end + 1);
            if self.held > self.limit {
                return Err(TooLong);
            }
            let Some(end) = end else { return Ok(()) };
            self.turn(bytes[end]);
            bytes = &bytes[end + 1..];
        }
        Ok(())
    }

    fn turn(&mut self, byte: u8) {
        self.state = match (self.state, byte) {
            (State::Head, _) => self.new_piece(State::Opened { first: true }),
            (State::Text, _) => self.new_piece(State::Opened { first: false }),
            (State::Opened { .. }, b'!') | (State::Opened { first: false }, b'?') | (State::Other, _) => State::Other,
            (State::Opened { .. } | State::Tag, b'>') => self.new_piece(State::Text),
            (State::Opened { .. } | State::Tag, mark @ (b'"' | b'\'')) => State::Quoted(mark),
            (State::Opened { .. } | State::Tag | State::Quoted(_), _) => State::Tag,
        };
    }

    fn new_piece(&mut self, state: State) -> State {
        self.held = 0;
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), TooLong> {
        let mut whole = Markup::new(20);
        let result = whole.push(text.as_bytes());
        let mut bytewise = Markup::new(20);
        assert_eq!(text.bytes().try_for_each(|byte| bytewise.push(&[byte])), result, "{text}");
        result
    }

    #[test]
    fn only_the_longest_piece_counts() {
        assert_eq!(check(&"<c r=\"A1\"><v>12</v></c>".repeat(100)), Ok(()));
        assert_eq!(check(&format!("<?xml v=\"1\"?>{}", "<c a='>' b=\"'\"/>".repeat(100))), Ok(()));
    }

    #[test]
    fn nothing_long_hides() {
        for long in [
            format!("<t>{}</t>", "x".repeat(21)),
            format!("<{}>", "x".repeat(21)),
            format!("<t a=\"{}\"/>", "<x>".repeat(7)),
            format!("<t a='{}'/>", "<x>".repeat(7)),
            format!("<t><![CDATA[{}]]></t>", "<x>".repeat(7)),
            format!("<t/><!--{}-->", "<x>".repeat(7)),
            format!("<t/><?x {}?>", "<x>".repeat(7)),
            " ".repeat(21),
        ] {
            assert_eq!(check(&long), Err(TooLong), "{long}");
        }
    }
}
