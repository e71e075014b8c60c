//! What people started and goes on by itself: a redrive, a discard, a cancellation. It goes on while no page is open; with the server
//! it ends, and as from the command line it may be started again then.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::command_prelude::*;
use crate::render::Report;

/// The jobs since the server was started, by number.
#[derive(Default)]
pub(super) struct Jobs(Mutex<BTreeMap<usize, Arc<Job>>>);

/// One of them.
pub(super) struct Job {
    /// The work, such as `200 rows: to be sent again`.
    pub(super) title: String,
    state: Mutex<State>,
}

/// How far it has come.
#[derive(Clone)]
pub(super) struct State {
    /// Of how many rows it has done how many.
    pub(super) done: u64,
    pub(super) rows: u64,
    pub(super) end: Option<End>,
}

/// How it ended, in the words of the command line.
#[derive(Clone)]
pub(super) enum End {
    Done(String),
    Failed(String),
}

impl Jobs {
    /// A new job over so many rows, and its number.
    pub(super) fn add(&self, title: String, rows: u64) -> (usize, Arc<Job>) {
        let job = Arc::new(Job { title, state: Mutex::new(State { done: 0, rows, end: None }) });
        let mut jobs = held(&self.0);
        let number = jobs.len() + 1;
        jobs.insert(number, job.clone());
        (number, job)
    }

    pub(super) fn get(&self, number: usize) -> Option<Arc<Job>> {
        held(&self.0).get(&number).cloned()
    }
}

impl Job {
    pub(super) fn state(&self) -> State {
        held(&self.state).clone()
    }

    /// So many more rows are done.
    pub(super) fn did(&self, rows: u64) {
        held(&self.state).done += rows;
    }

    /// It ended so.
    pub(super) fn end(&self, ended: anyhow::Result<impl Report>) {
        let words = |report: &dyn Fn(&mut Vec<u8>) -> io::Result<()>| {
            let mut words = Vec::new();
            report(&mut words).map(|()| String::from_utf8_lossy(&words).into_owned())
        };
        let end = match ended {
            Ok(report) => words(&|out| report.render(out)).map_or_else(|_| End::Done("Done.".to_owned()), End::Done),
            Err(error) => End::Failed(format!("{error:#}")),
        };
        held(&self.state).end = Some(end);
    }
}

/// What is shared, also after somebody who held it panicked.
pub(super) fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
