//! The command of the people who run Here to Help ingestion, and of those who fill its sheets.
//!
//! Each module of [`commands`] is a command of that name: its words, what it collects or does, and a `render::Report` of it:
//! what `--json` prints, what the terminal shows, and what shows it elsewhere one day. Only `Confirm` asks at a terminal. What
//! stops a command altogether is an error, and [`exit`] says how each one ends.

mod args;
mod cloudwatch;
mod command_prelude;
pub mod commands;
mod confirm;
mod environment;
pub mod exit;
mod functions;
mod google;
mod hash_key;
mod limit;
mod posting;
mod probe;
mod render;
mod schedules;
mod speed;
mod views;
