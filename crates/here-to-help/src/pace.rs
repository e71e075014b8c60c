//! How often this process calls the API.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Kept below the agreed rate, so that calls that the network bunches up do not exceed it. A timer that is late may use of it up.
const HEADROOM: f64 = 0.965;
/// The slowest pace, as a multiple of the agreed interval.
const SLOWEST: f64 = 16.0;
/// The effect on the interval of a 429, and of an answer.
const THROTTLED: f64 = 2.0;
const LET_THROUGH: f64 = 0.9;
/// An idle connection is given up after this time, before the gateway gives it up: a Lambda that was frozen meanwhile would send
/// into a dead one and not know whether it arrived.
pub(crate) const IDLE: Duration = Duration::from_secs(20);
/// A `Retry-After` beyond this is a mistake, and must not silence the process for its lifetime.
const LONGEST_HOLD: Duration = Duration::from_secs(300);

/// The pace of one process's calls: one at a time with an even interval between their starts, never a burst.
/// The interval doubles with each 429, and shrinks back with each answer. A `Retry-After` holds every call of the process.
///
/// A call that needs a connection first arrives late, nobody knows by how much: from it on the interval counts from its answer.
///
/// A process whose calls take longer than its interval makes fewer calls than it may.
#[derive(Debug)]
pub struct Pace {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The interval between two calls, at its quickest.
    agreed: Duration,
    last: Option<Turn>,
    /// When the last answer came over a connection that is kept since.
    answered: Option<Instant>,
    held_until: Option<Instant>,
    /// The interval as a multiple of the agreed one.
    slowness: f64,
}

/// The last call's.
#[derive(Clone, Copy, Debug)]
struct Turn {
    /// When the call was, or will be, started.
    start: Instant,
    /// When it should have been: a timer may be late.
    due: Instant,
}

impl Pace {
    /// An equal share of `calls_per_second` for each of `processes`. No coordination is needed; in any second
    /// all of them together stay within the rate if it is a multiple of their number.
    pub fn share(calls_per_second: NonZeroU32, processes: NonZeroU32) -> Self {
        let agreed = Self::interval(calls_per_second, processes);
        let state = State { agreed, last: None, answered: None, held_until: None, slowness: 1.0 };
        Self { state: Mutex::new(state) }
    }

    /// The time between the starts of two calls of one of these processes, at its quickest.
    pub fn interval(calls_per_second: NonZeroU32, processes: NonZeroU32) -> Duration {
        Duration::from_secs_f64(f64::from(processes.get()) / f64::from(calls_per_second.get()) / HEADROOM)
    }

    /// So many calls a second from now on, in place of an equal share.
    pub(crate) fn keep_to(&self, calls_per_second: NonZeroU32) {
        self.state().agreed = Self::interval(calls_per_second, NonZeroU32::MIN);
    }

    /// Calls that another process may have made until just now are this one's: its first comes an interval later, so that
    /// both together keep the rate.
    pub(crate) fn begin(&self) {
        self.state().count_from(Instant::now());
    }

    /// Waits for the next turn to call.
    ///
    /// # Errors
    /// The time until the next turn, at once and without using it up, if it comes after `latest`.
    pub(crate) async fn turn(&self, latest: Instant) -> Result<(), Duration> {
        let turn = {
            let mut state = self.state();
            let now = Instant::now();
            let turn = state.next(now);
            if turn > latest {
                return Err(turn - now);
            }
            state.last = Some(Turn { start: turn, due: turn });
            turn
        };
        sleep_until(turn).await;
        self.state().started(turn, Instant::now());
        Ok(())
    }

    /// The call whose turn came last has ended: with a whole answer, over a connection that can be kept, or without.
    pub(crate) fn ended(&self, is_answered: bool) {
        let (mut state, now) = (self.state(), Instant::now());
        if state.needed_a_connection() {
            state.count_from(now);
        }
        state.answered = is_answered.then_some(now);
    }

