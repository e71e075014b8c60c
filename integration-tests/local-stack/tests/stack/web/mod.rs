//! `h2h web` in a real browser: what those who run it see and press.

mod away;
mod cost;
mod engineer;
mod page;
mod pictures;
