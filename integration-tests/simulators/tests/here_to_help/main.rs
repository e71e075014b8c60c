//! Each fact of docs/contract/here-to-help-api.md, as a caller sees it.

mod common;
mod control;
mod create;
mod fault_rules;
mod follow_up;
mod matching;
mod notes;
mod patching;
mod races;
mod requests;
mod search;
mod staff;
mod support;
