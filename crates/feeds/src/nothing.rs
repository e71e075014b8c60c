//! Words for nothing, where a blank would have done.

/// People's and programs' words for "there is none", without signs and blanks: `N/A`, `n.a.`, `(null)`, `=NA()`, `\N`.
const WORDS: [&str; 11] = ["na", "nana", "n", "no", "nan", "nat", "none", "null", "nil", "false", "notapplicable"];

/// True if the whole text says that there is nothing, in whatever spelling; dashes alone say so too. `unknown` and `?`
/// do not.
pub(crate) fn says_nothing(text: &str) -> bool {
    let mut word = String::new();
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        } else if !is_beside_a_word(letter) {
            return false;
        }
    }
    if word.is_empty() { text.contains(is_dash) } else { WORDS.contains(&word.as_str()) }
}

fn is_beside_a_word(letter: char) -> bool {
    letter.is_whitespace() || is_dash(letter) || r#"./\()[]<>#="'_!"#.contains(letter)
}

fn is_dash(letter: char) -> bool {
    matches!(
        letter,
        '-' | '_' | '\u{AF}' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
    )
}

#[cfg(test)]
mod tests {
    use super::says_nothing;

    #[test]
    fn words_for_nothing_in_every_spelling() {
        for nothing in [
            "N/A",
            "na",
            "n.a.",
            "N / A",
            r"N\A",
            "Not applicable",
            "#N/A N/A",
            "=NA()",
            "NaN",
            "NaT",
            "<NA>",
            r"\N",
            "(null)",
            "[NULL]",
            "None.",
            "-",
            "–",
            "- -",
            "−",
            "FALSE",
            "_",
        ] {
            assert!(says_nothing(nothing), "{nothing}");
        }
        for something in ["", " ", "?", "N?", "unknown", "TBC", "29580", "()", "01/01/2021", "none known", "n2", "ñ"] {
            assert!(!says_nothing(something), "{something}");
        }
    }
}
