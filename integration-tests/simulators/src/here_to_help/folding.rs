//! How the API makes texts comparable (A.8 step 1).

/// Upper case, letter by letter, as .NET and Postgres do it: `ß` stays `ß`.
pub(super) fn upper(text: &str) -> String {
    text.chars()
        .map(|letter| {
            let mut raised = letter.to_uppercase();
            match (raised.next(), raised.next()) {
                (Some(one), None) => one,
                _ => letter,
            }
        })
        .collect()
}

/// Names: trimmed, upper case; inner blanks, accents and hyphens matter.
pub(super) fn name_key(name: &str) -> String {
    upper(name.trim())
}

/// NHS numbers: without ordinary blanks (a no-break space stays).
pub(super) fn without_blanks(text: &str) -> String {
    text.replace(' ', "")
}

/// Days and months: trimmed, without leading zeros, upper case.
pub(super) fn day_key(day: &str) -> String {
    upper(day.trim().trim_start_matches('0'))
}

/// Not null, and not blank after trimming: trimmed.
pub(super) fn present(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
