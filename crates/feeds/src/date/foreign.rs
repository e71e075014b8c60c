//! Days and months as spreadsheet programs in other languages show them: no dates to read, but no house numbers either.

use super::scan::{one_or_two_digits, separator};

/// The months of programs in French, German, Italian, Spanish, Portuguese, Dutch and Polish, but for those in English.
const MONTHS: [&str; 34] = [
    "abr", "ago", "août", "avr", "cze", "dez", "dic", "déc", "ene", "fev", "fév", "févr", "gen", "giu", "gru", "janv",
    "juil", "juin", "kwi", "lip", "lis", "lug", "mag", "mai", "mei", "mrt", "mrz", "mär", "okt", "ott", "out", "paź",
    "sie", "sty",
];

/// `10-déc`, `10. Dez`, `10.12.`.
pub(super) fn is_day_and_month(text: &str) -> bool {
    let Some((_, rest)) = one_or_two_digits(text) else { return false };
    let Some(month) = separator(rest) else { return false };
    let is_number = || rest.starts_with('.') && matches!(one_or_two_digits(month), Some((1..=12, ".")));
    MONTHS.contains(&month.trim_end_matches('.').to_lowercase().as_str()) || is_number()
}
