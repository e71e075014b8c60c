//! The system on a local AWS: the real binaries, Google and Here to Help simulated. One executable for all, or each test file would
//! link the AWS SDKs once more; each test has a stack of its own.

mod accents;
mod again;
mod bad_input;
mod changed_files;
mod common;
mod defects;
mod end_to_end;
mod h2h_docs;
mod interrupted;
mod invoke;
mod on_call;
mod outage;
mod people;
mod poison;
mod privacy;
mod redrive;
mod refusals;
mod residents;
mod staff;
mod sweep;
#[cfg(feature = "browser")]
mod web;
