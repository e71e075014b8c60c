//! The name of a summary: that of its list.

use std::borrow::Cow;

/// What our summaries' names begin with.
const PREFIXES: [&str; 3] = ["PROCESSED_", "Hackney_CT_FOR_UPLOAD_", "city_CT_FOR_UPLOAD_"];
/// Begins what stands behind the name of a list that comes back corrected.
const CORRECTED: &str = " (corrected";
/// What Google puts before the name of a copy.
const COPY: &str = "Copy of ";
/// The length of `_2021-03-08`.
const DATE: usize = 11;

/// The name of the list in a file's name: of a summary that is dropped again, without what it was given before
/// (`Copy of PROCESSED_week 9.csv_2021-03-08` is `week 9.csv (corrected)`, and its summary's own `… (corrected 2)`: two rounds of a
/// day are two names). Other files' names stay as they are.
pub(super) fn inbound(name: &str) -> Cow<'_, str> {
    let whole = name.trim_start_matches(COPY);
    let Some(rest) = PREFIXES.iter().find_map(|prefix| whole.strip_prefix(prefix)) else { return name.into() };
    match rest.rmatch_indices('_').find(|(at, _)| is_date(&rest[*at..])) {
        Some((at, _)) if at > 0 => corrected(&rest[..at]).into(),
        _ => name.into(),
    }
}

/// The name of a list that comes back once more.
fn corrected(list: &str) -> String {
    let before = list.strip_suffix(')').and_then(|list| list.rsplit_once(CORRECTED)).and_then(|(list, times)| {
        let times = if times.is_empty() { Some(1) } else { times.strip_prefix(' ')?.parse::<u32>().ok() };
        Some((list, times?.saturating_add(1)))
    });
    match before {
        Some((list, times)) => format!("{list}{CORRECTED} {times})"),
        None => format!("{list}{CORRECTED})"),
    }
}

/// True if this begins with a day as our names have it; behind it may stand which part it is, or the ending of a file.
fn is_date(text: &str) -> bool {
    let digits = |byte: u8| if byte.is_ascii_digit() { b'9' } else { byte };
    text.as_bytes().get(..DATE).is_some_and(|date| date.iter().copied().map(digits).eq(*b"_9999-99-99"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_that_comes_back_is_named_by_its_list() {
        for (name, list) in [
            ("week 9.csv", "week 9.csv"),
            ("Copy of week 9.csv", "Copy of week 9.csv"),
            ("PROCESSED_by hand.xlsx", "PROCESSED_by hand.xlsx"),
            ("PROCESSED__2021-03-08", "PROCESSED__2021-03-08"),
            ("PROCESSED_week 9.csv_2021-03-08", "week 9.csv (corrected)"),
            ("Copy of PROCESSED_week_9_2021-03-08", "week_9 (corrected)"),
            ("Copy of Copy of PROCESSED_week 9.csv_2021-03-08 (2 of 3).xlsx", "week 9.csv (corrected)"),
            ("PROCESSED_week 9.csv (corrected)_2021-03-09", "week 9.csv (corrected 2)"),
            ("PROCESSED_week 9.csv (corrected 2)_2021-03-09 (1 of 2)", "week 9.csv (corrected 3)"),
            ("PROCESSED_list (corrected by Ann)_2021-03-09", "list (corrected by Ann) (corrected)"),
            ("PROCESSED_list (corrected 4294967295)_2021-03-09", "list (corrected 4294967295)"),
            ("PROCESSED_list_2021-03-01.csv_2021-03-08", "list_2021-03-01.csv (corrected)"),
            ("Hackney_CT_FOR_UPLOAD_cases.csv_2021-03-08", "cases.csv (corrected)"),
            ("PROCESSED_wé_20é1-03-08_2021-03-08", "wé_20é1-03-08 (corrected)"),
        ] {
            assert_eq!(inbound(name), list, "{name}");
        }
    }
}
