//! Names.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The dot of a Turkish `İ`, by itself: an `i` has its own.
const DOTTED_I: &str = "i\u{307}";

/// So many digits are no part of a name (`John 2nd`, `Flat 12`), but a number of its own: 4 July 48, a year, a phone.
const FEWEST_DIGITS: usize = 4;

/// A name as it is sent: as typed if it mixes cases; else with a capital at each start of a word, after a hyphen or an
/// apostrophe, and after a `Mc` that starts a word or follows a hyphen. Letters and their accents are one letter each.
pub(crate) fn cased(name: &str) -> String {
    let name = if name.is_ascii() { name.to_owned() } else { name.nfc().collect() };
    if name.chars().any(char::is_lowercase) && name.chars().any(char::is_uppercase) {
        return name.replace(DOTTED_I, "i");
    }
    let name = name.replace(DOTTED_I, "İ");
    let letters: Vec<char> = name.chars().map(small).collect();
    let mut cased = String::with_capacity(name.len());
    for (at, typed) in name.chars().enumerate() {
        if starts_a_word(&letters[..at]) || follows_mc(&letters[..at]) {
            cased.extend(typed.to_uppercase());
        } else if typed == 'Σ' && !letters.get(at + 1).is_some_and(|next| next.is_alphanumeric()) {
            // At a word's end a small sigma has another shape.
            cased.push('ς');
        } else {
            cased.push(letters[at]);
        }
    }
    cased
}

/// True if more stands in the cell than a name: a phone, a date, an id.
pub(crate) fn holds_a_number(name: &str) -> bool {
    name.chars().filter(char::is_ascii_digit).count() >= FEWEST_DIGITS
}

/// One small letter for one letter: Turkish `İ` is not an `i` with a dot of its own.
fn small(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

/// True if the next letter is the first of a word: nothing before it, or something that is not part of a word (a blank,
/// a hyphen, an apostrophe, a full stop, a bracket). An accent that stands by itself belongs to its letter.
fn starts_a_word(before: &[char]) -> bool {
    before.last().is_none_or(|last| !last.is_alphanumeric() && !is_combining_mark(*last))
}

fn follows_mc(before: &[char]) -> bool {
    matches!(before, ['m', 'c'] | [.., ' ' | '-', 'm', 'c'])
}

#[cfg(test)]
mod tests {
    use super::{cased, holds_a_number};

    #[test]
    fn names_in_one_case_get_their_capitals() {
        let table = [
            ("O'NEIL-SMITH", "O'Neil-Smith"),
            ("o’neil", "O’Neil"),
            ("MARY JANE", "Mary Jane"),
            ("mcdonald", "McDonald"),
            ("MCDONALD-MCKAY", "McDonald-McKay"),
            ("JEAN MCKAY", "Jean McKay"),
            ("MC DONALD", "Mc Donald"),
            ("MC", "Mc"),
            ("O'MCKAY", "O'Mckay"),
            ("TOMCAT", "Tomcat"),
            ("D'ARCY", "D'Arcy"),
            ("JOSÉ MARÍA", "José María"),
            // The accent stands by itself, behind its letter.
            ("JOSE\u{301}E", "Josée"),
            ("X\u{301}E", "X\u{301}e"),
            ("ÉLISE", "Élise"),
            ("nan", "Nan"),
            ("A", "A"),
            ("J.R. (BOB)", "J.R. (Bob)"),
            ("ΣΟΦΙΑ", "Σοφια"),
            ("İBRAHİM", "İbrahim"),
            ("İLKAY-SİNEM", "İlkay-Sinem"),
            ("I\u{307}LKAY-SI\u{307}NEM", "İlkay-Sinem"),
            ("i\u{307}lkay", "İlkay"),
            ("ΓΙΏΡΓΟΣ ΣΟΦΊΑΣ-Σ", "Γιώργος Σοφίας-Σ"),
        ];
        for (typed, sent) in table {
            assert_eq!(cased(typed), sent);
        }
    }

    #[test]
    fn a_phone_or_a_year_is_no_part_of_a_name() {
        for with in ["Maria 07700900301", "Fatima 07700 900143", "Lee (1948)"] {
            assert!(holds_a_number(with), "{with}");
        }
        for without in ["Maria", "John 2nd", "", "Louis XIV", "B12 3"] {
            assert!(!holds_a_number(without), "{without}");
        }
    }

    #[test]
    fn names_that_mix_cases_stay_as_typed() {
        for name in ["van der Berg", "McDonald", "Mcdonald", "O'neil-smith", "Nan", "Infinity", "MacDonald", "deSouza"]
        {
            assert_eq!(cased(name), name);
        }
    }

    #[test]
    fn names_without_cases_stay_as_typed() {
        for name in ["李小龍", "محمد", "", "-", "123"] {
            assert_eq!(cased(name), name);
        }
    }
}
