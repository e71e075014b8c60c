//! The text that a cell of a workbook shows.

use std::borrow::Cow;

use feeds::{Cell, CellKind};

use super::moment;
use super::number_format::{NumberFormat, Shows};
use super::workbook::Settings;

/// The type of a cell's content: the words of its `t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString)]
pub(super) enum Type {
    /// Also where nothing is said, or another word.
    #[default]
    #[strum(serialize = "n")]
    Number,
    #[strum(serialize = "b")]
    Boolean,
    /// `#N/A` and its like: there are new ones every few years.
    #[strum(serialize = "e")]
    Error,
    /// The number of a shared text.
    #[strum(serialize = "s")]
    Shared,
    /// A text within the cell: a formula's, or written there.
    #[strum(serialize = "str", serialize = "inlineStr")]
    Text,
    /// `2021-03-08T10:30:00`.
    #[strum(serialize = "d")]
    Date,
}

/// True if nobody has calculated the result of a formula. A text that is empty is a result; `None` is no value at all.
pub(super) fn is_uncalculated(kind: Type, value: Option<&str>, settings: Settings) -> bool {
    match (kind, value) {
        (_, None) => true,
        (Type::Text, Some(_)) => false,
        (Type::Number, Some("0")) => settings.calculates_on_load,
        (_, Some(value)) => value.trim().is_empty(),
    }
}

/// A cell that is not a shared text: dates as `yyyy-mm-dd`, with `hh:mm:ss` where there is a time; numbers as plain
/// digits; a formula's last value. What is not a number, boolean or date, though the cell says so, is shown as is.
pub(super) fn shown(kind: Type, value: &str, format: Option<&NumberFormat>, settings: Settings) -> Cell {
    match (kind, value.trim()) {
        (Type::Text, _) => Cell::text(value),
        (Type::Boolean, "1" | "true") => Cell::text("TRUE"),
        (Type::Boolean, "0" | "false") => Cell::text("FALSE"),
        (Type::Date, value) => Cell::of(CellKind::Moment, iso(value)),
        (Type::Number, value) => number(value, format, settings).unwrap_or_else(|| Cell::text(value)),
        (_, value) => Cell::text(value),
    }
}

fn number(value: &str, format: Option<&NumberFormat>, settings: Settings) -> Option<Cell> {
    let digits = digits(value)?;
    let Some(format) = format else { return Some(Cell::number(digits)) };
    let number: f64 = value.parse().ok()?;
    let moment = match format.shows(number) {
        Shows::Plain => return Some(Cell::number(digits)),
        Shows::Digits(pattern) if is_whole(&digits) => return Some(in_format(&pattern.show(&digits), &digits)),
        Shows::Digits(_) => return Some(Cell::number(digits)),
        Shows::Moment => moment::date(number, settings.is_1904),
        Shows::Hours => moment::hours(number),
    };
    Some(Cell::of(CellKind::Moment, moment.unwrap_or_else(|| digits.into_owned())))
}

/// A number in its format: where that adds a zero, a plus or a word, the number is as somebody wants it to be seen, and lacks
/// nothing that a text would have.
fn in_format(shown: &str, digits: &str) -> Cell {
    let adds_nothing = shown.chars().filter(|sign| sign.is_alphanumeric() || *sign == '+').eq(digits.chars());
    if adds_nothing { Cell::number(shown) } else { Cell::text(shown) }
}

/// Plain digits, never `1.2E+11`, of the 15 that Excel counts as significant.
fn digits(value: &str) -> Option<Cow<'_, str>> {
    if is_whole(value) && value.len() <= 15 && (!value.starts_with('0') || value == "0") {
        return Some(Cow::Borrowed(value));
    }
    let number: f64 = value.parse().ok()?;
    let number: f64 = if number.is_finite() { format!("{number:.14e}").parse().ok()? } else { return None };
    Some(if number == 0.0 { Cow::Borrowed("0") } else { Cow::Owned(number.to_string()) })
}

