//! Sheets in, decisions out: docs/contract/feeds.md, part 1, sentence by sentence.

#[path = "../common/mod.rs"]
mod common;
mod fixtures;
mod left_behind;
mod month_first;
mod properties;
mod rows;
mod sheet;
