//! Texts compared as people read them.

use unicode_normalization::UnicodeNormalization;

/// The text without case, blanks, punctuation and accents (docs/contract/feeds.md, "Address"): two texts
/// that differ in nothing else fold to the same. `12 A Road, Flat 3` gives `12aroadflat3`.
pub(crate) fn fold(text: &str) -> String {
    // Through all case mappings: `ß` and `SS` meet only in upper case, `ς` and `σ` likewise, and `ẞ` and `ß` in lower.
    let lower: String = text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let upper: String = lower.chars().flat_map(char::to_uppercase).collect();
    upper.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The value of a field; a blank one says nothing, and neither does `""`.
pub(super) fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().filter(|text| !text.trim().is_empty())
}

/// The parts of a date of birth as the API compares them: trimmed, without leading zeros. None where a part is missing.
pub(super) fn birthday(parts: [&Option<String>; 3]) -> Option<String> {
    let part = |field| {
        let part = given(field)?.trim().trim_start_matches('0').to_uppercase();
        (!part.is_empty()).then_some(part)
    };
    parts.into_iter().map(part).collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_blanks_punctuation_and_accents_do_not_count() {
        let cases = [
            ("12 A Road, Flat 3", "12aroadflat3"),
            ("  E8\u{a0}1ab ", "e81ab"),
            ("O’Neil-Smith", "oneilsmith"),
            ("O'NEIL SMITH", "oneilsmith"),
            ("José María", "josemaria"),
            ("Jose\u{301} Mari\u{301}a", "josemaria"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("STRAẞE", "strasse"),
            ("ΝΊΚΟΣ", "νικοσ"),
            ("Νίκος", "νικοσ"),
            ("Zażółć", "zazołc"),
            ("王伟", "王伟"),
            (" - . ", ""),
            ("", ""),
        ];
        for (text, folded) in cases {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn different_letters_and_digits_stay_different() {
        for (one, other) in [("12 A Road", "21 A Road"), ("Anne", "Ann"), ("王伟", "王芳"), ("E8 1AB", "E8 1AD")] {
            assert_ne!(fold(one), fold(other), "{one} and {other}");
        }
    }

    proptest! {
        #[test]
        fn folding_a_folded_text_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn ascii_case_and_added_blanks_and_points_do_not_count(text in "[a-zA-Z0-9éüñ ]{0,20}") {
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
            prop_assert_eq!(fold(&text.chars().flat_map(|c| [c, '-', ' ']).collect::<String>()), fold(&text));
        }
    }
}
