//! Chaos: the whole system under everything that goes wrong at once, and what became of every row.
//!
//! [`sheets`] makes the sheets of a seed, and each row knows what it must become. [`plan`] makes the plan of faults of a
//! seed, of the [`scenario`], and of what staff correct meanwhile. [`weather`] carries it out on a [`Stack`](crate::Stack), [`settling`] waits until all is done
//! and [`posting`] goes on, and [`verdict`] compares what the API's simulator, the ledger and the summaries hold with what
//! the sheets say.
//!
//! **The same seed gives the same sheets and the same plan**: the same instants of kills, drops and spells, the same
//! number-so-and-so call of a function killed or refused, the same rows struck by the API. What stays undetermined is
//! timing: which row a poster works on when its hundredth call comes, and so which row that kill meets.

mod directory;
pub mod plan;
pub mod posting;
mod remembered;
pub mod scenario;
pub mod seen;
pub mod settling;
pub mod sheets;
pub mod verdict;
pub mod weather;
