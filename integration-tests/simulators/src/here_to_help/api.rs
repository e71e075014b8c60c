//! All that one simulator shares between its connections. Each lock is held for one step only.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use testkit::connection::Handle;

use super::{
    database::{Cores, Work},
    dice::Dice,
    doubles::Doubles,
    faults::Faults,
    log::Log,
    options::Options,
    rows::{CaseNote, HelpRequest, Resident},
    state::{FaultState, State},
    store::Store,
    ways::Ways,
};

/// The API behind its gateway.
pub(super) struct Api {
    pub(super) key: String,
    pub(super) race_window: Duration,
    pub(super) latency: Duration,
    database: Option<Cores>,
    ways: Ways,
    door: Handle,
    pub(super) in_flight: AtomicU64,
    store: Mutex<Store>,
    dice: Mutex<Dice>,
    log: Mutex<Log>,
}

impl Api {
    pub(super) fn new(options: Options, door: Handle) -> Self {
        Self {
            key: options.api_key,
            race_window: options.race_window,
            latency: options.latency,
            database: options.database.map(Cores::new),
            ways: options.ways,
            door,
            in_flight: AtomicU64::new(0),
            store: Mutex::new(Store::new(options.ways)),
            dice: Mutex::default(),
            log: Mutex::default(),
        }
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        locked(&self.store)
    }

    /// Takes the time that the database takes for it.
    pub(super) async fn work(&self, work: Work) {
        if let Some(database) = &self.database {
            let residents = self.store().residents().len();
            database.work(work, residents).await;
        }
    }

    pub(super) fn dice(&self) -> MutexGuard<'_, Dice> {
        locked(&self.dice)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        locked(&self.log)
    }

    pub(super) fn set_faults(&self, faults: Faults) {
        *self.dice() = Dice::new(faults);
    }

    /// Empties the tables, the counts and the faults.
    pub(super) fn reset(&self) {
        *self.store() = Store::new(self.ways);
        *self.log() = Log::default();
        self.door.count_anew();
        self.set_faults(Faults::default());
    }

    pub(super) fn state(&self) -> State {
        let store = self.store();
        let residents: Vec<Resident> = store.residents().cloned().collect();
        let help_requests: Vec<HelpRequest> = store.requests().cloned().collect();
        let case_notes: Vec<CaseNote> = store.notes().cloned().collect();
        drop(store);
        let faults = {
            let dice = self.dice();
            FaultState { set: dice.faults().clone(), struck: dice.struck().to_vec() }
        };
        let calls = self.log().calls(self.door.connections() as u64);
        let doubles = Doubles::among(&residents, &help_requests, &case_notes);
        State { residents, help_requests, case_notes, calls, faults, doubles }
    }

    pub(super) fn arrived(&self) {
        let in_flight = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.log().arrived(in_flight);
    }

    pub(super) fn left(&self) {
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A step that panicked has left its table as it was before or after: there is nothing to repair.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
