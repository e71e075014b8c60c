//! A database of some cores that the calls share, as slow as the real one was (docs/performance.md): what is asked of it at
//! once waits for each other.

use std::{
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

/// The size of the API's database.
#[derive(Clone, Copy, Debug)]
pub struct Database {
    /// The cores that its calls share
    pub cores: NonZeroU32,
    /// How many residents it has beside those that calls made here
    pub residents: u32,
}

/// What a call asks of the database.
#[derive(Clone, Copy)]
pub(super) enum Work {
    NewPerson,
    KnownPerson,
    Read,
    Patch,
    Search,
}

/// Milliseconds of one core by the number of residents; linear between.
const COSTS: [(f64, [f64; 5]); 4] = [
    (0.0, [10.0, 5.0, 3.5, 6.0, 4.0]),
    (10_000.0, [33.0, 11.0, 5.0, 7.0, 31.0]),
    (50_000.0, [95.0, 25.0, 7.0, 8.0, 116.0]),
    (250_000.0, [362.0, 77.0, 26.0, 25.0, 295.0]),
];

impl Work {
    /// How long it takes alone; beyond the largest number of residents as at that.
    fn costs(self, residents: f64) -> Duration {
        let cost = |costs: &[f64; 5]| costs[self as usize];
        let between = COSTS.windows(2).find(|pair| residents <= pair[1].0).map_or(&COSTS[2..], |pair| pair);
        let (from, to) = (&between[0], &between[1]);
        let part = ((residents - from.0) / (to.0 - from.0)).min(1.0);
        Duration::from_secs_f64((cost(&from.1) + (cost(&to.1) - cost(&from.1)) * part) / 1000.0)
    }
}

/// The cores, and the calls that share them: each gets the same part, and one core at most.
pub(super) struct Cores {
    size: Database,
    shared: Mutex<Shared>,
    changed: Notify,
}

struct Shared {
    calls: u32,
    /// How much work each call that is there from the beginning would have had done by `at`.
    done: Duration,
    at: Instant,
}

impl Cores {
    pub(super) fn new(size: Database) -> Self {
        let shared = Shared { calls: 0, done: Duration::ZERO, at: Instant::now() };
        Self { size, shared: Mutex::new(shared), changed: Notify::new() }
    }

    /// Does the work, with this many residents made here.
    pub(super) async fn work(&self, work: Work, residents: usize) {
        let residents = f64::from(self.size.residents) + f64::from(u32::try_from(residents).unwrap_or(u32::MAX));
        let call = Call::begin(self);
        let end = self.now().done + work.costs(residents);
        loop {
            let changed = self.changed.notified();
            let left = {
                let shared = self.now();
                end.saturating_sub(shared.done).div_f64(self.speed(&shared))
            };
            if left.is_zero() {
                break;
            }
            tokio::select! {
                () = sleep(left) => {}
                () = changed => {}
            }
        }
        drop(call);
    }

    /// The part of a core that each call has.
    fn speed(&self, shared: &Shared) -> f64 {
        (f64::from(self.size.cores.get()) / f64::from(shared.calls.max(1))).min(1.0)
    }

    /// What is done by now.
    fn now(&self) -> MutexGuard<'_, Shared> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let done = (now - shared.at).mul_f64(self.speed(&shared));
        (shared.done, shared.at) = (shared.done + done, now);
        shared
    }
}

/// A call that is being worked on: it shares the cores until it is dropped.
struct Call<'a>(&'a Cores);

impl<'a> Call<'a> {
    fn begin(cores: &'a Cores) -> Self {
        cores.now().calls += 1;
        cores.changed.notify_waiters();
        Self(cores)
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.now().calls -= 1;
        self.0.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cores() -> Cores {
        Cores::new(Database { cores: NonZeroU32::MIN.saturating_add(1), residents: 50_000 })
    }

    #[test]
    fn a_call_costs_what_the_table_says_and_linearly_between() {
        for (work, residents, ms) in [
            (Work::NewPerson, 0.0, 10.0),
            (Work::NewPerson, 30_000.0, 64.0),
            (Work::NewPerson, 50_000.0, 95.0),
            (Work::KnownPerson, 5_000.0, 8.0),
            (Work::Read, 10_000.0, 5.0),
            (Work::Patch, 250_000.0, 25.0),
            (Work::Search, 1_000_000.0, 295.0),
        ] {
            let costs = work.costs(residents).as_secs_f64() * 1000.0;
            assert!((costs - ms).abs() < 0.001, "{residents}: {costs} for {ms}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn calls_beyond_the_cores_take_longer_each() {
        for (calls, ms) in [(1, 95), (2, 95), (4, 190), (8, 380)] {
            let (cores, began) = (cores(), Instant::now());
            futures::future::join_all((0..calls).map(|_| cores.work(Work::NewPerson, 0))).await;
            let took = began.elapsed().as_millis();
            assert!((ms..ms + 5).contains(&took), "{calls} calls: {took} ms");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_search_beside_three_posts_takes_twice_as_long() {
        let cores = cores();
        let posts = async {
            loop {
                futures::future::join_all((0..3).map(|_| cores.work(Work::NewPerson, 0))).await;
            }
        };
        let search = async {
            let began = Instant::now();
            cores.work(Work::Search, 0).await;
            began.elapsed()
        };
        let took = tokio::select! { _ = posts => unreachable!(), took = search => took.as_millis() };
        assert!((228..=240).contains(&took), "{took} ms");
    }
}
