//! Locks that what all calls share stands under.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A lock that goes on after a panic elsewhere: every change under these locks is whole or not made.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
