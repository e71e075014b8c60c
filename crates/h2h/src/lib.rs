//! The command of the people who run Here to Help ingestion, and of those who fill its sheets.
//!
//! Each module of [`commands`] collects what is asked for, or does it, and hands a [`render::Report`] back: what `--json`
//! prints, what the terminal shows, and what shows it elsewhere one day. Only [`confirm`] asks at a terminal. What stops a
//! command altogether is an error, and [`exit`] says how each one ends.

pub mod args;
mod audit;
mod bar;
pub mod commands;
pub mod confirm;
pub mod environment;
pub mod exit;
mod functions;
mod google;
mod hash_key;
mod posting;
mod probe;
pub mod render;
mod row_view;
pub mod run_view;
mod schedules;
mod speed;
