//! What a cell of a workbook shows.

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType, Style};
use feeds::Cell;

/// How the cell's format and the workbook's settings bear on a number.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// A format of zeros only (`00000000000`) shows a number with at least so many digits.
    pub(super) digits: usize,
    /// The workbook counts days from 1904.
    pub(super) is_1904: bool,
}

/// Serial numbers of days beyond 31 December 9999 show as `####`.
const LAST_DAY: f64 = 2_958_466.0;

const SECONDS_A_DAY: f64 = 86_400.0;

impl Shown {
    /// The cell's text: dates as `yyyy-mm-dd`, with `hh:mm:ss` where there is a time; numbers as plain digits;
    /// a formula's last value. `None`: the cell is blank, whatever its format.
    pub(super) fn cell(self, value: DataRef<'_>) -> Option<Cell> {
        Some(match value {
            DataRef::Empty => return None,
            DataRef::String(text) => Cell::text(text),
            DataRef::SharedString(text) => Cell::text(text),
            DataRef::Bool(true) => Cell::text("TRUE"),
            DataRef::Bool(false) => Cell::text("FALSE"),
            DataRef::Error(error) => Cell::text(error.to_string()),
            DataRef::Int(number) => Cell::number(self.padded(number.to_string())),
            DataRef::Float(number) => Cell::number(self.padded(plain(number))),
            DataRef::DateTime(moment) => self.moment(moment),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        })
    }

    fn padded(self, number: String) -> String {
        if number.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("{number:0>width$}", width = self.digits)
        } else {
            number
        }
    }

    fn moment(self, moment: ExcelDateTime) -> Cell {
        let serial = moment.as_f64();
        if !(0.0..LAST_DAY).contains(&serial) {
            return Cell::number(plain(serial));
        }
        // Times are fractions of a day: 12:30 is stored a hair before or after it.
        let seconds = (serial * SECONDS_A_DAY).round();
        let time = format!("{:02}:{:02}", (seconds / 60.0 % 60.0) as u8, (seconds % 60.0) as u8);
        if moment.is_duration() || seconds < SECONDS_A_DAY {
            return Cell::text(format!("{:02}:{time}", (seconds / 3600.0) as u32));
        }
        let rounded = ExcelDateTime::new(seconds / SECONDS_A_DAY, ExcelDateTimeType::DateTime, self.is_1904);
        let (year, month, day, ..) = rounded.to_ymd_hms_milli();
        let date = format!("{year:04}-{month:02}-{day:02}");
        if seconds % SECONDS_A_DAY == 0.0 {
            return Cell::text(date);
        }
        Cell::text(format!("{date} {:02}:{time}", (seconds / 3600.0 % 24.0) as u8))
    }
}

/// Plain digits, never `1.2E+11`, of the 15 that Excel counts as significant.
fn plain(number: f64) -> String {
    let shown = format!("{number:.14e}").parse().unwrap_or(number);
    if shown == 0.0 { "0".to_owned() } else { format!("{shown}") }
}

/// How many digits a format shows at least: of those made of zeros alone, as people use for phone numbers.
pub(super) fn digits(style: &Style) -> usize {
    let code = style.number_format.as_ref().map_or("", |format| format.format_code.as_str());
    if code.bytes().all(|byte| byte == b'0') { code.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feeds::CellKind;

    const PLAIN: Shown = Shown { digits: 0, is_1904: false };

    fn date(serial: f64, is_1904: bool) -> String {
        let value = DataRef::DateTime(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904));
        Shown { digits: 0, is_1904 }.cell(value).expect("a cell").text
    }

    #[test]
    fn numbers_are_plain_digits() {
        for (number, text) in [
            (100_020_000_001.0, "100020000001"),
            (1.2e11, "120000000000"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.3"),
            (-2.5, "-2.5"),
            (0.0, "0"),
            (-0.0, "0"),
            (1e20, "100000000000000000000"),
            (1e-7, "0.0000001"),
            (4_151_971_238.0, "4151971238"),
            (44_197.999_999, "44197.999999"),
        ] {
            let cell = PLAIN.cell(DataRef::Float(number)).expect("a cell");
            assert_eq!((cell.text.as_str(), cell.kind), (text, CellKind::Number));
        }
    }

    #[test]
    fn a_format_of_zeros_shows_leading_zeros() {
        let phone = Shown { digits: 11, is_1904: false };
        assert_eq!(phone.cell(DataRef::Float(7_700_900_123.0)).expect("a cell").text, "07700900123");
        assert_eq!(phone.cell(DataRef::Float(447_700_900_123.0)).expect("a cell").text, "447700900123");
        assert_eq!(phone.cell(DataRef::Float(-1.5)).expect("a cell").text, "-1.5");
    }

    #[test]
    fn dates_and_times() {
        for (serial, is_1904, text) in [
            (44_197.0, false, "2021-01-01"),
            (44_197.5, false, "2021-01-01 12:00:00"),
            (44_197.520_833_333_3, false, "2021-01-01 12:30:00"),
            (44_197.999_999_9, false, "2021-01-02"),
            (42_735.0, true, "2021-01-01"),
            (1.0, false, "1900-01-01"),
            (61.0, false, "1900-03-01"),
            (0.5, false, "12:00:00"),
            (0.0, false, "00:00:00"),
            (2_958_465.0, false, "9999-12-31"),
            (2_958_466.0, false, "2958466"),
            (-1.0, false, "-1"),
        ] {
            assert_eq!(date(serial, is_1904), text, "{serial}, 1904: {is_1904}");
        }
        let hours = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(PLAIN.cell(DataRef::DateTime(hours)).expect("a cell").text, "36:00:00");
    }
}
