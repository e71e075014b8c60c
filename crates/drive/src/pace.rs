//! Not too many reads of the Sheets API a minute: its quota is 60 a minute and user.

use std::{num::NonZeroU32, time::Duration};

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

const MINUTE: Duration = Duration::from_secs(60);

/// Lets so many reads through in any minute: a few at once, so that a small sheet waits for nothing, the others
/// evenly, so that none of them waits long.
pub(crate) struct Pace {
    /// Between two reads once the few are used up.
    interval: Duration,
    /// How far reads may run ahead of even spacing.
    ahead: Duration,
    /// When the next read is due at even spacing.
    due: Mutex<Instant>,
}

impl Pace {
    /// At most `reads` in any minute.
    pub(crate) fn of(reads: NonZeroU32) -> Self {
        let at_once = reads.get() / 9;
        let interval = MINUTE / (reads.get() - at_once);
        Self { interval, ahead: interval * at_once.saturating_sub(1), due: Mutex::new(Instant::now()) }
    }

    /// Waits until the next read may be made.
    pub(crate) async fn turn(&self) {
        let now = Instant::now();
        let turn = {
            let mut due = self.due.lock().await;
            let turn = (*due).max(now);
            *due = turn + self.interval;
            turn
        };
        sleep_until(turn.checked_sub(self.ahead).unwrap_or(now)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn turns(reads: u32, count: usize) -> Vec<Duration> {
        let pace = Pace::of(NonZeroU32::new(reads).expect("not zero"));
        let start = Instant::now();
        let mut turns = Vec::new();
        for _ in 0..count {
            pace.turn().await;
            turns.push(start.elapsed());
        }
        turns
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_sees_more_reads_than_allowed() {
        for reads in [1, 2, 8, 9, 45, 1000] {
            let turns = turns(reads, 3 * reads as usize + 10).await;
            let most = turns
                .iter()
                .map(|from| turns.iter().filter(|turn| *turn >= from && **turn < *from + MINUTE).count())
                .max();
            assert!(most <= Some(reads as usize), "{most:?} of {reads}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_sheet_waits_for_nothing_and_no_read_waits_long() {
        let turns = turns(45, 100).await;
        assert_eq!(turns[4], Duration::ZERO);
        let longest = turns.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(longest <= Some(Duration::from_millis(1502)), "{longest:?}");
    }
}
