//! The words of the command line that several commands take.

pub(crate) mod names;

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use feeds::Feed;

/// A reason that is longer is not a reason but a letter.
const LONGEST: usize = 300;

#[derive(Args)]
pub(crate) struct Why {
    /// Why, for the others who look at it; no resident's data
    #[arg(long = "why", value_name = "WHY")]
    text: String,
}

impl Why {
    /// The reason, which is not empty.
    pub(crate) fn text(&self) -> anyhow::Result<&str> {
        reason(&self.text).context("--why")
    }
}

/// A reason that somebody wrote, which is not empty.
pub(crate) fn reason(text: &str) -> anyhow::Result<&str> {
    match text.trim() {
        "" => bail!("the reason is empty: say why, for the others who look at it"),
        text if text.chars().count() > LONGEST => {
            bail!("the reason is longer than {LONGEST} characters: say it shorter")
        }
        text => Ok(text),
    }
}

pub(crate) fn feed_names() -> impl TypedValueParser<Value = &'static Feed> {
    one_of(feeds::all(), |feed| feed.name())
}

/// Reads the word of one of these.
pub(crate) fn one_of<T>(all: &'static [T], word: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.iter().map(|one| word(*one)))
        .try_map(move |text| all.iter().copied().find(|one| word(*one) == text).ok_or("there is no such word"))
}

/// Reads `--since`: `30m`, `12h`, `7d` (before now) or a date such as `2021-03-08` (from its first moment, in UTC).
pub(crate) fn since(text: &str) -> Result<DateTime<Utc>, &'static str> {
    before(text, Utc::now())
}

fn before(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
    const FORM: &str = "write it like 30m, 12h, 7d or 2021-03-08";
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    let unit = text.chars().last().ok_or(FORM)?;
    let amount: i64 = text[..text.len() - unit.len_utf8()].parse::<u32>().map_err(|_| FORM)?.into();
    let span = match unit {
        'm' => TimeDelta::try_minutes(amount),
        'h' => TimeDelta::try_hours(amount),
        'd' => TimeDelta::try_days(amount),
        _ => None,
    };
    span.and_then(|span| now.checked_sub_signed(span)).ok_or(FORM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_or_a_date() {
        let now = "2021-03-08T12:00:00Z".parse().expect("an instant");
        let read = |text| before(text, now).map(|at| at.to_rfc3339());
        assert_eq!(read("30m").as_deref(), Ok("2021-03-08T11:30:00+00:00"));
        assert_eq!(read("12h").as_deref(), Ok("2021-03-08T00:00:00+00:00"));
        assert_eq!(read("7d").as_deref(), Ok("2021-03-01T12:00:00+00:00"));
        assert_eq!(read("2021-03-01").as_deref(), Ok("2021-03-01T00:00:00+00:00"));
        for text in ["", "d", "7", "7w", "-7d", "7 d", "4294967295d", "2021-02-30", "7é"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
