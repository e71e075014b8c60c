//! How many rows may be at Here to Help at once, of all posters together: what they share about it.
//!
//! Times are milliseconds since 1970, by the wall clock, for the posters share them.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Work;

/// How long a seat is taken for. Whoever dies keeps it no longer.
const SEAT_MS: u64 = 6_000;
/// With more seats than so many each is taken for longer, so that all of them together are kept about as often as these; but not
/// for longer than this.
const FEW_SEATS: u64 = 10;
const LONGEST_SEAT_MS: u64 = 15_000;
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
    /// How often a row was let alone, from the beginning on.
    #[serde(default)]
    pub(crate) times_alone: u32,
    /// Where the limit was before one row was let alone to see how long calls take then.
    pub(crate) back_to: Option<f64>,
    /// Not raised before this time: it was too much a while ago.
    pub(crate) raise_at: u64,
    /// How long that while is next time.
    pub(crate) patience_ms: u64,
    /// True until it was too much for the first time: up to there it grows threefold.
    pub(crate) is_growing: bool,
    pub(crate) seats: Vec<Seat>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seat {
    owner: String,
    pub(crate) until: u64,
    /// The part of the agreed calls that this poster may make.
    pub(crate) calls_per_second: u32,
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
            times_alone: 0,
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

    /// The number of seats where so many calls a second are agreed: each may make one a second at least. Below one row at once one
    /// poster is at work, part of its time.
    fn seats(&self, agreed: u32) -> usize {
        // Saturates, and a limit is far below that.
        (self.rows.max(1.0).min(f64::from(agreed))) as usize
    }

    /// This poster's seat; none if it has none, or the limit has fallen since.
    pub(crate) fn seat(&self, owner: &str, now: u64, agreed: u32) -> Option<&Seat> {
        let mut seats = self.seats.iter().filter(|seat| seat.until > now).take(self.seats(agreed));
        seats.find(|seat| seat.owner == owner)
    }

    /// With a seat of this poster, taken or kept, and its part of the agreed calls: as much as is fair, of what the others leave.
    /// None if there is no seat left.
    pub(crate) fn with_seat(&self, owner: &str, now: u64, agreed: u32) -> Option<Self> {
        let mut next = self.clone();
        next.seats.retain(|seat| seat.until > now);
        let place = next.seats.iter().position(|seat| seat.owner == owner).unwrap_or(next.seats.len());
        if place >= self.seats(agreed) {
            return None;
        }
        if place == next.seats.len() {
            next.seats.push(Seat { owner: owner.to_owned(), until: 0, calls_per_second: 0 });
        }
        let calls_per_second = next.fair(place, agreed).min(agreed.saturating_sub(next.calls_of_others(owner)));
        let until = now + next.seat_ms();
        next.seats[place] = Seat { owner: owner.to_owned(), until, calls_per_second };
        Some(next)
    }

    /// How long a seat is taken for, where so many are taken.
    fn seat_ms(&self) -> u64 {
        let seats = u64::try_from(self.seats.len()).unwrap_or(u64::MAX);
        (SEAT_MS.saturating_mul(seats.max(FEW_SEATS)) / FEW_SEATS).min(LONGEST_SEAT_MS)
    }

    /// With this poster's seat before all others, if it has one: where there will be fewer seats it is one that is surely at work.
    pub(crate) fn with_first(mut self, owner: &str) -> Self {
        if let Some(place) = self.seats.iter().position(|seat| seat.owner == owner) {
            self.seats[..=place].rotate_right(1);
        }
        self
    }

    /// How many of those at work look at the limit before this poster does, so that of many not all want to note it at once; who is
    /// the first changes with each look. Of few each may.
    pub(crate) fn looks_after(&self, owner: &str, now: u64, agreed: u32) -> u64 {
        let at_work = self.seats.iter().filter(|seat| seat.until > now).take(self.seats(agreed));
        let owners: Vec<&str> = at_work.map(|seat| seat.owner.as_str()).collect();
        let seats = u64::try_from(owners.len()).unwrap_or(u64::MAX);
        let place = owners.iter().position(|other| *other == owner).and_then(|place| u64::try_from(place).ok());
        match place {
            Some(place) if seats > FEW_SEATS => (place + seats - self.found_at % seats) % seats,
            _ => 0,
        }
    }

    /// Without a seat of this poster; none if it has none.
    pub(crate) fn without_seat(&self, owner: &str) -> Option<Self> {
        let mut next = self.clone();
        next.seats.retain(|seat| seat.owner != owner);
        (next.seats.len() < self.seats.len()).then_some(next)
    }

    /// True if this poster has calls that one who has none waits for, or has none and there are some by now.
    pub(crate) fn must_share(&self, seat: &Seat, now: u64, agreed: u32) -> bool {
        let Some(next) = self.with_seat(&seat.owner, now, agreed) else { return false };
        let calls = next.seat(&seat.owner, now, agreed).map_or(0, |seat| seat.calls_per_second);
        let somebody_has_none = next.seats.iter().any(|other| other.owner != seat.owner && other.calls_per_second == 0);
        seat.calls_per_second == 0 && calls > 0 || somebody_has_none && calls < seat.calls_per_second
    }

    /// The fair part of the agreed calls of the seat in this place: whole calls, so that all together never make one more.
    fn fair(&self, place: usize, agreed: u32) -> u32 {
        let seats = u32::try_from(self.seats.len()).unwrap_or(u32::MAX).max(1);
        let is_one_of_the_first = u32::try_from(place).is_ok_and(|place| place < agreed % seats);
        agreed / seats + u32::from(is_one_of_the_first)
    }

    fn calls_of_others(&self, owner: &str) -> u32 {
        self.seats.iter().filter(|seat| seat.owner != owner).map(|seat| seat.calls_per_second).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGREED: u32 = 50;

    fn of(rows: f64) -> Limit {
        Limit::of(rows, BTreeMap::new())
    }

    #[test]
    fn there_are_as_many_seats_as_rows_at_once_and_each_is_free_again_after_a_while() {
        let take = |limit: &Limit, owner, now| limit.with_seat(owner, now, AGREED);
        let one = take(&of(2.0), "a", 1_000).expect("a seat");
        let two = take(&one, "b", 1_500).expect("another");
        assert_eq!(take(&two, "c", 2_000), None);
        let until = |limit: &Limit, owner, now| limit.seat(owner, now, AGREED).map(|seat| seat.until);
        let all = ["a", "b", "c"].map(|owner| until(&two, owner, 2_000));
        assert_eq!(all, [Some(7_000), Some(7_500), None]);
        let kept = take(&two, "a", 6_000).expect("its own");
        assert_eq!(until(&kept, "a", 7_499), Some(12_000));
        assert!(take(&kept, "c", 7_500).is_some(), "b's has run out");
        assert!(kept.without_seat("b").is_some_and(|limit| take(&limit, "c", 6_000).is_some()));
        assert_eq!(kept.without_seat("c"), None);
    }

    #[test]
    fn below_one_row_one_poster_has_the_seat_and_where_the_limit_fell_the_last_to_come_have_none() {
        let take = |limit: &Limit, owner| limit.with_seat(owner, 0, AGREED);
        assert!(take(&of(0.25), "a").is_some_and(|limit| take(&limit, "b").is_none()));
        let three = ["a", "b", "c"].iter().fold(of(3.0), |limit, owner| take(&limit, owner).expect("a seat"));
        let fallen = Limit { rows: 1.0, ..three };
        assert!(fallen.seat("a", 1, AGREED).is_some() && fallen.seat("b", 1, AGREED).is_none());
        assert_eq!(take(&fallen, "c"), None);
    }

    /// Posters come, stay and go by chance; the calls of all seats together are never more than agreed, and all of them are used
    /// once those that stay have kept their seats.
    #[test]
    fn the_agreed_calls_are_divided_among_those_at_work_and_never_exceeded() {
        let mut random = 17_u32;
        for agreed in [3, 20, 50, 100] {
            let mut limit = of(1.0);
            for now in (0..400_000).step_by(500) {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                limit.rows = if now % 20_000 == 0 { f64::from(1 + (random >> 8) % 10) } else { limit.rows };
                let owner = format!("poster {}", (random >> 16) % 10);
                let next =
                    if (random >> 28) == 0 { limit.without_seat(&owner) } else { limit.with_seat(&owner, now, agreed) };
                limit = next.unwrap_or(limit);
                let calls = |limit: &Limit| {
                    limit.seats.iter().filter(|seat| seat.until > now).map(|seat| seat.calls_per_second).sum::<u32>()
                };
                assert!(calls(&limit) <= agreed);
                if now % 20_000 == 19_500 {
                    let owners: Vec<String> = limit.seats.iter().map(|seat| seat.owner.clone()).collect();
                    for owner in owners.iter().chain(&owners) {
                        limit = limit.with_seat(owner, now, agreed).unwrap_or(limit);
                    }
                    assert_eq!(calls(&limit), agreed, "{limit:?}");
                }
            }
        }
    }

    #[test]
    fn of_many_each_seat_is_taken_for_longer_and_another_poster_looks_first_each_time() {
        let names: Vec<String> = (0..40).map(|name| name.to_string()).collect();
        let all = names.iter().fold(of(40.0), |limit, name| limit.with_seat(name, 0, AGREED).expect("a seat"));
        let until = |place: usize| all.seats[place].until;
        assert_eq!([0, 9, 10, 20, 39].map(until), [6_000, 6_000, 6_600, 12_600, 15_000]);
        for found_at in [80, 81, 119] {
            let limit = Limit { found_at, ..all.clone() };
            let after: Vec<u64> = names.iter().map(|name| limit.looks_after(name, 0, AGREED)).collect();
            let first = usize::try_from(found_at % 40).expect("small");
            assert_eq!((after[first], after[(first + 1) % 40], after[(first + 39) % 40]), (0, 1, 39));
        }
    }

    #[test]
    fn where_it_falls_the_poster_that_looked_stays() {
        let take = |limit: &Limit, owner| limit.with_seat(owner, 0, AGREED);
        let three = ["idle", "gone", "looks"].iter().fold(of(3.0), |limit, owner| take(&limit, owner).expect("a seat"));
        let fallen = Limit { rows: 1.0, ..three }.with_first("looks");
        assert!(fallen.seat("looks", 1, AGREED).is_some() && fallen.seat("idle", 1, AGREED).is_none());
        assert_eq!(fallen.clone().with_first("nobody"), fallen);
    }

    #[test]
    fn who_comes_last_gets_calls_of_those_who_have_them() {
        let one = of(2.0).with_seat("a", 0, 7).expect("a seat");
        let two = one.with_seat("b", 1, 7).expect("a seat");
        let calls = |limit: &Limit| ["a", "b"].map(|owner| limit.seat(owner, 2, 7).expect("a seat").calls_per_second);
        assert_eq!(calls(&two), [7, 0]);
        let must_share = |limit: &Limit, owner| limit.must_share(limit.seat(owner, 2, 7).expect("a seat"), 2, 7);
        assert!(must_share(&two, "a") && !must_share(&two, "b"));
        let shared = two.with_seat("a", 2, 7).expect("its own");
        assert_eq!(calls(&shared), [4, 0]);
        assert!(!must_share(&shared, "a") && must_share(&shared, "b"));
        assert_eq!(calls(&shared.with_seat("b", 2, 7).expect("its own")), [4, 3]);
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
