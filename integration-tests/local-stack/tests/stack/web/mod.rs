//! `h2h web` in a real browser: what those who run it see and press.

mod away;
mod cost;
mod deeds;
mod engineer;
mod keyboard;
mod page;
mod pictures;
