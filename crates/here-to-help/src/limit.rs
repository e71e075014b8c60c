//! How many rows may be at Here to Help at once, of all posters together: what they share about it.
//!
//! Times are milliseconds since 1970, by the wall clock, for the posters share them.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Work;

/// How long a seat is taken for. Whoever dies keeps it no longer.
pub(crate) const SEAT_MS: u64 = 6_000;
/// What was found longer ago is not relied on.
const OLD_MS: u64 = 600_000;

/// How many of our calls may wait at Here to Help for others, on average: what decides how far staff go before speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MayWait(f64);

/// A number that cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("not a number from 0.1 to 10")]
pub struct NotMeant;

impl MayWait {
    /// The number of calls.
    pub(crate) fn calls(self) -> f64 {
        self.0
    }
}

impl Default for MayWait {
    /// Before a database of two cores a search takes at most twice as long then (docs/performance.md).
    fn default() -> Self {
        Self(0.4)
    }
}

impl FromStr for MayWait {
    type Err = NotMeant;

    fn from_str(text: &str) -> Result<Self, NotMeant> {
        let calls = text.parse().map_err(|_| NotMeant)?;
        (0.1..=10.0).contains(&calls).then_some(Self(calls)).ok_or(NotMeant)
    }
}

/// The limit of rows at once, what it was found by, and who makes use of it. No personal data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// How many rows at once; below one, the part of its time in which one poster is at work.
    pub rows: f64,
    /// How many of our calls waited for others at Here to Help, on average, when that was looked at last.
    pub waiting: f64,
    /// When that was.
    pub found_at: u64,
    /// How long calls take while one row is there alone, in milliseconds.
    pub usual: BTreeMap<Work, f64>,
    /// How long they took when that was looked at last.
    pub lately: BTreeMap<Work, f64>,
    /// When a row was there alone last.
    pub(crate) alone_at: u64,
    /// Where the limit was before one row was let alone to see how long calls take then.
    pub(crate) back_to: Option<f64>,
    /// Not raised before this time: it was too much a while ago.
    pub(crate) raise_at: u64,
    /// How long that while is next time.
    pub(crate) patience_ms: u64,
    /// True until it was too much for the first time: up to there it grows by half.
    pub(crate) is_growing: bool,
    pub(crate) seats: Vec<Seat>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seat {
    owner: String,
    until: u64,
}

impl Default for Limit {
    /// Where nothing is known: one row, so that it is seen how long calls take alone.
    fn default() -> Self {
        Self {
            rows: 1.0,
            waiting: 0.0,
            found_at: 0,
            usual: BTreeMap::new(),
            lately: BTreeMap::new(),
            alone_at: 0,
            back_to: None,
            raise_at: 0,
            patience_ms: 15_000,
            is_growing: true,
            seats: Vec::new(),
        }
    }
}

impl Limit {
    /// A limit to begin with, where it is known how many rows are not too much and how long calls usually take.
    pub fn of(rows: f64, usual: BTreeMap<Work, f64>) -> Self {
        Self { rows, usual, ..Self::default() }
    }

    /// The limit to go on from where this one is old: one row is let alone first.
    pub(crate) fn begun_anew(&self, now: u64) -> Option<Self> {
        let is_old = self.found_at > 0 && now >= self.found_at.saturating_add(OLD_MS);
        is_old.then(|| Self { back_to: Some(self.rows.max(1.0)), found_at: now, ..Self::default() })
    }

    /// The number of seats: below one row at once one poster is at work, part of its time.
    fn seats(&self) -> usize {
        // Saturates, and a limit is far below that.
        self.rows.max(1.0) as usize
    }

    /// How long this poster may go on; none if it has no seat.
    pub(crate) fn seat(&self, owner: &str, now: u64) -> Option<u64> {
        let mut seats = self.seats.iter().filter(|seat| seat.until > now).take(self.seats());
        seats.find(|seat| seat.owner == owner).map(|seat| seat.until - now)
    }

    /// With a seat of this poster, taken or kept; none if there is none left.
    pub(crate) fn with_seat(&self, owner: &str, now: u64) -> Option<Self> {
        let mut next = self.clone();
        next.seats.retain(|seat| seat.until > now);
        let seat = Seat { owner: owner.to_owned(), until: now + SEAT_MS };
        match next.seats.iter().position(|seat| seat.owner == owner) {
            Some(place) if place < self.seats() => next.seats[place] = seat,
            None if next.seats.len() < self.seats() => next.seats.push(seat),
            Some(_) | None => return None,
        }
        Some(next)
    }

    /// Without a seat of this poster; none if it has none.
    pub(crate) fn without_seat(&self, owner: &str) -> Option<Self> {
        let mut next = self.clone();
        next.seats.retain(|seat| seat.owner != owner);
        (next.seats.len() < self.seats.len()).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_seats_as_rows_at_once_and_each_is_free_again_after_a_while() {
        let limit = Limit { rows: 2.0, ..Limit::default() };
        let one = limit.with_seat("a", 1_000).expect("a seat");
        let two = one.with_seat("b", 1_500).expect("another");
        assert_eq!(two.with_seat("c", 2_000), None);
        assert_eq!(
            (two.seat("a", 2_000), two.seat("b", 2_000), two.seat("c", 2_000)),
            (Some(5_000), Some(5_500), None)
        );
        let kept = two.with_seat("a", 6_000).expect("its own");
        assert_eq!(kept.seat("a", 7_499), Some(4_501));
        assert!(kept.with_seat("c", 7_500).is_some(), "b's has run out");
        assert!(kept.without_seat("b").is_some_and(|limit| limit.with_seat("c", 6_000).is_some()));
        assert_eq!(kept.without_seat("c"), None);
    }

    #[test]
    fn below_one_row_one_poster_has_the_seat_and_where_the_limit_fell_the_last_to_come_have_none() {
        let limit = Limit { rows: 0.25, ..Limit::default() };
        assert!(limit.with_seat("a", 0).is_some_and(|limit| limit.with_seat("b", 0).is_none()));
        let three = Limit { rows: 3.0, ..Limit::default() };
        let three = ["a", "b", "c"].iter().fold(three, |limit, owner| limit.with_seat(owner, 0).expect("a seat"));
        let fallen = Limit { rows: 1.0, ..three };
        assert_eq!((fallen.seat("a", 1).is_some(), fallen.seat("b", 1), fallen.with_seat("c", 1)), (true, None, None));
    }

    #[test]
    fn how_many_may_wait_is_a_number_that_can_be_meant() {
        assert_eq!("0.4".parse::<MayWait>().ok(), Some(MayWait::default()));
        for bad in ["", "0", "-1", "11", "NaN", "inf", "many"] {
            assert!(bad.parse::<MayWait>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_old_is_found_anew_and_one_row_is_alone_meanwhile() {
        let limit = Limit { rows: 5.0, found_at: 1_000, usual: [(Work::Post, 95.0)].into(), ..Limit::default() };
        assert_eq!(limit.begun_anew(600_999), None);
        let fresh = limit.begun_anew(601_000).expect("old");
        assert_eq!((fresh.rows, fresh.back_to, fresh.usual.len()), (1.0, Some(5.0), 0));
    }
}
