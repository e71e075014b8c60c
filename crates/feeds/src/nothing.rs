//! Words for nothing, where a blank would have done, and formulas without a result.

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

/// Errors without a `!` or a `?` at their end.
const NAMES: &str =
    "N/A|N/A N/A|NA|NV|N/D|GETTING_DATA|BUSY|REF|VALUE|NAME|DIV/0|NUM|NULL|SPILL|CALC|ERROR|DELETED|FIELD";

/// True if the whole cell is what a spreadsheet program shows where a formula has no result, which is not a value (a
/// lookup that found nobody is nobody's name): `#N/A`, `#REF!`, `#GETTING_DATA`, a newer one such as `#SPILL!`, one in another
/// language (`#BEZUG!`), the usual ones without their mark (`#REF`), Access's `#Deleted`, LibreOffice's `Err:502`, the
/// `Loading...` of Google Sheets, or the `####` of a column that was too narrow; any case.
pub(crate) fn is_error_value(text: &str) -> bool {
    match text.strip_prefix('#') {
        Some(name) => {
            let name = name.trim_start().to_uppercase();
            let is_all_of_it = |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | '_' | '¿' | '¡');
            NAMES.split('|').any(|error| error == name)
                || name.strip_suffix(['!', '?']).is_some_and(|name| name.len() > 1 && name.chars().all(is_all_of_it))
                || (name.len() > 1 && name.bytes().all(|byte| byte == b'#'))
        }
        None if text.eq_ignore_ascii_case("loading...") || text.eq_ignore_ascii_case("loading…") => true,
        None => {
            let code = text.get(..4).filter(|start| start.eq_ignore_ascii_case("Err:")).and_then(|_| text.get(4..));
            code.is_some_and(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn error_values_of_every_kind() {
        let errors = "#N/A #REF! #VALUE! #NAME? #DIV/0! #NUM! #NULL! #SPILL! #GETTING_DATA #CALC! #FIELD! #BLOCKED! \
                      #UNKNOWN! #CONNECT! #BUSY! #PYTHON! #EXTERNAL! #ERROR! #n/a #Ref! #BEZUG! #¿NOMBRE? #NV Err:502 #### \
                      #REF #value #DIV/0 #Error #Deleted #TIMEOUT! #EXTERNAL! ######## Loading... loading…";
        for error in errors.split(' ').chain(["#N/A N/A", "# N/A", "# REF!"]) {
            assert!(is_error_value(error), "{error}");
        }
        for value in [
            "",
            "N/A",
            "#",
            "#1",
            "#12",
            "No. #N/A",
            "#N/A today",
            "##",
            "#!",
            "#thanks",
            "Loading bay",
            "Loading",
            "#5 Test Walk",
            "Err:5",
            "Erró",
        ] {
            assert!(!is_error_value(value), "{value}");
        }
    }
}
