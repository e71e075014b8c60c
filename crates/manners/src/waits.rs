//! The only module that knows the `backoff` crate: it is no longer maintained, and this makes it easy to replace.

use std::time::Duration;

use backoff::backoff::Backoff;
use backoff::{ExponentialBackoff, ExponentialBackoffBuilder};

/// Waits, each twice as long as the one before, with jitter, so that not all come back at once.
#[derive(Debug)]
pub struct Waits(ExponentialBackoff);

impl Waits {
    /// Begins at `first` and grows up to `longest`, each give or take this part of it.
    pub fn new(first: Duration, longest: Duration, jitter: f64) -> Self {
        let mut waits = ExponentialBackoffBuilder::new();
        waits
            .with_initial_interval(first)
            .with_multiplier(2.0)
            .with_randomization_factor(jitter)
            .with_max_interval(longest)
            .with_max_elapsed_time(None);
        Self(waits.build())
    }

    /// The same, and none once so much time has passed since now.
    pub fn ending_after(mut self, time: Duration) -> Self {
        self.0.max_elapsed_time = Some(time);
        self
    }

    /// The next wait; none once they are over.
    pub fn next_wait(&mut self) -> Option<Duration> {
        self.0.next_backoff()
    }

    /// Something went well: the next wait is the first again.
    pub fn restart(&mut self) {
        self.0.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_begin_again() {
        let mut waits = Waits::new(Duration::from_secs(1), Duration::from_secs(5), 0.0);
        let mut next = || waits.next_wait().expect("they do not end").as_secs();
        assert_eq!([next(), next(), next(), next(), next()], [1, 2, 4, 5, 5]);
        waits.restart();
        assert_eq!(waits.next_wait(), Some(Duration::from_secs(1)));
        let mut over = Waits::new(Duration::from_secs(1), Duration::from_secs(5), 0.0).ending_after(Duration::ZERO);
        assert_eq!(over.next_wait(), None);
    }
}
