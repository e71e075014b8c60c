//! Phones: one field holds several numbers with ` / ` between, for the API joins what it is sent (A.8 step 2b). A PATCH
//! writes over them all, so the whole is written as it shall be.

use super::fold::{fold, given};

/// The numbers of a field. A part of another number is not that number.
pub(crate) fn numbers(held: &Option<String>) -> Vec<&str> {
    given(held).into_iter().flat_map(|text| text.split('/')).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// True if the number is among them, however it is written.
pub(crate) fn has(numbers: &[&str], number: &str) -> bool {
    numbers.iter().any(|one| fold(one) == fold(number))
}

/// The field with this number too, before the first that a newer row sent: so it does not matter which row was posted first.
pub(crate) fn joined(numbers: &[&str], number: &str, is_newer: impl Fn(&str) -> bool) -> String {
    let mut all = numbers.to_vec();
    let place = all.iter().position(|one| is_newer(one)).unwrap_or(all.len());
    all.insert(place, number.trim());
    all.join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_as_a_whole_only() {
        let held = Some("020 7946 0050 / 07700 900123".to_owned());
        let numbers = numbers(&held);
        assert_eq!(numbers, ["020 7946 0050", "07700 900123"]);
        for (number, is_there) in
            [("02079460050", true), ("07700 900123", true), ("0207946005", false), ("7946 0050", false)]
        {
            assert_eq!(has(&numbers, number), is_there, "{number}");
        }
        assert_eq!(super::numbers(&Some(" / ".to_owned())), [""; 0]);
        assert_eq!(super::numbers(&None), [""; 0]);
    }

    #[test]
    fn a_number_stands_before_those_of_newer_rows() {
        assert_eq!(joined(&[], "1", |_| false), "1");
        assert_eq!(joined(&["1", "2"], "3", |_| false), "1 / 2 / 3");
        assert_eq!(joined(&["1", "2", "3"], " 4", |one| one != "1"), "1 / 4 / 2 / 3");
    }
}
