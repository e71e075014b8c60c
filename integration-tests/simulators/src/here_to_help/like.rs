//! SQL's `LIKE`, by which ids in `Metadata` are compared (A.8 step 3).

use super::exception::Exception;

/// The one text that fits, where the pattern has no wildcard and does not end in a single backslash.
pub(super) fn literal(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = pattern.chars();
    while let Some(next) = chars.next() {
        match next {
            '%' | '_' => return None,
            '\\' => text.push(chars.next()?),
            other => text.push(other),
        }
    }
    Some(text)
}

/// True if the whole of `text` fits: `%` is any text, `_` any character, `\` takes the next one as it is.
///
/// # Errors
/// The pattern ends in a single backslash, **and the text comes that far**: as Postgres does it, character by character.
pub(super) fn fits(text: &str, pattern: &str) -> Result<bool, Exception> {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    Ok(matched(&text, &pattern)? == Match::Whole)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    Whole,
    No,
    /// No, and nor would any later beginning
    NeverMore,
}

fn matched(mut text: &[char], mut pattern: &[char]) -> Result<Match, Exception> {
    while let ([letter, text_left @ ..], [part, pattern_left @ ..]) = (text, pattern) {
        match part {
            '%' => return after_any_text(text, pattern_left),
            '_' => {}
            '\\' => {
                let (escaped, rest) = pattern_left.split_first().ok_or(Exception::LikePattern)?;
                if escaped != letter {
                    return Ok(Match::No);
                }
                (text, pattern) = (text_left, rest);
                continue;
            }
            part if part != letter => return Ok(Match::No),
            _ => {}
        }
        (text, pattern) = (text_left, pattern_left);
    }
    if !text.is_empty() {
        return Ok(Match::No);
    }
    let is_done = pattern.iter().all(|part| *part == '%');
    Ok(if is_done { Match::Whole } else { Match::NeverMore })
}

/// After `%`: looks for the first place in `text` from which the rest of the pattern fits.
fn after_any_text(mut text: &[char], mut pattern: &[char]) -> Result<Match, Exception> {
    while let [wildcard @ ('%' | '_'), rest @ ..] = pattern {
        if *wildcard == '_' {
            let [_, left @ ..] = text else { return Ok(Match::NeverMore) };
            text = left;
        }
        pattern = rest;
    }
    let first = match pattern {
        [] => return Ok(Match::Whole),
        ['\\'] => return Err(Exception::LikePattern),
        ['\\', first, ..] | [first, ..] => first,
    };
    while let [letter, left @ ..] = text {
        if letter == first {
            let found = matched(text, pattern)?;
            if found != Match::No {
                return Ok(found);
            }
        }
        text = left;
    }
    Ok(Match::NeverMore)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_postgres() {
        for (pattern, text, expected) in [
            ("12", "12", true),
            ("12", "123", false),
            ("", "", true),
            ("", "1", false),
            ("1%", "1", true),
            ("1%", "1234", true),
            ("%3%", "1234", true),
            ("%5%", "1234", false),
            ("%34", "13434", true),
            ("%_%4", "4", false),
            ("%_%4", "14", true),
            ("%", "", true),
            ("1_3", "123", true),
            ("1_3", "13", false),
            ("_", "é", true),
            (r"1\%", "1%", true),
            (r"1\%", "12", false),
            (r"%\%", "12%", true),
            (r"1\\", r"1\", true),
            (r"\12", "12", true),
            ("a", "A", false),
        ] {
            assert_eq!(fits(text, pattern), Ok(expected), "{text:?} LIKE {pattern:?}");
        }
    }

    #[test]
    fn a_backslash_at_the_end_is_an_error_only_for_a_text_that_comes_that_far() {
        for (pattern, text, expected) in [
            (r"12\", "12", Ok(false)),
            (r"12\", "13x", Ok(false)),
            (r"12\", "", Ok(false)),
            (r"12\", "123", Err(Exception::LikePattern)),
            (r"12\", r"12\", Err(Exception::LikePattern)),
            (r"1%\", "1", Ok(false)),
            (r"1%\", "12", Err(Exception::LikePattern)),
            (r"\\\", r"\", Ok(false)),
        ] {
            assert_eq!(fits(text, pattern), expected, "{text:?} LIKE {pattern:?}");
        }
    }

    #[test]
    fn only_a_whole_pattern_without_wildcards_is_one_text() {
        assert_eq!(literal(r"1\_2").as_deref(), Some("1_2"));
        assert_eq!(literal("1_2"), None);
        assert_eq!(literal(r"12\"), None);
    }
}
