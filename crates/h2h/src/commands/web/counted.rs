//! The dead rows as the index lists them, read beside the pages: with ten thousand of them that takes longer than a page may. Who
//! looks gets what was read last, and it is read anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use operations::dead::{DeadList, Selection};

use crate::command_prelude::*;

/// A list younger than this is not read again; nor one that was read a short while ago for as long as that took: reading takes no
/// more than a tenth of the time.
const FRESH: Duration = Duration::from_secs(3);
const REST: u32 = 9;
/// How long a page waits for the first list, and how often it looks whether it is there.
const PATIENCE: Duration = Duration::from_millis(600);
const GLANCE: Duration = Duration::from_millis(30);

/// The list that was read last, and whether another one is being read.
#[derive(Clone, Default)]
pub(super) struct Counted(Arc<Mutex<Reading>>);

#[derive(Default)]
struct Reading {
    is_under_way: bool,
    /// When it is read again at the earliest, and what was read.
    last: Option<(Instant, Listed)>,
}

/// The dead rows at some instant.
#[derive(Clone)]
pub(super) struct Listed {
    pub(super) list: Arc<DeadList>,
    pub(super) at: DateTime<Utc>,
}

impl Counted {
    /// The list as it was read last; none where it is being read for the first time and that takes longer than a moment.
    pub(super) async fn get(&self, environment: &Arc<Environment>) -> Option<Listed> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(listed) = self.last(environment) {
                return Some(listed);
            }
            if Instant::now() > end {
                return None;
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// The list that was read last. Where that is not fresh, it is read anew meanwhile.
    fn last(&self, environment: &Arc<Environment>) -> Option<Listed> {
        let mut held = self.held();
        let is_fresh = held.last.as_ref().is_some_and(|(until, _)| Instant::now() < *until);
        if !is_fresh && !held.is_under_way {
            held.is_under_way = true;
            let (counted, environment) = (self.clone(), environment.clone());
            tokio::spawn(async move {
                let (began, at) = (Instant::now(), Utc::now());
                let list = DeadList::of_index(&environment.ledger, &Selection::default()).await;
                let mut held = counted.held();
                held.is_under_way = false;
                // What cannot be read is told by the look at everything else.
                if let Ok(list) = list {
                    held.last =
                        Some((Instant::now() + FRESH.max(began.elapsed() * REST), Listed { list: Arc::new(list), at }));
                }
            });
        }
        held.last.as_ref().map(|(_, listed)| listed.clone())
    }

    /// Forgets what was read: of a pipeline that is another one now.
    pub(super) fn forget(&self) {
        self.held().last = None;
    }

    /// Has it read anew for whoever looks next: something was done to these rows.
    pub(super) fn expire(&self) {
        if let Some((until, _)) = &mut self.held().last {
            *until = Instant::now();
        }
    }

    fn held(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listed {
    /// Those of a selection.
    pub(super) fn of(&self, selection: &Selection) -> DeadList {
        let rows = self.list.rows.iter().filter(|row| selection.takes(row)).cloned().collect();
        DeadList { rows, unreadable: self.list.unreadable.clone(), ..DeadList::default() }
    }
}
