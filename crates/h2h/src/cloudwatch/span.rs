//! How far a look at the metrics goes back, and how finely it is told.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// How far a look goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Hour,
    Day,
    Week,
}

impl Span {
    pub(crate) const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// The time that each sum is of, and how many there are. Of the last fortnight CloudWatch has minutes, and nothing finer.
    fn bins(self) -> (TimeDelta, i32) {
        match self {
            Self::Hour => (TimeDelta::minutes(1), 60),
            Self::Day => (TimeDelta::minutes(15), 96),
            Self::Week => (TimeDelta::hours(2), 84),
        }
    }

    /// The time that each sum is of, in words.
    pub(crate) fn bin_in_words(self) -> &'static str {
        match self {
            Self::Hour => "a minute",
            Self::Day => "a quarter of an hour",
            Self::Week => "two hours",
        }
    }

    pub(crate) fn bin(self) -> TimeDelta {
        self.bins().0
    }
}

/// The times that the sums of a look are of, one after the other. The last has begun, and is not over.
#[derive(Clone, Copy)]
pub(crate) struct Bins {
    pub(super) span: Span,
    pub(crate) from: DateTime<Utc>,
}

impl Bins {
    /// As many as there are in a span, up to now.
    pub(crate) fn up_to(now: DateTime<Utc>, span: Span) -> Self {
        let (bin, bins) = span.bins();
        let last = now.duration_trunc(bin).unwrap_or(now);
        Self { span, from: last - bin * (bins - 1) }
    }

    pub(crate) fn until(&self) -> DateTime<Utc> {
        let (bin, bins) = self.span.bins();
        self.from + bin * bins
    }

    /// The beginning of each.
    pub(crate) fn begin(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let (from, (bin, bins)) = (self.from, self.span.bins());
        (0..bins).map(move |place| from + bin * place)
    }
}
