//! The check in a real browser, as a data officer has it: the file that web/check/build makes, opened by its path.
//!
//! `web/check/test` builds what these tests need and runs them. Each starts a browser of its own.

mod correcting;
mod large;
mod opened;
mod page;
mod parity;
mod pictures;
mod round;
mod sheets_of;
mod support;
