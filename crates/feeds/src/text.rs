//! Quoting cells.

/// The longest part of a cell that a message quotes, in characters.
const QUOTED: usize = 100;

/// A cell's text for a message: cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn long_cells_are_cut_between_characters() {
        assert_eq!(shown("ä"), "ä");
        assert_eq!(shown(&"ä".repeat(100)), "ä".repeat(100));
        assert_eq!(shown(&"ä".repeat(101)), format!("{}…", "ä".repeat(100)));
    }
}
