//! NHS numbers in their one form, and what they are compared by.

use serde::{Deserialize, Serialize};

const DIGITS: usize = 10;

/// The ten digits of an NHS number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct NhsNumber(String);

impl NhsNumber {
    /// Ten digits, with blanks, dashes and points between them or not; whether they are anybody's number does not matter.
    pub fn read(text: &str) -> Option<Self> {
        let is_between = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '.' | '\u{2010}'..='\u{2015}');
        let digits: String = text.chars().filter(|letter| !is_between(*letter)).collect();
        (digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit())).then_some(Self(digits))
    }

    /// A number that may be sent: not all of its digits are equal (a placeholder that passes the check), and the last is the
    /// right check digit (mod 11). The API finds a resident by it without looking at names, so what only looks like a number
    /// must not be sent.
    pub fn valid(text: &str) -> Option<Self> {
        Self::read(text).filter(|number| {
            let digits: Vec<u32> = number.0.bytes().map(|digit| u32::from(digit - b'0')).collect();
            digits.iter().any(|digit| *digit != digits[0]) && check_digit(&digits[..DIGITS - 1]) == digits[DIGITS - 1]
        })
    }

    /// The number in a text that holds its ten digits and no others, whatever stands beside them (`NHS no. 943 476 5919`):
    /// of a person who is to be forgotten no cell may be missed.
    pub fn among(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        Self::read(&digits)
    }

    /// True if the API finds, by this number, the resident whom it holds under that one: it leaves out ordinary blanks
    /// and nothing else (docs/contract/here-to-help-api.md, A.8).
    pub fn finds(&self, held: &str) -> bool {
        held.replace(' ', "") == self.0
    }

    /// The ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Weights 10 down to 2; a remainder of 11 counts as 0, and 10 is not a digit at all.
fn check_digit(leading: &[u32]) -> u32 {
    let sum: u32 = leading.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        11 => 0,
        other => other,
    }
}

impl TryFrom<String> for NhsNumber {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text).ok_or("an NHS number has ten digits")
    }
}

debug_only!(NhsNumber {});

#[cfg(test)]
mod tests {
    use super::*;

    /// The one rule: a text, and the number that it is; whether it may be sent; and whether the API finds it again where it
    /// is stored so.
    #[test]
    fn blanks_dashes_and_points_do_not_count() {
        let number = Some("9434765919");
        let cases = [
            ("9434765919", number, true, true),
            ("943 476 5919", number, true, true),
            (" 9434765919 ", number, true, true),
            ("943-476-5919", number, true, false),
            ("943\u{a0}476\u{2011}5919", number, true, false),
            ("943–476.5919", number, true, false),
            ("9434765919\t", number, true, false),
            // No one's number: the check digit, one digit repeated, and a sum that asks for the check digit 10.
            ("9434765918", Some("9434765918"), false, false),
            ("000 000 0000", Some("0000000000"), false, false),
            ("5555555555", Some("5555555555"), false, false),
            ("4000000080", Some("4000000080"), false, false),
            ("1234567890", Some("1234567890"), false, false),
            // A remainder of 11 is the check digit 0.
            ("4000000020", Some("4000000020"), true, false),
            ("9876543210", Some("9876543210"), true, false),
            ("", None, false, false),
            ("-", None, false, false),
            ("unknown", None, false, false),
            ("NaN", None, false, false),
            ("943476591", None, false, false),
            ("94347659190", None, false, false),
            ("٩٤٣٤٧٦٥٩١٩", None, false, false),
            ("9.43E+09", None, false, false),
            ("NHS 9434765919", None, false, false),
        ];
        let sent = NhsNumber::read("9434765919").expect("a number");
        for (text, digits, may_be_sent, is_found) in cases {
            assert_eq!(NhsNumber::read(text).as_ref().map(NhsNumber::as_str), digits, "{text}");
            assert_eq!(NhsNumber::valid(text).is_some(), may_be_sent, "{text}");
            assert_eq!(sent.finds(text), is_found, "{text}");
        }
    }

    #[test]
    fn beside_words_it_is_found_to_be_forgotten() {
        for text in ["NHS no. 943 476 5919", "943/476/5919", "9434765919"] {
            assert_eq!(NhsNumber::among(text), NhsNumber::read("9434765919"), "{text}");
        }
        assert_eq!(NhsNumber::among("9434765919, flat 2"), None);
    }

    #[test]
    fn no_digit_is_printed() {
        assert_eq!(format!("{:?}", NhsNumber::read("9434765919")), "Some(NhsNumber { .. })");
        assert!(
            serde_json::from_str::<NhsNumber>("\"943476591\"").is_err_and(|error| !error.to_string().contains("943"))
        );
    }
}
