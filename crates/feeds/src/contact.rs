//! Phones, e-mail addresses and UPRNs: is this one at all? The API finds residents by them, so `N/A`, `none` or `0`
//! would make one person of two.

use crate::date;
use crate::numbers::{has_fraction, is_shortened};

/// Words that people put beside a number. Any other makes a remark of the cell: `disconnected 12/02/2021`.
const LABELS: &str = "and brother cell dad daughter day daytime eve evening ex ext extension father friend h home husband \
    landline m main mob mobile mother mum neighbour no nok number o or p parent partner phone sister sms \
    son t tel telephone text uk w whatsapp wife work x";

/// How many digits a number has with its area code, at least.
const WHOLE: usize = 9;

/// A phone has six digits or more, not one digit repeated, and no fraction; no date stands with it, and no prose.
pub(crate) fn is_phone(text: &str) -> bool {
    let first = digits(text).next();
    let has_enough = digits(text).count() >= 6 && digits(text).any(|digit| Some(digit) != first);
    let is_number = has_enough && !is_shortened(text) && !has_fraction(text);
    let words = text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
    is_number
        && !holds_a_date(text)
        && words.map(str::to_lowercase).all(|word| LABELS.split(' ').any(|one| one == word))
}

fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_digit)
}

fn holds_a_date(text: &str) -> bool {
    let pieces: Vec<&str> = text.split([' ', ',', ';', '(', ')']).collect();
    let is_aside = |pieces: &[&str]| {
        let count = pieces.iter().flat_map(|piece| digits(piece)).count();
        count == 0 || count >= WHOLE
    };
    pieces.iter().enumerate().any(|(at, piece)| {
        // What may be groups of a number is a date only where whole numbers stand beside it.
        let beside_numbers = || pieces.len() > 1 && is_aside(&pieces[..at]) && is_aside(&pieces[at + 1..]);
        date::is_only_a_date(piece) || (date::may_be_a_date(piece) && beside_numbers())
    })
}

/// True if a number in the cell looks as if a number cell had taken its zero: ten digits as numbers have behind it.
pub(crate) fn may_lack_a_zero(phone: &str) -> bool {
    phone.split('/').any(|number| {
        let is_national = !number.contains('+') && digits(number).count() == 10;
        is_national && digits(number).next().is_some_and(|first| matches!(first, '1' | '2' | '3' | '7'))
    })
}

/// An e-mail address has an `@`.
pub(crate) fn is_email(text: &str) -> bool {
    text.contains('@')
}

/// A UPRN has 1 to 12 digits and is not zero.
pub(crate) fn is_uprn(text: &str) -> bool {
    (1..=12).contains(&text.len())
        && text.chars().all(|letter| letter.is_ascii_digit())
        && text.chars().any(|digit| digit != '0')
}

#[cfg(test)]
mod tests {
    use super::{is_email, is_phone, is_uprn, may_lack_a_zero};

    #[test]
    fn phones() {
        for phone in [
            "07700900123",
            "+447700900123",
            "020 7946 0000",
            "123456",
            "(01) 23-45",
            "07700 900456 (mum)",
            "tel:+447700900123",
            "+44 (0)7700 900123",
            "07700 900123 / 020 7946 0000",
            "020 7946 0000 ext. 12",
            "07700900123 or 02079460000",
        ] {
            assert!(is_phone(phone), "{phone}");
        }
        for not in [
            "",
            "0",
            "N/A",
            "none",
            "12345",
            "000000000",
            "+44 44 44 44",
            "1 1 1 1 1 1 1",
            "٠٧٧٠٠٩٠٠١٢٣",
            "called 01/03/2021",
            "2021-03-01",
            "01/03/2021",
            "07700900123 (01/03/2021)",
            "12:00:00",
            "disconnected 12/02/2021",
            "wrong number 07700900123",
            "4.47701E+11",
            "#N/A",
        ] {
            assert!(!is_phone(not), "{not}");
        }
    }

    #[test]
    fn ten_digits_may_lack_a_zero() {
        for short in
            ["7700900123", "2079460000", "7700 900123", "1204 123456", "3001231234", "07700900123 / 2079460000"]
        {
            assert!(may_lack_a_zero(short), "{short}");
        }
        for whole in ["07700900123", "+7700900123", "447700900123", "442079460000", "9434765919", "123456"] {
            assert!(!may_lack_a_zero(whole), "{whole}");
        }
    }

    #[test]
    fn emails() {
        assert!(is_email("r@example.com"));
        for not in ["", "none", "N/A", "0", "r.example.com"] {
            assert!(!is_email(not), "{not}");
        }
    }

    #[test]
    fn uprns() {
        for uprn in ["1", "100", "0023000001", "100020000001", "000000000001"] {
            assert!(is_uprn(uprn), "{uprn}");
        }
        for not in ["", "0", "000000000000", "1000200000011", "N/A", "1.00023E+11", "-1", "10 000", "１００"] {
            assert!(!is_uprn(not), "{not}");
        }
    }
}