    /// The API asked for fewer calls.
    pub(crate) fn throttled(&self, retry_after: Option<Duration>) {
        let mut state = self.state();
        state.scale(THROTTLED);
        let until = retry_after.map(|hold| Instant::now() + hold.min(LONGEST_HOLD));
        state.held_until = state.held_until.max(until);
    }

    /// A call was answered.
    pub(crate) fn let_through(&self) {
        self.state().scale(LET_THROUGH);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The call whose turn was due then was started now, unless a later turn was given away since.
    fn started(&mut self, due: Instant, now: Instant) {
        if let Some(last) = self.last.as_mut().filter(|last| last.due == due) {
            last.start = now;
        }
    }

    /// True if no connection was kept when the last call started.
    fn needed_a_connection(&self) -> bool {
        let is_late = |last: Turn| self.answered.is_none_or(|answered| last.start.duration_since(answered) >= IDLE);
        self.last.is_some_and(is_late)
    }

    /// The interval counts from this moment, unless a later turn was given away.
    fn count_from(&mut self, now: Instant) {
        let given_away = self.last.filter(|last| last.start > now);
        self.last = given_away.or(Some(Turn { start: now, due: now }));
    }

    /// The earliest moment for the next call. That a timer was late is made up for, but no interval is shorter than the agreed
    /// rate has it: three calls would fit where two may be.
    fn next(&self, now: Instant) -> Instant {
        let interval = self.agreed.mul_f64(self.slowness);
        let after_last = self.last.map(|last| (last.due + interval).max(last.start + interval.mul_f64(HEADROOM)));
        [after_last, self.held_until].into_iter().flatten().fold(now, Instant::max)
    }

    fn scale(&mut self, factor: f64) {
        self.slowness = (self.slowness * factor).clamp(1.0, SLOWEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const FOREVER: Duration = Duration::from_secs(1_000_000);

    fn share(calls_per_second: u32, processes: u32) -> Pace {
        let number = |n| NonZeroU32::new(n).expect("not zero");
        Pace::share(number(calls_per_second), number(processes))
    }

    /// Takes turns for as long as `time` lasts; says when each came.
    async fn turns(pace: &Pace, time: Duration) -> Vec<Instant> {
        let end = Instant::now() + time;
        let mut starts = Vec::new();
        while pace.turn(end).await.is_ok() {
            starts.push(Instant::now());
        }
        starts
    }

    /// A pace of one call a second to the millisecond, which is what the timer counts in.
    fn one_a_second() -> Pace {
        share(200, 193)
    }

    /// The time between two turns in a row.
    async fn interval(pace: &Pace) -> Duration {
        let latest = Instant::now() + FOREVER;
        pace.turn(latest).await.expect("a turn");
        let first = Instant::now();
        pace.turn(latest).await.expect("a turn");
        first.elapsed()
    }

    fn most_in_a_second(starts: &[Instant]) -> usize {
        let within = |from: Instant| starts.iter().filter(|&&at| at >= from && at < from + SECOND).count();
        starts.iter().map(|&from| within(from)).max().unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn ten_processes_together_keep_the_rate_and_use_it() {
        for rate in [10, 20, 50, 100, 500] {
            let mut starts = Vec::new();
            let begin = Instant::now();
            for _ in 0..10 {
                // One after the other, as if at once: paused time makes no difference between them.
                let pace = share(rate, 10);
                let own = Instant::now();
                starts.extend(turns(&pace, 20 * SECOND).await.into_iter().map(|at| begin + (at - own)));
            }
            let most = most_in_a_second(&starts);
            let rate = usize::try_from(rate).expect("a small number");
            assert!(most <= rate, "{most} calls in one second, {rate} agreed");
            assert!(starts.len() * 100 >= 20 * rate * 95, "{} calls in 20 s of {rate} a second", starts.len());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_timer_that_is_late_is_made_up_for_as_far_as_the_agreed_rate_lets() {
        let pace = one_a_second();
        let begin = Instant::now();
        let late = |milliseconds| {
            let now = Instant::now();
            pace.state().started(now, now + Duration::from_millis(milliseconds));
        };
        pace.turn(begin).await.expect("at once");
        late(20);
        pace.turn(begin + FOREVER).await.expect("a turn");
        assert_eq!(begin.elapsed(), SECOND, "a little late: as if it had not been");
        late(100);
        pace.turn(begin + FOREVER).await.expect("a turn");
        assert_eq!(begin.elapsed(), SECOND + Duration::from_millis(100 + 965), "too late for that");
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_takes_over_from_another_waits_an_interval() {
        let (ends, takes_over) = (one_a_second(), one_a_second());
        let latest = Instant::now() + FOREVER;
        ends.turn(latest).await.expect("a turn");
        let last_call = Instant::now();
        tokio::time::advance(SECOND / 10).await;
        takes_over.begin();
        takes_over.turn(latest).await.expect("a turn");
        assert!(last_call.elapsed() >= SECOND, "{:?}", last_call.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn from_a_call_that_needs_a_connection_on_the_interval_counts_from_its_answer() {
        let pace = one_a_second();
        let latest = Instant::now() + FOREVER;
        // For each call how long it took, whether it was answered, and how long nothing was called then; and the time from its start
        // to the next one's.
        for (took, is_answered, idle, next_after) in [
            (300, true, 0, 1_300),
            (300, true, 0, 1_000),
            (300, false, 0, 1_000),
            (300, true, 0, 1_300),
            (300, true, 20_000, 20_300),
            (300, true, 0, 1_300),
            (300, true, 19_000, 19_300),
            (300, true, 0, 1_000),
        ] {
            pace.turn(latest).await.expect("a turn");
            let start = Instant::now();
            tokio::time::advance(Duration::from_millis(took)).await;
            pace.ended(is_answered);
            tokio::time::advance(Duration::from_millis(idle)).await;
            let next = pace.state().next(Instant::now());
            assert_eq!(next - start, Duration::from_millis(next_after), "{took} {is_answered} {idle}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn time_without_calls_is_not_saved_up_for_a_burst() {
        let pace = share(10, 1);
        turns(&pace, SECOND).await;
        tokio::time::advance(60 * SECOND).await;
        assert!(most_in_a_second(&turns(&pace, 5 * SECOND).await) <= 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_halves_the_pace_and_answers_bring_it_back() {
        let pace = one_a_second();
        let agreed = interval(&pace).await;
        assert_eq!(agreed, SECOND);
        pace.throttled(None);
        assert_eq!(interval(&pace).await, 2 * agreed);
        for _ in 0..20 {
            pace.throttled(None);
        }
        assert_eq!(interval(&pace).await, 16 * agreed);
        for _ in 0..30 {
            pace.let_through();
        }
        assert_eq!(interval(&pace).await, agreed);
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_holds_every_call_but_not_for_ever() {
        let pace = share(1000, 1);
        let begin = Instant::now();
        pace.throttled(Some(7 * SECOND));
        pace.throttled(Some(2 * SECOND));
        assert_eq!(pace.turn(begin + SECOND).await, Err(7 * SECOND), "no turn in time: said at once");
        assert_eq!(begin.elapsed(), Duration::ZERO);
        pace.turn(begin + FOREVER).await.expect("a turn");
        assert_eq!(begin.elapsed(), 7 * SECOND);

        let begin = Instant::now();
        pace.throttled(Some(FOREVER));
        pace.turn(begin + FOREVER).await.expect("a turn");
        assert_eq!(begin.elapsed(), LONGEST_HOLD);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_comes_too_late_is_not_used_up() {
        let pace = one_a_second();
        let begin = Instant::now();
        pace.turn(begin).await.expect("the first turn is at once");
        let wait = pace.turn(begin).await.expect_err("the second is not");
        for _ in 0..10 {
            assert_eq!(pace.turn(begin).await, Err(wait));
        }
        pace.turn(begin + wait).await.expect("still the second turn");
        assert_eq!((wait, begin.elapsed()), (SECOND, SECOND));
    }
}
