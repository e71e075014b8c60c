//! When one poster may begin a row, by the limit that all share.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::adjust::{Bounds, Readings};
use crate::{Limit, MayWait, RowSeen};

/// The limit is looked at after so long, and so many calls of one poster.
const WINDOW_MS: u64 = 4_000;
const CALLS: usize = 8;
/// Sooner where it grows, and where one row is let alone for a moment.
const GROWING_WINDOW_MS: u64 = 1_000;
const ALONE_WINDOW_MS: u64 = 2_000;
/// So much later where another poster is to look first: mostly what that one noted is seen by then.
const LATER_MS: u64 = 1_200;
const LATER_EACH_MS: u64 = 50;
/// Where calls hang there are few.
const LONG_WINDOW_MS: u64 = 15_000;
const FEW_CALLS: usize = 3;
/// A seat is kept when so little of it is left.
const KEEP_MS: u64 = 2_000;
/// The longest rest between two rows.
const LONGEST_REST_MS: f64 = 10_000.0;
/// All that wait look about so often together.
const LOOKS_A_SECOND: u64 = 20;
/// Where there will be more seats soon.
const LOOKS_A_SECOND_SOON: u64 = 100;
const SHORTEST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// One poster among those that share a [`Limit`].
#[derive(Debug)]
pub struct Turns {
    owner: String,
    bounds: Bounds,
    agreed: u32,
    since: u64,
    seen_limit_of: u64,
    readings: Readings,
    rest_until: u64,
    has_new_seat: bool,
}

/// The next thing to do for a poster that would like to begin a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Begin it, and make so many calls a second at most.
    Go {
        /// This poster's part of the calls that are agreed.
        calls_per_second: NonZeroU32,
        /// True if somebody else may have made this part of the calls until now.
        has_new_seat: bool,
    },
    /// Note this limit, if it still stands as it was seen; then ask again.
    Note(Limit),
    /// Wait, look at the limit, and ask again.
    Wait(Duration),
}

impl Turns {
    /// A poster by a name that no other one has, one of at most so many; the calls a second that all may make together, and how
    /// many calls may wait at Here to Help on average.
    pub fn new(owner: impl Into<String>, posters: NonZeroU32, agreed: NonZeroU32, may_wait: MayWait) -> Self {
        let bounds = Bounds { most: f64::from(posters.get()), may_wait: may_wait.calls() };
        let (owner, agreed, readings) = (owner.into(), agreed.get(), Readings::default());
        Self { owner, bounds, agreed, since: 0, seen_limit_of: 0, readings, rest_until: 0, has_new_seat: false }
    }

    /// What to do, now, with the limit as it stands.
    pub fn step(&mut self, limit: &Limit, now: u64) -> Step {
        if now < self.rest_until {
            return Step::Wait(Duration::from_millis(self.rest_until - now));
        }
        if let Some(fresh) = limit.begun_anew(now) {
            return Step::Note(fresh);
        }
        if limit.found_at != self.seen_limit_of || self.since == 0 {
            (self.seen_limit_of, self.since, self.readings) = (limit.found_at, now, Readings::default());
        }
        let with_seat = |limit: &Limit| limit.with_seat(&self.owner, now, self.agreed);
        let Some(seat) = limit.seat(&self.owner, now, self.agreed) else {
            self.has_new_seat = true;
            let next = with_seat(limit).or_else(|| limit.without_seat(&self.owner));
            return next.map_or(Step::Wait(self.wait(limit)), Step::Note);
        };
        if self.is_due(limit, now) {
            let next = limit.after(&self.readings, self.bounds, now);
            let next = if next.rows < limit.rows { next.with_first(&self.owner) } else { next };
            return Step::Note(with_seat(&next).unwrap_or(next));
        }
        if seat.until <= now + KEEP_MS || limit.must_share(seat, now, self.agreed) {
            return with_seat(limit).map_or(Step::Wait(SHORTEST_WAIT), Step::Note);
        }
        match NonZeroU32::new(seat.calls_per_second) {
            Some(calls_per_second) => {
                let has_new_seat = std::mem::take(&mut self.has_new_seat);
                Step::Go { calls_per_second, has_new_seat }
            }
            None => Step::Wait(SHORTEST_WAIT),
        }
    }

    /// A row has come to its end after this time, with what was seen of its calls. Below one row at once, the poster rests now.
    pub fn row_ended(&mut self, limit: &Limit, took: Duration, seen: RowSeen, now: u64) {
        let took_ms = took.as_secs_f64() * 1000.0;
        self.readings.worked_ms += took_ms;
        self.readings.calls.extend(seen.calls);
        self.readings.paced_ms += seen.paced.as_secs_f64() * 1000.0;
        if limit.rows < 1.0 {
            let rest_ms = (took_ms / limit.rows - took_ms).min(LONGEST_REST_MS);
            // Bounded just above.
            self.rest_until = now + rest_ms.max(0.0) as u64;
        }
    }

    /// True if there is a seat for each poster that runs: nobody waits for one. Each seat has a call a second at least.
    pub fn are_all_seated(&self, limit: &Limit) -> bool {
        limit.rows >= self.bounds.most && f64::from(self.agreed) >= self.bounds.most
    }

    /// The limit without this poster's seat, for whoever waits for one; none if it has none.
    pub fn leave(&self, limit: &Limit) -> Option<Limit> {
        limit.without_seat(&self.owner)
    }

