//! Posters, call handlers and others before one database, in time of their own: no clock, no socket, the same at each run.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroU32;
use std::time::Duration;

use here_to_help::{Limit, MayWait, RowSeen, Seen, Step, Turns, Work};

use super::database::{Database, Job};

/// A call handler searches so often, and a search takes so long alone (docs/performance.md).
const SEARCH_EVERY_MS: f64 = 500.0;
pub(super) const SEARCH_MS: f64 = 17.0;
/// What the ledger takes before a row's first call and after its last, together; SQS and Lambda between two batches.
const LEDGER_MS: f64 = 50.0;
const BETWEEN_BATCHES_MS: f64 = 50.0;
const BATCH: u32 = 10;
/// More than these posters can make.
const AGREED: NonZeroU32 = NonZeroU32::MAX;
const BEGAN_MS: f64 = 1_000_000.0;

/// What is tried.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub(super) posters: u32,
    /// True if as many rows are at the API as there are posters.
    pub(super) is_fixed: bool,
    pub(super) cores: f64,
    pub(super) network_ms: f64,
    /// The part of the rows whose person is known.
    pub(super) known: f64,
    pub(super) seconds: f64,
    /// From when to when others keep the database busy with six calls at once, in seconds.
    pub(super) others: (f64, f64),
    pub(super) seed: u64,
}

#[derive(Default)]
pub(super) struct Result {
    pub(super) rows_a_second: f64,
    searches: Vec<f64>,
    /// What was noted: when, in seconds, and how many rows at once.
    pub(super) limits: Vec<(f64, f64)>,
}

impl Result {
    /// The time that 95 of 100 searches took at most, as a multiple of what one takes alone.
    pub(super) fn search(&mut self) -> f64 {
        self.searches.sort_by(f64::total_cmp);
        self.searches[self.searches.len() * 95 / 100] / SEARCH_MS
    }

    /// The limit at this second.
    pub(super) fn limit_at(&self, second: f64) -> f64 {
        self.limits.iter().rfind(|(at, _)| *at <= second).map_or(1.0, |(_, rows)| *rows)
    }
}

#[derive(Clone, Copy)]
enum Whose {
    Poster(usize),
    Staff,
    Others,
}

#[derive(Clone, Copy)]
enum Event {
    Search,
    Others,
    Arrives(usize, usize),
    Answered(usize),
    Next(usize),
}

struct Poster {
    turns: Turns,
    left_of_batch: u32,
    began: f64,
    is_known: bool,
    call: usize,
    sent: f64,
    calls: Vec<Seen>,
}

pub(super) struct World {
    setting: Setting,
    now: f64,
    random: u64,
    events: BinaryHeap<Reverse<(u64, usize)>>,
    happens: Vec<Event>,
    database: Database<Whose>,
    limit: Limit,
    posters: Vec<Poster>,
    rows: u32,
    result: Result,
}

impl World {
    pub(super) fn run(setting: Setting) -> Result {
        let number = NonZeroU32::new(setting.posters).expect("a poster");
        let poster = |name| Poster {
            turns: Turns::new(format!("{name}"), number, AGREED, MayWait::default()),
            left_of_batch: BATCH,
            began: 0.0,
            is_known: false,
            call: 0,
            sent: 0.0,
            calls: Vec::new(),
        };
        let mut world = Self {
            setting,
            now: BEGAN_MS,
            random: setting.seed * 7919 + 1,
            events: BinaryHeap::new(),
            happens: Vec::new(),
            database: Database::of_cores(setting.cores),
            limit: Limit::default(),
            posters: (0..setting.posters).map(poster).collect(),
            rows: 0,
            result: Result::default(),
        };
        world.after(0.0, Event::Search);
        for poster in 0..world.posters.len() {
            let cold_start = 200.0 * world.chance();
            world.after(cold_start, Event::Next(poster));
        }
        if setting.others.1 > 0.0 {
            world.after(setting.others.0 * 1000.0, Event::Others);
        }
        while world.now < BEGAN_MS + setting.seconds * 1000.0 {
            world.step();
        }
        world.result.rows_a_second = f64::from(world.rows) / setting.seconds;
        world.result
    }

    fn step(&mut self) {
        let event = self.events.peek().map_or(f64::MAX, |Reverse((at, _))| *at as f64 / 1000.0);
        let ends = self.database.next(self.now).filter(|(at, _)| *at <= event);
        let at = ends.map_or(event, |(at, _)| at);
        self.database.pass(at - self.now);
        self.now = at;
        match ends {
            Some((_, place)) => {
                let job = self.database.end(place);
                self.ended(job);
            }
            None => {
                if let Some(Reverse((_, place))) = self.events.pop() {
                    self.happened(self.happens[place]);
                }
            }
        }
    }

