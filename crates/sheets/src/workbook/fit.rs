//! The limits of a cell.

use std::borrow::Cow;

/// The length of a cell's text, in UTF-16 units.
const LONGEST: usize = 32_767;

/// Room for the mark at the end of a text that was cut.
const MARK: usize = 40;

/// The text as a cell can hold it: line ends as spreadsheets have them, characters that XML does not know as
/// `�`, and what is too long cut with a mark that says how much is missing.
pub(super) fn cell(text: &str) -> Cow<'_, str> {
    // Nearly every cell is so: it need not be looked at letter by letter.
    if text.len() <= LONGEST && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let text = shorten(text);
    if !text.contains(|character| character == '\r' || unknown(character)) {
        return text;
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    Cow::Owned(text.replace(unknown, "\u{FFFD}"))
}

/// Excel's escapes for these (`_x0001_`) would show as they stand once the file has become a Google Sheet.
fn unknown(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

fn shorten(text: &str) -> Cow<'_, str> {
    // Bytes are never fewer than UTF-16 units.
    if text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let end = text.char_indices().find_map(|(at, character)| {
        units += character.len_utf16();
        (units > LONGEST - MARK).then_some(at)
    });
    let (kept, cut) = text.split_at(end.unwrap_or(text.len()));
    Cow::Owned(format!("{kept}… (cut: {} characters)", cut.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_texts_stay_as_they_are() {
        for text in ["", "Siân", "=SUM(A1)", "one\ntwo\tthree", "_x0041_", "\u{7F}\u{85}😀"] {
            assert!(matches!(cell(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_xml_does_not_know_is_shown() {
        assert_eq!(cell("a\0b\u{1F}c\u{FFFF}"), "a\u{FFFD}b\u{FFFD}c\u{FFFD}");
        assert_eq!(cell("one\r\ntwo\rthree"), "one\ntwo\nthree");
    }

    #[test]
    fn what_is_too_long_says_how_much_is_missing() {
        let whole = "x".repeat(LONGEST);
        assert_eq!(cell(&whole), whole);
        assert_eq!(cell(&"x".repeat(40_000)), format!("{}… (cut: 7273 characters)", "x".repeat(32_727)));
        // Two units each: no character is cut through.
        let long = "😀".repeat(20_000);
        let cut = cell(&long);
        assert_eq!(cut, format!("{}… (cut: 3637 characters)", "😀".repeat(16_363)));
        assert!(cut.encode_utf16().count() <= LONGEST);
    }
}