    fn is_due(&self, limit: &Limit, now: u64) -> bool {
        let (time, calls) = (now.saturating_sub(self.since), self.readings.calls.len());
        let window = match limit.back_to {
            Some(_) => ALONE_WINDOW_MS,
            None if limit.is_growing && !self.are_all_seated(limit) => GROWING_WINDOW_MS,
            None => WINDOW_MS,
        };
        let later = match limit.looks_after(&self.owner, now, self.agreed) {
            0 => 0,
            others => LATER_MS + LATER_EACH_MS * others,
        };
        time >= window + later && calls >= CALLS || time >= LONG_WINDOW_MS + later && calls >= FEW_CALLS
    }

    fn wait(&self, limit: &Limit) -> Duration {
        let is_soon = limit.is_growing || limit.back_to.is_some();
        let looks = if is_soon { LOOKS_A_SECOND_SOON } else { LOOKS_A_SECOND };
        // A number of posters.
        let all_at_once = self.bounds.most as u64 * 1000 / looks;
        Duration::from_millis(all_at_once).clamp(SHORTEST_WAIT, LONGEST_WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn poster(name: &str) -> Turns {
        let number = |number| NonZeroU32::new(number).expect("not zero");
        Turns::new(name, number(10), number(50), MayWait::default())
    }

    /// Notes what is to be noted until there is something else to do; says what.
    fn next(turns: &mut Turns, limit: &mut Limit, now: u64) -> Step {
        loop {
            match turns.step(limit, now) {
                Step::Note(noted) => *limit = noted,
                step => return step,
            }
        }
    }

    fn go(calls_per_second: u32, has_new_seat: bool) -> Step {
        Step::Go { calls_per_second: NonZeroU32::new(calls_per_second).expect("some"), has_new_seat }
    }

    #[test]
    fn the_first_has_all_calls_and_the_second_waits_until_it_has_given_some_up() {
        let (mut one, mut other) = (poster("one"), poster("other"));
        let mut limit = Limit { is_growing: false, ..Limit::of(2.0, [].into()) };
        assert_eq!(next(&mut one, &mut limit, 1_000), go(50, true));
        assert_eq!(next(&mut one, &mut limit, 1_100), go(50, false));
        assert_eq!(next(&mut other, &mut limit, 1_200), Step::Wait(SHORTEST_WAIT));
        assert_eq!(next(&mut one, &mut limit, 1_300), go(25, false));
        assert_eq!(next(&mut other, &mut limit, 1_450), go(25, true));
        assert_eq!(next(&mut poster("third"), &mut limit, 1_500), Step::Wait(SECOND / 2));
        let mut growing = Limit { is_growing: true, ..limit.clone() };
        assert_eq!(next(&mut poster("third"), &mut growing, 1_500), Step::Wait(SHORTEST_WAIT), "soon there are more");

        limit = one.leave(&limit).expect("its seat");
        assert_eq!(next(&mut poster("third"), &mut limit, 1_600), go(25, true));
        assert_eq!(next(&mut one, &mut limit, 1_700), Step::Wait(SECOND / 2));
    }

    #[test]
    fn all_are_seated_where_there_are_as_many_seats_as_posters() {
        let is_so = |rows| poster("one").are_all_seated(&Limit::of(rows, [].into()));
        assert_eq!([9.0, 10.0].map(is_so), [false, true]);
    }

    #[test]
    fn of_many_one_looks_first_and_another_only_where_it_does_not() {
        let name = |poster: u64| poster.to_string();
        let number = |number| NonZeroU32::new(number).expect("not zero");
        let mut limit = Limit { found_at: 1_000, is_growing: false, ..Limit::of(20.0, [].into()) };
        for poster in (0..20).chain(0..20) {
            limit = limit.with_seat(&name(poster), 1_000, 50).expect("a seat");
        }
        let looks_at = |poster: u64| {
            let mut turns = Turns::new(name(poster), number(20), number(50), MayWait::default());
            let calls = vec![crate::Seen { work: crate::Work::Post, ms: 100.0, is_answer: true }; CALLS];
            turns.step(&limit, 1_000);
            turns.row_ended(&limit, SECOND, RowSeen { calls, ..RowSeen::default() }, 2_000);
            let found = |now: &u64| matches!(turns.step(&limit, *now), Step::Note(next) if next.found_at == *now);
            (1_050..9_000).step_by(50).find(found).expect("it looks")
        };
        // 1,000 is a multiple of 20: the first seat's.
        assert_eq!([0, 1, 2, 19].map(looks_at), [5_000, 6_250, 6_300, 7_150]);
    }

    #[test]
    fn below_one_row_at_once_the_poster_rests_after_each() {
        let mut one = poster("one");
        let mut limit = Limit::of(0.25, [].into());
        assert_eq!(next(&mut one, &mut limit, 1_000), go(50, true));
        one.row_ended(&limit, SECOND, RowSeen::default(), 2_000);
        assert_eq!(next(&mut one, &mut limit, 3_500), Step::Wait(SECOND * 3 / 2));
        assert_eq!(next(&mut one, &mut limit, 5_000), go(50, false));
        one.row_ended(&limit, SECOND * 100, RowSeen::default(), 105_000);
        assert_eq!(next(&mut one, &mut limit, 105_000), Step::Wait(SECOND * 10));
    }
}