fn is_whole(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2021-03-08T10:30:00.000Z` as other dates are shown.
fn iso(text: &str) -> String {
    let Some((date, time)) = text.split_once('T') else { return text.to_owned() };
    let time = time.trim_end_matches('Z');
    let time = time.split_once('.').map_or(time, |(time, _)| time);
    match (date, time) {
        (date, "00:00:00" | "00:00") if !date.is_empty() => date.to_owned(),
        (date, time) => format!("{date} {time}").trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_number(value: &str, code: &str) -> (String, CellKind) {
        let format = NumberFormat::new(164, Some(code));
        let cell = shown(Type::Number, value, format.as_ref(), Settings::default());
        (cell.text.to_string(), cell.kind)
    }

    #[test]
    fn numbers_are_plain_digits() {
        for (value, text) in [
            ("100020000001", "100020000001"),
            ("1.2E11", "120000000000"),
            ("7.1E+05", "710000"),
            ("0.1", "0.1"),
            ("0.30000000000000004", "0.3"),
            ("-2.5", "-2.5"),
            ("0", "0"),
            ("-0", "0"),
            ("007", "7"),
            ("12.0", "12"),
            (" 5\n", "5"),
            ("1e20", "100000000000000000000"),
            ("1E-7", "0.0000001"),
            ("1234567890123456789", "1234567890123460000"),
            ("44197.999999", "44197.999999"),
        ] {
            assert_eq!(of_number(value, "General"), (text.to_owned(), CellKind::Number), "{value}");
        }
        for text in ["inf", "NaN", "1e999", "twelve", "1,5", "--1"] {
            assert_eq!(of_number(text, "General"), (text.to_owned(), CellKind::Text));
        }
    }

    #[test]
    fn formats_show_zeros_of_whole_numbers_alone() {
        use CellKind::{Number, Text};
        for (value, code, text, kind) in [
            ("7700900123", "00000000000", "07700900123", Text),
            ("7.700900123E9", "00000000000", "07700900123", Text),
            ("7700900123.0", "00000000000", "07700900123", Text),
            ("447700900123", "00000000000", "447700900123", Number),
            ("-1.5", "00000000000", "-1.5", Number),
            ("-7", "00000000000", "-7", Number),
            ("7.5", "00000000000", "7.5", Number),
            ("7700900123", "(00000) 000000", "(07700) 900123", Text),
            ("7700900123", "00000 00000", "77009 00123", Number),
            ("7700900123", "+440000000000", "+447700900123", Text),
            ("7", "0000", "0007", Text),
            ("12345", "0000", "12345", Number),
            ("7", "\"A\"0", "A7", Text),
        ] {
            assert_eq!(of_number(value, code), (text.to_owned(), kind), "{value}, {code}");
        }
    }

    #[test]
    fn moments_are_marked_even_where_they_are_no_days() {
        for (value, code, text) in [
            ("44197", "dd/mm/yyyy", "2021-01-01"),
            ("0", "dd/mm/yyyy", "00:00:00"),
            ("0.5", "h:mm", "12:00:00"),
            ("1.5", "[h]:mm", "36:00:00"),
            ("-5", "dd/mm/yyyy", "-5"),
            ("3000000", "dd/mm/yyyy", "3000000"),
            ("2.958E4", "dd/mm/yyyy", "1980-12-25"),
        ] {
            assert_eq!(of_number(value, code), (text.to_owned(), CellKind::Moment), "{value}");
        }
        for (value, text) in [
            ("2021-03-08", "2021-03-08"),
            ("2021-03-08T00:00:00", "2021-03-08"),
            ("2021-03-08T10:30:00.000Z", "2021-03-08 10:30:00"),
            ("T10:30:00", "10:30:00"),
            ("10:30:00", "10:30:00"),
            ("T00:00:00", "00:00:00"),
        ] {
            let cell = shown(Type::Date, value, None, Settings::default());
            assert_eq!((cell.text.as_str(), cell.kind), (text, CellKind::Moment), "{value}");
        }
    }

    #[test]
    fn formulas_without_a_result() {
        let on_load = Settings { calculates_on_load: true, ..Settings::default() };
        for (kind, value, settings, uncalculated) in [
            ("", None, Settings::default(), true),
            ("", Some(""), Settings::default(), true),
            ("e", Some(""), Settings::default(), true),
            ("s", Some(" "), Settings::default(), true),
            ("str", None, Settings::default(), true),
            ("str", Some(""), Settings::default(), false),
            ("", Some("0"), Settings::default(), false),
            ("", Some("0"), on_load, true),
            ("", Some("7"), on_load, false),
            ("str", Some("0"), on_load, false),
        ] {
            let seen = is_uncalculated(kind.parse().unwrap_or_default(), value, settings);
            assert_eq!(seen, uncalculated, "{kind}, {value:?}, {settings:?}");
        }
    }
}