    fn ended(&mut self, job: Job<Whose>) {
        match job.of {
            Whose::Staff => self.result.searches.push(self.now - job.sent),
            Whose::Others if self.now < BEGAN_MS + self.setting.others.1 * 1000.0 => self.begin(Whose::Others, 95.0),
            Whose::Others => {}
            Whose::Poster(poster) => {
                let back = self.one_way();
                self.after(back, Event::Answered(poster));
            }
        }
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Search => {
                self.database.begin(Job { of: Whose::Staff, sent: self.now, left: SEARCH_MS });
                let wait = -SEARCH_EVERY_MS * (1.0 - self.chance()).ln();
                self.after(wait, Event::Search);
            }
            Event::Others => (0..6).for_each(|_| self.begin(Whose::Others, 95.0)),
            Event::Arrives(poster, call) => {
                let (_, ms) = self.call(poster, call);
                self.begin(Whose::Poster(poster), ms);
            }
            Event::Answered(poster) => self.answered(poster),
            Event::Next(poster) => self.next(poster),
        }
    }

    /// POST, GET and PATCH of somebody new; the GET of somebody known, whose row is unchanged.
    fn call(&self, poster: usize, call: usize) -> (Work, f64) {
        match (self.posters[poster].is_known, call) {
            (false, 0) => (Work::Post, 95.0),
            (false, 2) => (Work::Patch, 8.0),
            _ => (Work::Read, 7.0),
        }
    }

    fn next(&mut self, poster: usize) {
        if !self.setting.is_fixed {
            match self.posters[poster].turns.step(&self.limit, self.now as u64) {
                Step::Wait(wait) => {
                    let wait = wait.as_secs_f64() * 1000.0 * (0.5 + self.chance());
                    return self.after(wait, Event::Next(poster));
                }
                Step::Note(limit) => {
                    self.result.limits.push(((self.now - BEGAN_MS) / 1000.0, limit.rows));
                    self.limit = limit;
                    return self.after(5.0, Event::Next(poster));
                }
                Step::Go { .. } => {}
            }
        }
        let is_known = self.chance() < self.setting.known;
        let one = &mut self.posters[poster];
        (one.began, one.is_known, one.call) = (self.now, is_known, 0);
        let wait = LEDGER_MS / 2.0 * (0.7 + 0.6 * self.chance());
        self.send(poster, wait);
    }

    fn send(&mut self, poster: usize, wait: f64) {
        self.posters[poster].sent = self.now + wait;
        let there = wait + self.one_way();
        self.after(there, Event::Arrives(poster, self.posters[poster].call));
    }

    fn answered(&mut self, poster: usize) {
        let (work, _) = self.call(poster, self.posters[poster].call);
        let one = &mut self.posters[poster];
        one.calls.push(Seen { work, ms: self.now - one.sent, is_answer: true });
        one.call += 1;
        if one.call < if one.is_known { 1 } else { 3 } {
            return self.send(poster, 0.0);
        }
        self.rows += 1;
        let ledger = LEDGER_MS / 2.0 * (0.7 + 0.6 * self.chance());
        let one = &mut self.posters[poster];
        let took = Duration::from_secs_f64((self.now + ledger - one.began) / 1000.0);
        one.turns.row_ended(
            &self.limit,
            took,
            RowSeen { calls: std::mem::take(&mut one.calls), paced: Duration::ZERO },
            self.now as u64,
        );
        one.left_of_batch -= 1;
        let mut wait = ledger;
        if one.left_of_batch == 0 {
            one.left_of_batch = BATCH;
            wait += BETWEEN_BATCHES_MS;
        }
        self.after(wait, Event::Next(poster));
    }

    fn begin(&mut self, of: Whose, ms: f64) {
        let left = ms * (0.85 + 0.3 * self.chance());
        self.database.begin(Job { of, sent: self.now, left });
    }

    /// Half of what the network takes, and a little more at times.
    fn one_way(&mut self) -> f64 {
        self.setting.network_ms / 2.0 - (0.5 + self.setting.network_ms * 0.015) * (1.0 - self.chance()).ln()
    }

    fn after(&mut self, wait: f64, event: Event) {
        self.events.push(Reverse((((self.now + wait) * 1000.0) as u64 + 1, self.happens.len())));
        self.happens.push(event);
    }

    /// From 0 to 1: a xorshift, which is the same at each run.
    fn chance(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }
}
