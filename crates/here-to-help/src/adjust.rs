//! How the limit follows what the API's answers say.
//!
//! What counts is how many of our calls wait at Here to Help for others (Little's law: the time that calls waited, by the time
//! in which they did), as in TCP Vegas: a network takes its time whether or not anybody waits. How long a call takes without
//! waiting is seen while one row is there alone (as BBR looks), for each kind of call. Why so: docs/decisions/0065.

use std::collections::BTreeMap;

use crate::{Limit, Seen, Work};

/// The least part of its time in which one poster is at work.
const LEAST: f64 = 1.0 / 16.0;
/// After so long one row is let alone again, to see how long calls take then.
const ALONE_EVERY_MS: u64 = 120_000;
/// While there is room for more there is less to be learnt: calls take about what they usually take, if that is right. So not
/// before it was looked for twice.
const ALONE_EVERY_IDLE_MS: u64 = 600_000;
/// The longest time for which the limit is not raised after it was too much.
const LONGEST_PATIENCE_MS: u64 = 90_000;
/// A call counts for no longer than so many times what it usually takes: one is not to decide alone.
const MOST_OF_A_CALL: f64 = 4.0;
/// So many rows grow at once while nobody waits, until it was too much for the first time; later by this part of them.
const GROWS: f64 = 3.0;
const GROWS_LATER: f64 = 0.25;
/// Of so few rows all calls may meet at any time; of many, by chance, more do than their mean says, and so fewer may wait on
/// average: down to this part.
const FEW: f64 = 3.0;
const OF_MANY: f64 = 0.1;
/// Less than this part of the time of calls, more or less, cannot be told from chance.
const SEEN: f64 = 0.03;
/// What is this many times too much is no chance.
const CLEARLY: f64 = 1.5;
/// From this part of the time on the agreed pace holds the posters up, and more of them would not be quicker.
const HELD_UP: f64 = 0.25;
/// From so many calls on, the slowest does not count: it may have started a function of the API.
const MANY: usize = 8;
/// The part by which the usual time follows what is seen alone, and what is seen quicker among others.
const LEARNS: f64 = 0.5;
const LEARNS_QUICKER: f64 = 0.25;

/// What one poster saw since the limit was looked at last.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Readings {
    pub(crate) calls: Vec<Seen>,
    /// How long it was at work on rows, in milliseconds.
    pub(crate) worked_ms: f64,
    /// How long of it calls waited for the agreed pace.
    pub(crate) paced_ms: f64,
}

/// The bounds of the limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// As many posters run at once.
    pub(crate) most: f64,
    /// How many of our calls may wait at Here to Help, on average.
    pub(crate) may_wait: f64,
}

impl Bounds {
    /// How many calls may wait where so many rows are at once.
    fn may_wait_of(self, rows: f64) -> f64 {
        let part = (OF_MANY + (1.0 - OF_MANY) * FEW / rows.max(FEW)).min(1.0);
        (self.may_wait * part).max(rows * SEEN)
    }

    /// True if so many that wait, where so many rows are at once, are next to none, or of many no more than chance.
    fn hardly_any(self, waiting: f64, rows: f64) -> bool {
        waiting < (self.may_wait_of(rows) / 4.0).max(rows * SEEN / 2.0)
    }
}

impl Limit {
    /// The limit after these readings.
    pub(crate) fn after(&self, readings: &Readings, bounds: Bounds, now: u64) -> Self {
        let (waiting, may_wait) = (self.waiting_by(readings), bounds.may_wait_of(self.rows));
        let mut next = Self { waiting, found_at: now, lately: means(&readings.calls), ..self.clone() };
        next.learn();
        if self.is_alone() {
            next.alone_at = now;
            next.times_alone += u32::from(self.back_to.is_some() || self.times_alone == 0);
        }
        let has_room = waiting < may_wait / 2.0;
        let is_sure = has_room && self.times_alone > 1;
        let alone_every = if is_sure { ALONE_EVERY_IDLE_MS } else { ALONE_EVERY_MS };
        let went_back = next.back_to.take().filter(|_| waiting <= may_wait);
        if let Some(rows) = went_back {
            next.rows = rows.min(bounds.most);
        } else if waiting > may_wait && self.is_no_chance(waiting, may_wait) {
            next.lower(may_wait, now);
        } else if !self.is_alone() && now > self.alone_at + alone_every {
            (next.back_to, next.rows) = (Some(self.rows), 1.0);
        } else if has_room && readings.paced_ms < readings.worked_ms * HELD_UP {
            next.raise(bounds, now);
        }
        next
    }

