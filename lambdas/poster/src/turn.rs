//! When this poster may begin a row.

use std::time::Duration;

use here_to_help::{Limit, Step};
use lambda_support::invocation::{Deadline, describe};
use lambda_support::metrics;
use ledger::ApiLimit;
use tokio::time::{Instant, sleep};

use crate::Poster;
use crate::at_once::Seen;
use crate::batch::BEGIN;

/// The limit as it was read is taken for true so long.
const TRUE_FOR: Duration = Duration::from_secs(1);
/// A poster with more work leaves its seat after so long, for those that wait.
const TENURE: Duration = Duration::from_secs(10);

impl Poster {
    /// Waits until this poster may begin a row; false, at once, if that is not in time. A ledger that does not answer holds
    /// nobody up here: the row's claim asks it next.
    pub(crate) async fn turn_comes(&self, deadline: Deadline) -> bool {
        loop {
            match self.step().await {
                Ok(None) => return true,
                Ok(Some(wait)) if deadline.left() <= BEGIN + wait => return false,
                Ok(Some(wait)) => sleep(wait).await,
                Err(error) => {
                    tracing::warn!(error = describe(&error), "how many rows may be at Here to Help is not known");
                    return true;
                }
            }
        }
    }

    /// How long to wait before the next step; nothing if a row may begin.
    async fn step(&self) -> ledger::Result<Option<Duration>> {
        let part = &mut *self.at_once.0.lock().await;
        loop {
            let seen = match part.seen.take().filter(|(_, read)| read.elapsed() < TRUE_FOR) {
                Some(seen) => seen,
                None => (self.ledger.api_limit().await?, Instant::now()),
            };
            let step = part.turns.step(&seen.0.limit, self.now_ms());
            match step {
                Step::Go { calls_per_second, has_new_seat } => {
                    self.api.keep_to(calls_per_second, has_new_seat);
                    part.at_work_since.get_or_insert_with(Instant::now);
                    part.seen = Some(seen);
                    return Ok(None);
                }
                Step::Wait(wait) => {
                    part.at_work_since = None;
                    return Ok(Some(wait));
                }
                Step::Note(limit) => part.seen = self.note(&seen.0, limit).await?,
            }
        }
    }

    /// A row was worked on for so long.
    pub(crate) async fn row_ended(&self, took: Duration) {
        let part = &mut *self.at_once.0.lock().await;
        if let Some((seen, _)) = &part.seen {
            part.turns.row_ended(&seen.limit, took, self.api.row_seen(), self.now_ms());
        }
    }

    /// A batch has come to its end: those that wait come next, where this poster has no more rows or was at work for a while.
    pub(crate) async fn leave(&self, has_more: bool) {
        let part = &mut *self.at_once.0.lock().await;
        let nobody_waits = part.seen.as_ref().is_some_and(|(seen, _)| part.turns.are_all_seated(&seen.limit));
        if has_more && (nobody_waits || part.at_work_since.is_none_or(|since| since.elapsed() < TENURE)) {
            return;
        }
        part.at_work_since = None;
        let Some((seen, _)) = part.seen.take() else { return };
        let Some(limit) = part.turns.leave(&seen.limit) else { return };
        if let Err(error) = self.note(&seen, limit).await {
            tracing::warn!(error = describe(&error), "the turn to begin rows is not given on: it runs out");
        }
    }

    /// Notes a limit over the one that was seen; none if that one stands no more.
    async fn note(&self, seen: &ApiLimit<Limit>, limit: Limit) -> ledger::Result<Option<Seen>> {
        if (limit.rows - seen.limit.rows).abs() > f64::EPSILON {
            let (rows, before, waiting) = (limit.rows, seen.limit.rows, limit.waiting);
            tracing::info!(rows, before, waiting, "another number of rows at once");
        }
        let (rows, is_news) = (limit.rows, limit.found_at != seen.limit.found_at);
        let noted = self.ledger.note_api_limit(seen.changes(), limit).await?;
        if is_news && noted.is_some() {
            metrics::rows_at_once(rows);
        }
        Ok(noted.map(|noted| (noted, Instant::now())))
    }

    fn now_ms(&self) -> u64 {
        u64::try_from((self.clock)().timestamp_millis()).unwrap_or_default()
    }
}
