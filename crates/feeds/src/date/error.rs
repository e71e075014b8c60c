//! Why a date is not taken.

use chrono::NaiveDate;

/// Why a date is not taken. `Display` says what is wrong with it, [`DateError::how_to_fix`] what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DateError {
    #[error("this is not a date that can be read")]
    Unreadable,
    #[error("this is a spreadsheet's number for {}, not a date", .0.format("%-d %B %Y"))]
    Serial(NaiveDate),
    #[error("there is no month {0}")]
    NoSuchMonth(u32),
    #[error("there is no such day in that month")]
    NoSuchDay,
    #[error("the year of birth has only two digits, so the century is not known")]
    TwoDigitYear,
    #[error("the time after the date cannot be read")]
    Time,
    #[error("a date of birth cannot be in the future")]
    Future,
    #[error("the date of birth is more than 125 years ago")]
    TooLongAgo,
}

impl DateError {
    /// Says what to write instead, for the data team.
    pub(crate) fn how_to_fix(self) -> &'static str {
        match self {
            Self::Unreadable | Self::NoSuchMonth(_) => {
                "Write the day, then the month, then the year, such as 25/12/1980."
            }
            Self::Serial(_) => {
                "Format the column as a date, look whether it is the right one, and drop the file again."
            }
            Self::NoSuchDay => "Look up the right day and write it such as 25/12/1980.",
            Self::TwoDigitYear => "Write the year with four digits, such as 25/12/1980.",
            Self::Time => "Leave the time out, or write it such as 25/12/1980 21:05.",
            Self::Future | Self::TooLongAgo => "Look up the right date of birth, or leave the cell blank.",
        }
    }
}
