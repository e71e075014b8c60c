//! This process's part in the limit of rows at once, which all posters share (docs/decisions/0065).

use std::num::NonZeroU32;

use here_to_help::{Limit, MayWait, Turns};
use ledger::{ApiLimit, Token};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The limit as it was read, and when.
pub(crate) type Seen = (ApiLimit<Limit>, Instant);

/// A process's part in the limit.
#[derive(Debug)]
pub struct AtOnce(pub(crate) Mutex<Part>);

#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) turns: Turns,
    /// The limit as it was read last, and when that was.
    pub(crate) seen: Option<Seen>,
    /// Since when rows are begun without a pause.
    pub(crate) at_work_since: Option<Instant>,
}

impl AtOnce {
    /// Of one of at most so many posters, which may make so many calls a second together.
    pub fn new(posters: NonZeroU32, calls_per_second: NonZeroU32, may_wait: MayWait) -> Self {
        let turns = Turns::new(&Token::random().as_str()[..12], posters, calls_per_second, may_wait);
        Self(Mutex::new(Part { turns, seen: None, at_work_since: None }))
    }
}
