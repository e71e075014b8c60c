//! Phones, e-mail addresses and UPRNs: is this one at all? The API finds residents by them, so `N/A`, `none` or `0`
//! would make one person of two.

/// A phone has six digits or more, and not one digit repeated.
pub(crate) fn is_phone(text: &str) -> bool {
    let mut digits = text.chars().filter(char::is_ascii_digit);
    let Some(first) = digits.next() else { return false };
    let others: Vec<char> = digits.collect();
    others.len() >= 5 && others.iter().any(|digit| *digit != first)
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
    use super::{is_email, is_phone, is_uprn};

    #[test]
    fn phones() {
        for phone in ["07700900123", "+447700900123", "020 7946 0000", "123456", "(01) 23-45", "07700 900456 (mum)"] {
            assert!(is_phone(phone), "{phone}");
        }
        for not in ["", "0", "N/A", "none", "12345", "000000000", "+44 44 44 44", "1 1 1 1 1 1 1", "٠٧٧٠٠٩٠٠١٢٣"]
        {
            assert!(!is_phone(not), "{not}");
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
