//! A panic is a bug, and its message may quote a resident's data: only the place is ever logged.

use std::cell::RefCell;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;

/// A library that panics where the disk is full: `sheets::Workbook` catches that, and its error says what to do.
const CAUGHT: &str = "rust_xlsxwriter";

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Replaces the standard hook, which prints the message, by one that logs the place alone.
pub(crate) fn say_only_where() {
    std::panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map_or_else(|| "unknown place".to_owned(), |at| format!("{}:{}", at.file(), at.line()));
        if !place.contains(CAUGHT) {
            tracing::error!(place, "panicked: this is a bug, report it with this line");
        }
        LAST.with_borrow_mut(|last| *last = Some(place));
    }));
}

/// A panic, caught. Holds the place (`file:line`), not the words.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("panicked at {0}: this is a bug")]
pub(crate) struct Panicked(String);

/// Runs a piece of work whose panic must not take the rest with it.
pub(crate) async fn contained<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let place = || LAST.with_borrow_mut(Option::take).unwrap_or_else(|| "unknown place".to_owned());
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_words| Panicked(place()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_contained_and_says_the_place_alone() {
        say_only_where();
        let caught = contained(async { panic!("Marguerite Canary 943 476 5919") }).await.expect_err("it panics");
        assert!(caught.0.contains("panics.rs"), "{caught}");
        assert!(!format!("{caught} {caught:?}").contains("Canary"));
        assert_eq!(contained(async { 7 }).await, Ok(7));
    }
}