    /// True if calls wait clearly, or for the second time in a row: a few calls that met by chance are no queue.
    fn is_no_chance(&self, waiting: f64, may_wait: f64) -> bool {
        self.waiting > may_wait || waiting > CLEARLY * may_wait
    }

    fn is_alone(&self) -> bool {
        self.rows <= 1.0
    }

    /// How many of our calls waited, on average: those of each poster, times the posters. Of one that rests, as if it did not.
    fn waiting_by(&self, readings: &Readings) -> f64 {
        let usual = |seen: &Seen| self.usual.get(&seen.work).copied().unwrap_or(seen.ms);
        let counted = |seen: &Seen| seen.ms.min(MOST_OF_A_CALL * usual(seen));
        let mut calls: Vec<&Seen> = readings.calls.iter().collect();
        calls.sort_by(|one, other| (one.ms - usual(one)).total_cmp(&(other.ms - usual(other))));
        let slowest = if calls.len() >= MANY { calls.pop() } else { None };
        let waited: f64 = calls.iter().map(|seen| counted(seen) - usual(seen)).sum();
        let under_way: f64 = calls.iter().map(|seen| counted(seen)).sum();
        let not_counted: f64 = calls.iter().map(|seen| seen.ms - counted(seen)).sum();
        let not_counted = not_counted + slowest.map_or(0.0, |seen| seen.ms);
        let time = if self.rows < 1.0 { under_way } else { (readings.worked_ms - not_counted).max(under_way) };
        if time > 0.0 { (self.rows.max(1.0) * waited / time).max(0.0) } else { 0.0 }
    }

    /// The usual times are those that are seen alone; among others, a quicker one is nearer to it than what was believed.
    fn learn(&mut self) {
        let is_alone = self.is_alone();
        for (work, mean) in &self.lately {
            let usual = self.usual.entry(*work).or_insert(*mean);
            let part = if is_alone { LEARNS } else { LEARNS_QUICKER };
            if is_alone || mean < usual {
                *usual += (mean - *usual) * part;
            }
        }
    }

    fn lower(&mut self, may_wait: f64, now: u64) {
        let rows = self.rows;
        let is_far_too_much = self.waiting > 4.0 * may_wait;
        self.rows = if rows <= 1.0 {
            (rows / 2.0).max(LEAST)
        } else if is_far_too_much {
            (rows / 2.0).floor().max(1.0)
        } else {
            rows - 1.0
        };
        self.is_growing = false;
        self.raise_at = now + self.patience_ms;
        if rows > 1.0 {
            self.patience_ms = (2 * self.patience_ms).min(LONGEST_PATIENCE_MS);
        }
    }

    fn raise(&mut self, bounds: Bounds, now: u64) {
        if self.rows < 1.0 {
            self.rows *= 2.0;
        } else if now >= self.raise_at {
            let is_far_below = self.is_growing && bounds.hardly_any(self.waiting, self.rows);
            let later = self.rows + (self.rows * GROWS_LATER).floor().max(1.0);
            self.rows = if is_far_below { self.rows * GROWS } else { later }.min(bounds.most);
        }
    }
}

