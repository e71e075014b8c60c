//! The clean-up of cells. It is idempotent: the ledger's cells can be judged again.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

use crate::numbers;

/// The content of a cell, and so how it is cleaned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A name: joiners between its letters stay.
    Name,
    /// Comments, notes, outcomes: its lines stay, and its joiners.
    FreeText,
    /// Phones, ids, NHS numbers, UPRNs: without what number cells leave behind ([`numbers::as_text`]).
    Number,
    /// Anything else, a column's name too.
    Plain,
}

/// The cell without what spreadsheet programs and copying put into it: characters that nobody sees, wrappers that force
/// text, white space at its ends. But in free text, inner white space (no-break space and line breaks too) becomes one
/// blank. Borrowed where the cell is clean as it is.
pub(crate) fn cell(text: &str, content: Content) -> Cow<'_, str> {
    if is_clean(text) && (content != Content::Number || !text.contains(['.', ','])) {
        return Cow::Borrowed(text);
    }
    let visible = without_invisible(text, content);
    let bare = unwrapped(&visible);
    Cow::Owned(match content {
        Content::FreeText => bare.into_owned(),
        Content::Name | Content::Plain => collapsed(&bare),
        Content::Number => numbers::as_text(collapsed(&bare)),
    })
}

/// True of nearly every cell: ASCII, one blank at most between its words, and nothing at its beginning that may be a
/// wrapper. Only a number may have something to be taken out then, behind a full stop or at a comma.
fn is_clean(text: &str) -> bool {
    let mut after_blank = true;
    let is_seen = |byte: u8| match byte {
        b'!'..=b'~' => {
            after_blank = false;
            true
        }
        b' ' => !std::mem::replace(&mut after_blank, true),
        _ => false,
    };
    !text.starts_with(['\'', '=']) && text.bytes().all(is_seen) && !text.ends_with(' ')
}

/// Names are the same without case; both are trimmed and collapsed, and the feeds' names are ASCII.
pub(crate) fn is_same(shown: &str, name: &str) -> bool {
    shown.eq_ignore_ascii_case(name)
}

/// Trimmed, inner white space collapsed to one blank.
pub(crate) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without what forces a spreadsheet program to take a cell for text: `="07700900123"`, and a `'` before what would
/// begin a number or a formula (`'t Hart` is a name).
fn unwrapped(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text.trim());
    while let Some(bare) = without_wrapper(&text) {
        text = Cow::Owned(bare);
    }
    text
}

fn without_wrapper(text: &str) -> Option<String> {
    if let Some(inner) = in_formula(text) {
        return Some(inner.trim().to_owned());
    }
    let rest = text.strip_prefix('\'')?.trim_start_matches('\'').trim_start();
    let forces_text = rest.starts_with(|first: char| first.is_ascii_digit() || "+-=@#".contains(first));
    // Programs that quote texts put one at the end too.
    let inner = rest.strip_suffix('\'').filter(|inner| !inner.contains('\'')).unwrap_or(rest);
    forces_text.then(|| inner.trim_end().to_owned())
}

/// The text of a formula that is nothing but a text.
fn in_formula(text: &str) -> Option<String> {
    let inner = text.strip_prefix('=')?.trim_start().strip_prefix('"')?.strip_suffix('"')?;
    (!inner.replace("\"\"", "").contains('"')).then(|| inner.replace("\"\"", "\""))
}

/// Characters without a width of their own: they come along when text is copied from web pages and directories, and
/// what holds one is not found again by what does not. Taken out of every cell.
pub fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Persian, Indic scripts and emoji are spelt with these between their letters.
pub fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200C}' | '\u{200D}')
}

fn can_be_joined(letter: char) -> bool {
    letter.is_alphabetic()
        || is_combining_mark(letter)
        || matches!(letter, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

fn without_invisible(text: &str, content: Content) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(|letter| is_invisible(letter) || is_joiner(letter)) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut letters = text.chars().filter(|letter| !is_invisible(*letter)).peekable();
    while let Some(letter) = letters.next() {
        if is_joiner(letter) {
            let follows = clean.chars().next_back().is_some_and(can_be_joined);
            let is_followed = letters.peek().copied().is_some_and(can_be_joined);
            if !matches!(content, Content::Name | Content::FreeText) || !follows || !is_followed {
                continue;
            }
        }
        clean.push(letter);
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wrappers_are_taken_off() {
        for (typed, clean) in [
            ("=\"07700900123\"", "07700900123"),
            ("  =\"07700900123\" ", "07700900123"),
            ("=\"\"", ""),
            ("=\"say \"\"no\"\"\"", "say \"no\""),
            ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
            ("=\"", "=\""),
            ("'07700900123", "07700900123"),
            ("'+44 7700 900123", "+44 7700 900123"),
            ("'=\"0004\"", "0004"),
            ("=\"'0004\"", "0004"),
            ("'@home", "@home"),
            ("'-", "-"),
            ("'0004'", "0004"),
            ("''07700900123", "07700900123"),
            ("'7 days', he said 'no'", "7 days', he said 'no'"),
            ("'t Hart", "'t Hart"),
            ("'", "'"),
            ("O'Neil", "O'Neil"),
        ] {
            for content in [Content::Plain, Content::Name, Content::FreeText] {
                assert_eq!(cell(typed, content), clean, "{typed}");
            }
        }
    }

    #[test]
    fn what_nobody_sees_goes_and_joiners_stay_between_letters() {
        for (typed, plain, name) in [
            ("\u{202A}07700900123\u{202C}", "07700900123", "07700900123"),
            ("\u{FEFF}Mi\u{AD}na\u{200B}", "Mina", "Mina"),
            ("\u{200F} Mina \u{2066}", "Mina", "Mina"),
            ("\u{200B}\u{A0}\u{200B}", "", ""),
            ("'\u{200B}+44", "+44", "+44"),
            ("علی\u{200C}رضا", "علیرضا", "علی\u{200C}رضا"),
            ("علی\u{200C}\u{200B}\u{200C}رضا\u{200C}", "علیرضا", "علی\u{200C}رضا"),
            ("\u{1F468}\u{200D}\u{1F469}", "\u{1F468}\u{1F469}", "\u{1F468}\u{200D}\u{1F469}"),
            ("1\u{200D}2", "12", "12"),
        ] {
            assert_eq!(cell(typed, Content::Plain), plain, "{typed:?}");
            assert_eq!(cell(typed, Content::Name), name, "{typed:?}");
            assert_eq!(cell(typed, Content::FreeText), name, "{typed:?}");
        }
    }

    #[test]
    fn a_blank_before_a_numbers_zero_goes_too() {
        assert_eq!(cell("7700900123 ,0", Content::Number), "7700900123");
        assert_eq!(cell("7700 900123 .0", Content::Number), "7700 900123");
    }

    #[test]
    fn only_free_text_keeps_its_lines() {
        assert_eq!(cell(" two  blanks\r\nand a line ", Content::FreeText), "two  blanks\r\nand a line");
        assert_eq!(cell(" two  blanks\r\nand a line ", Content::Plain), "two blanks and a line");
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(
            text in prop_oneof![any::<String>(), "[0-9,. +'()-]{0,16}", "[='\"+ 0a\u{200B}\u{200D}\u{A0}ی\u{FEFF}]{0,16}"],
        ) {
            for content in [Content::Plain, Content::Number, Content::Name, Content::FreeText] {
                let once = cell(&text, content);
                prop_assert_eq!(cell(&once, content), once.clone());
                prop_assert!(!once.contains(is_invisible));
            }
        }
    }
}
