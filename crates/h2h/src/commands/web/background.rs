//! What takes longer to read than a page may take to come, read beside the pages: who looks gets what was read last, and it is
//! read anew.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::jobs::held;
use crate::command_prelude::*;

/// What is younger than this is not read again, where it is not said otherwise; nor what was read a short while ago for as long as that took: reading takes no
/// more than a tenth of the time.
const FRESH: Duration = Duration::from_secs(3);
const REST: u32 = 9;
/// How long a page waits for the first reading, and how often it looks whether it is there.
const PATIENCE: Duration = Duration::from_millis(600);
const GLANCE: Duration = Duration::from_millis(30);

/// Something that is read so: what was read last, and whether it is being read again.
pub(super) struct Background<T> {
    reading: Arc<Mutex<Reading<T>>>,
    fresh: Duration,
}

struct Reading<T> {
    is_under_way: bool,
    /// When it is read again at the earliest, and what was read.
    last: Option<(Instant, Read<T>)>,
}

/// Something as it was at some instant.
pub(super) struct Read<T> {
    pub(super) value: Arc<T>,
    pub(super) at: DateTime<Utc>,
}

impl<T: Send + Sync + 'static> Background<T> {
    /// Something that is read at most once in this time.
    pub(super) fn at_most_every(fresh: Duration) -> Self {
        Self { reading: Arc::new(Mutex::new(Reading { is_under_way: false, last: None })), fresh }
    }

    /// What was read last; none where it is being read for the first time and that takes longer than a moment. A reading that
    /// fails leaves what was read before it.
    pub(super) async fn get<F>(&self, read: impl Fn() -> F) -> Option<Read<T>>
    where
        F: Future<Output = anyhow::Result<T>> + Send + 'static,
    {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(last) = self.last(&read) {
                return Some(last);
            }
            if Instant::now() > end {
                return None;
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    fn last<F>(&self, read: impl Fn() -> F) -> Option<Read<T>>
    where
        F: Future<Output = anyhow::Result<T>> + Send + 'static,
    {
        let mut held = held(&self.reading);
        let is_fresh = held.last.as_ref().is_some_and(|(until, _)| Instant::now() < *until);
        if !is_fresh && !held.is_under_way {
            held.is_under_way = true;
            let (shared, reading, fresh) = (self.reading.clone(), read(), self.fresh);
            tokio::spawn(async move {
                let (began, at) = (Instant::now(), Utc::now());
                let value = reading.await;
                let mut held = self::held(&shared);
                held.is_under_way = false;
                if let Ok(value) = value {
                    let until = Instant::now() + fresh.max(began.elapsed() * REST);
                    held.last = Some((until, Read { value: Arc::new(value), at }));
                }
            });
        }
        held.last.as_ref().map(|(_, last)| last.clone())
    }

    /// Forgets what was read: of a pipeline that is another one now.
    pub(super) fn forget(&self) {
        held(&self.reading).last = None;
    }

    /// Has it read anew for whoever looks next: something was done to it.
    pub(super) fn expire(&self) {
        if let Some((until, _)) = &mut held(&self.reading).last {
            *until = Instant::now();
        }
    }
}

impl<T: Send + Sync + 'static> Default for Background<T> {
    fn default() -> Self {
        Self::at_most_every(FRESH)
    }
}

impl<T> Clone for Read<T> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), at: self.at }
    }
}
