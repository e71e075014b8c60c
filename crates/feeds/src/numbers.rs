//! The remains of phones, ids and other numbers that went through number cells (docs/contract/feeds.md, Values).

/// Digits from which on `,0` is a number's end: shorter ones may be two numbers. A phone has as many.
const OF_A_PHONE: usize = 6;

/// Without the `.0` that data tools put behind a number, and without thousands separators.
pub(crate) fn as_text(text: String) -> String {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return text,
        None => &text,
    };
    if let Some(number) = without_zero(&text) {
        return number.to_owned();
    }
    let digits = whole.strip_prefix('+').unwrap_or(whole);
    if is_digits(digits) {
        whole.to_owned()
    } else if is_in_thousands(digits) {
        whole.replace(',', "")
    } else {
        text
    }
}

/// Without the `.0` behind a number in groups (`7700 900123.0`), and without the `,0` of other languages.
fn without_zero(text: &str) -> Option<&str> {
    let (number, separator) = ["0", "00"].iter().find_map(|zeros| {
        let rest = text.strip_suffix(zeros)?;
        ['.', ','].iter().find_map(|separator| Some((rest.strip_suffix(*separator)?, *separator)))
    })?;
    let is_in_groups = number.contains([' ', '-', '(']) || separator == ',';
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit() || b" +-()".contains(&byte));
    (is_in_groups && is_number && count_of_digits(number) >= OF_A_PHONE).then(|| number.trim_end())
}

/// True if this is a number with a fraction that is not zero: not a phone, for nobody knows what it was.
pub(crate) fn has_fraction(text: &str) -> bool {
    text.split_once(['.', ',']).is_some_and(|(whole, fraction)| {
        count_of_digits(whole) > OF_A_PHONE && (1..=2).contains(&fraction.len()) && is_digits(fraction)
    })
}

/// True if this is a number as spreadsheet programs shorten it, such as `4.47701E+11`: its last digits are gone. `1e5`
/// and `12345e67` are not: ids look like that.
pub(crate) fn is_shortened(text: &str) -> bool {
    if is_power_of_ten(text) {
        return true;
    }
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let mut parts = mantissa.splitn(2, ['.', ',']);
    let (whole, fraction) = (parts.next().unwrap_or_default(), parts.next());
    let digits = exponent.strip_prefix(['+', '-']);
    let is_written_out = digits.is_some() || fraction.is_some();
    is_written_out && is_digits(whole) && fraction.is_none_or(is_digits) && is_digits(digits.unwrap_or(exponent))
}

/// `4.47701 x 10^11`, `4.47701×10¹¹`.
fn is_power_of_ten(text: &str) -> bool {
    if !text.contains("10") || !text.contains(['x', 'X', '×', '*', '·']) {
        return false;
    }
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let Some((mantissa, power)) = text.split_once(['x', 'X', '×', '*', '·']) else { return false };
    let Some(exponent) = power.strip_prefix("10") else { return false };
    let is_raised = |letter| matches!(letter, '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' | '⁺' | '⁻');
    let is_exponent = match exponent.strip_prefix('^') {
        Some(exponent) => is_digits(exponent.trim_start_matches(['+', '-'])),
        None => !exponent.is_empty() && exponent.chars().all(is_raised),
    };
    let digits = mantissa.trim_start_matches(['+', '-']).replacen(['.', ','], "", 1);
    is_exponent && is_digits(&digits)
}

fn count_of_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `100,020,000,001`; behind a zero only a phone, `07,700,900,123`.
fn is_in_thousands(text: &str) -> bool {
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    let mut others = groups.peekable();
    others.peek().is_some()
        && first.len() <= 3
        && (!first.starts_with('0') || count_of_digits(text) >= 10)
        && is_digits(first)
        && others.all(|group| group.len() == 3 && is_digits(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_number_cells_leave_behind_is_dropped() {
        for (typed, text) in [
            ("7700900123.0", "7700900123"),
            ("100020000001.00", "100020000001"),
            ("+447700900123.0", "+447700900123"),
            ("100,020,000,001", "100020000001"),
            ("7,700,900,123.0", "7700900123"),
            ("7.0", "7"),
            ("07,700,900,123", "07700900123"),
            ("7700 900123.0", "7700 900123"),
            ("+44 7700 900123.0", "+44 7700 900123"),
            ("400 007 9190.0", "400 007 9190"),
            ("400-007-9190.0", "400-007-9190"),
            ("7700900123,0", "7700900123"),
            ("020 7946.0000", "020 7946.0000"),
            ("12,0", "12,0"),
            ("12 34.0", "12 34.0"),
            ("0004", "0004"),
            ("12.5", "12.5"),
            ("7.", "7."),
            (".0", ".0"),
            ("a.0", "a.0"),
            ("020.7946.0000", "020.7946.0000"),
            ("0,770", "0,770"),
            ("12,34", "12,34"),
            ("1234,567", "1234,567"),
            ("N-1,234", "N-1,234"),
            ("", ""),
        ] {
            assert_eq!(as_text(typed.to_owned()), text, "{typed}");
        }
    }

    #[test]
    fn shortened_numbers_are_no_ids_and_ids_are_no_shortened_numbers() {
        for shortened in [
            "4.47701 x 10^11",
            "4.47701×10¹¹",
            "4,5*10^-3",
            "4.47701E+11",
            "1.2E+05",
            "1E+05",
            "9,43E+09",
            "1.2e5",
            "-1E-07",
        ] {
            assert!(is_shortened(shortened), "{shortened}");
        }
        for id in [
            "1e5", "12345e67", "E5", "5E", "e+5", "N1E+05", "1.2E", "1.2E+", "4.E+1", "1.2.3E+4", "E8 9ZZ", "4x1011",
            "x10^5", "4x10^",
        ] {
            assert!(!is_shortened(id), "{id}");
        }
    }
}