/// The mean time of each kind of call that was answered; from three on without the slowest.
fn means(calls: &[Seen]) -> BTreeMap<Work, f64> {
    let mut by_work: BTreeMap<Work, Vec<f64>> = BTreeMap::new();
    for seen in calls.iter().filter(|seen| seen.is_answer) {
        by_work.entry(seen.work).or_default().push(seen.ms);
    }
    let mean = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        let counted = if times.len() > 2 { &times[..times.len() - 1] } else { &times[..1] };
        counted.iter().sum::<f64>() / counted.len() as f64
    };
    by_work.into_iter().map(|(work, times)| (work, mean(times))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { most: 10.0, may_wait: 0.4 };

    fn readings(posts: &[f64]) -> Readings {
        let seen = |ms: &f64| Seen { work: Work::Post, ms: *ms, is_answer: true };
        Readings { calls: posts.iter().map(seen).collect(), worked_ms: posts.iter().sum(), paced_ms: 0.0 }
    }

    fn at(rows: f64) -> Limit {
        let usual = [(Work::Post, 100.0)].into();
        Limit { rows, usual, is_growing: false, alone_at: 1_000, found_at: 1_000, ..Limit::default() }
    }

    #[test]
    fn more_rows_while_nobody_waits_and_fewer_where_calls_wait() {
        for (rows, post_ms, expected) in [
            (2.0, 100.0, 3.0),
            // A quarter of the time of three is waited: 0.75 calls.
            (3.0, 133.0, 2.0),
            // Half a call, for the first time.
            (3.0, 120.0, 3.0),
            (3.0, 110.0, 3.0),
            (8.0, 200.0, 4.0),
            (1.0, 100.0, 2.0),
            (1.0, 300.0, 0.5),
            (0.5, 300.0, 0.25),
            (0.25, 100.0, 0.5),
            (LEAST, 400.0, LEAST),
            (10.0, 100.0, 10.0),
        ] {
            let next = at(rows).after(&readings(&[post_ms; 20]), BOUNDS, 5_000);
            assert!((next.rows - expected).abs() < 1e-9, "{rows} rows, {post_ms} ms: {} rows", next.rows);
        }
    }

    #[test]
    fn where_the_pace_holds_posters_up_no_more_are_let_in() {
        let idle = readings(&[100.0; 20]);
        let paced = Readings { worked_ms: idle.worked_ms * 2.0, paced_ms: idle.worked_ms, ..idle };
        assert!((at(2.0).after(&paced, BOUNDS, 5_000).rows - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_first_call_after_a_cold_start_does_not_fool_it() {
        let mut posts = vec![100.0; 9];
        posts.push(3_000.0);
        assert!((at(2.0).after(&readings(&posts), BOUNDS, 5_000).rows - 3.0).abs() < 1e-9);
        let first = Limit::default().after(&readings(&posts), BOUNDS, 5_000);
        assert!((first.usual[&Work::Post] - 100.0).abs() < 1e-9, "{:?}", first.usual);
    }

    #[test]
    fn calls_that_hang_and_fail_lower_it_and_teach_nothing() {
        let hung = Readings {
            calls: vec![Seen { work: Work::Post, ms: 6_000.0, is_answer: false }; 3],
            worked_ms: 18_100.0,
            paced_ms: 0.0,
        };
        let next = at(8.0).after(&hung, BOUNDS, 20_000);
        assert_eq!((next.rows, next.usual), (4.0, at(8.0).usual));
    }

    #[test]
    fn an_api_that_stays_slow_becomes_the_usual_one_and_is_used_again() {
        let mut limit = at(3.0);
        let mut lowest = limit.rows;
        for round in 1..60 {
            limit = limit.after(&readings(&[300.0; 10]), BOUNDS, 1_000 + round * 4_000);
            lowest = lowest.min(limit.rows);
        }
        assert!(lowest < 1.0, "{lowest}");
        assert!(limit.rows >= 2.0 && (limit.usual[&Work::Post] - 300.0).abs() < 1.0, "{limit:?}");
    }

    #[test]
    fn from_time_to_time_one_row_is_alone_for_a_moment() {
        let limit = at(3.0);
        let alone = limit.after(&readings(&[110.0; 10]), BOUNDS, 121_001);
        assert_eq!((alone.rows, alone.back_to), (1.0, Some(3.0)));
        let back = alone.after(&readings(&[104.0; 10]), BOUNDS, 125_000);
        assert_eq!((back.rows, back.back_to, back.alone_at), (3.0, None, 125_000));
        assert!((back.usual[&Work::Post] - 102.0).abs() < 1e-9);
    }

    #[test]
    fn while_there_is_room_for_more_one_row_is_alone_less_often() {
        let rows =
            |times_alone, now| Limit { times_alone, ..at(10.0) }.after(&readings(&[100.0; 10]), BOUNDS, now).rows;
        assert_eq!([121_000, 121_001].map(|now| rows(1, now)), [10.0, 1.0], "not before it was looked for twice");
        assert_eq!([121_001, 601_000, 601_001].map(|now| rows(2, now)), [10.0, 10.0, 1.0]);
    }

    #[test]
    fn after_it_was_too_much_it_is_tried_again_later_and_later() {
        let mut limit = at(2.0);
        let mut now = 1_000;
        let mut raised = Vec::new();
        while now < 110_000 {
            now += 4_000;
            let ms = if limit.rows > 2.0 { 150.0 } else { 100.0 };
            let next = limit.after(&readings(&[ms; 20]), BOUNDS, now);
            if next.rows > limit.rows {
                raised.push(now / 1_000);
            }
            limit = next;
        }
        assert_eq!(raised, [5, 25, 61]);
    }
}
