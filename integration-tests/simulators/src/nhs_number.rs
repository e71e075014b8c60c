//! NHS numbers of people who do not exist.

/// A valid NHS number, another one for each `person`: nine digits and the check digit (mod 11); where that would be 10, the
/// next nine.
pub fn nhs_number(person: u32) -> String {
    let mut leading = 400_000_000 + 7 * u64::from(person);
    loop {
        let digits = leading.to_string();
        let sum: u32 =
            digits.chars().filter_map(|digit| digit.to_digit(10)).zip((2..=10).rev()).map(|(a, b)| a * b).sum();
        match 11 - sum % 11 {
            10 => leading += 1,
            check => return format!("{digits}{}", check % 11),
        }
    }
}
