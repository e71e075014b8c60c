//! NHS numbers.

/// The ten digits of a valid NHS number, blanks, dashes and points removed; none where it is not valid.
///
/// The API finds a resident by it without looking at names, so what only looks like a number must not be sent: it has
/// ten digits, not all equal (a placeholder that passes the check), and the right check digit (mod 11).
pub(crate) fn valid(text: &str) -> Option<String> {
    let is_between = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '.' | '\u{2010}'..='\u{2015}');
    let number: String = text.chars().filter(|letter| !is_between(*letter)).collect();
    let digits: Vec<u32> = number.chars().map(|letter| letter.to_digit(10)).collect::<Option<_>>()?;
    let [leading @ .., check] = digits.as_slice() else { return None };
    let is_valid = leading.len() == 9 && leading.iter().any(|digit| digit != check) && check_digit(leading) == *check;
    is_valid.then_some(number)
}

/// Weights 10 down to 2; a remainder of 11 counts as 0, and 10 is no digit at all.
fn check_digit(leading: &[u32]) -> u32 {
    let sum: u32 = leading.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        11 => 0,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn ten_digits_with_the_right_check_digit_are_taken() {
        for text in
            ["9434765919", "943 476 5919", "943-476-5919", "943\u{a0}476\u{2011}5919", "943–476.5919", " 9434765919 "]
        {
            assert_eq!(valid(text).as_deref(), Some("9434765919"), "{text}");
        }
        assert_eq!(valid("4010232137").as_deref(), Some("4010232137"));
    }

    #[test]
    fn a_remainder_of_11_is_the_check_digit_0() {
        assert_eq!(valid("4000000020").as_deref(), Some("4000000020"));
        assert_eq!(valid("9876543210").as_deref(), Some("9876543210"));
    }

    #[test]
    fn everything_else_is_left_out() {
        let wrong = [
            "",
            "-",
            "unknown",
            "a_b",
            "NaN",
            "12345",
            "943476591",
            "94347659190",
            "9434765918",
            "0000000000",
            "1111111111",
            "5555555555",
            "٩٤٣٤٧٦٥٩١٩",
            "9.43E+09",
            // The sum asks for the check digit 10, which does not exist.
            "4000000080",
            "1234567890",
        ];
        for text in wrong {
            assert_eq!(valid(text), None, "{text}");
        }
    }
}
