//! The ledger against a real DynamoDB implementation in this process, with concurrent owners; what that does not make
//! by itself (conflicts, throttling, unprocessed items, lost answers) a proxy in front of it makes.

mod support;

mod breaker;
mod cancelling;
mod enqueueing;
mod faults;
mod forgetting;
mod leases;
mod lists;
mod looks;
mod marks;
mod news;
mod privacy;
mod reading;
mod reports;
mod rows;
mod runs;
mod settling;
mod sweeps;
mod tables;
mod told;
