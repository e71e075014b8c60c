//! How messages name columns and quote cells.

/// The longest part of a cell that a message quotes, in characters.
const QUOTED: usize = 100;

/// A cell's text for a message, to stand between quotation marks: cut where it is long, and with ” for each of its own, so that
/// the message's marks are the only ones and [`without_quotes`](crate::without_quotes) finds what it quotes.
pub(crate) fn shown(text: &str) -> String {
    let cut = match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    cut.replace('"', "”")
}

/// The letters that a spreadsheet program shows over a column: A, B, … Z, AA; the first column is 0.
pub fn column_letters(index: usize) -> String {
    let last = char::from(b'A' + u8::try_from(index % 26).unwrap_or_default());
    match index / 26 {
        0 => last.to_string(),
        before => format!("{}{last}", column_letters(before - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_cut_between_characters_and_has_no_quotation_mark() {
        assert_eq!(shown(r#"5" tall"#), "5” tall");
        assert_eq!(shown("ä"), "ä");
        assert_eq!(shown(&"ä".repeat(100)), "ä".repeat(100));
        assert_eq!(shown(&"ä".repeat(101)), format!("{}…", "ä".repeat(100)));
    }

    #[test]
    fn columns_have_the_letters_that_a_sheet_shows() {
        let shown =
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (18_277, "ZZZ")];
        for (column, expected) in shown {
            assert_eq!(column_letters(column), expected);
        }
    }
}
