//! The sweep finds the runs that are stuck, at whatever stage, and sees to it that each ends in one summary.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lambda_support::invocation::{Deadline, describe};
use lambda_support::metrics;
use ledger::{BreakerState, Mark, Pipeline, Progress, Run, RunHealth, RunId, SWEEP_ROUNDS};
use tracing::Instrument;

use crate::{ReportError, Reporter};

/// The time that must be left of the invocation to begin anything: the next sweep goes on.
pub(crate) const RESERVE: Duration = Duration::from_secs(20);

impl Reporter {
    /// Looks at every run that is not done, and at those that are marked: a redrive may have changed them since their
    /// summary. How many summaries are asked for. What keeps it from one run does not keep it from the others.
    pub(crate) async fn sweep(&self, deadline: Deadline) -> Result<usize, ReportError> {
        let pipeline = self.pipeline().await;
        let mut asked = 0;
        for feed in feeds::all() {
            let open = self.ledger.open_run_ids(feed).await?;
            let mut oldest = None;
            for id in &open {
                let (claimed_at, is_asked) = self.look_at(id, &[], &pipeline, deadline).await;
                oldest = oldest.or(claimed_at);
                asked += usize::from(is_asked);
            }
            let age = oldest.and_then(|at| (pipeline.now - at).to_std().ok()).unwrap_or_default();
            metrics::open_runs(feed.name(), age, open.len());
            for (id, marks) in self.ledger.marked_runs(feed).await? {
                if !open.contains(&id) {
                    asked += usize::from(self.look_at(&id, &marks, &pipeline, deadline).await.1);
                }
            }
        }
        Ok(asked)
    }

    /// The facts that all runs share. Where they cannot be learnt, nothing is taken for stalled.
    async fn pipeline(&self) -> Pipeline {
        let idle_since = self.idle_since().await.unwrap_or_else(|error| {
            tracing::error!(error = describe(&error), "no run is looked at for lost rows: the next sweep tries again");
            None
        });
        Pipeline { now: (self.clock)(), patience: self.patience, idle_since }
    }

    async fn idle_since(&self) -> Result<Option<DateTime<Utc>>, ReportError> {
        let breaker = self.ledger.breaker().await?;
        if breaker.state == BreakerState::Open {
            return Ok(None);
        }
        Ok(breaker.state.idle_since(breaker.since, self.rows.depth().await?.all()))
    }

    /// Looks at one run, and takes its marks off if it owes no summary: when it was claimed, if it is not done; and
    /// whether its summary is asked for.
    async fn look_at(
        &self,
        id: &RunId,
        marks: &[Mark],
        pipeline: &Pipeline,
        deadline: Deadline,
    ) -> (Option<DateTime<Utc>>, bool) {
        if deadline.left() < RESERVE {
            return (None, false);
        }
        let span = tracing::info_span!("sweep", run = id.as_str());
        async {
            let looked = async {
                let Some(run) = self.ledger.run(id).await? else { return Ok((None, false)) };
                let progress = self.ledger.progress(&run).await?;
                let asked = self.see_to(&run, &progress, pipeline, deadline).await?;
                self.ledger.unmark(&run, &progress, marks).await?;
                Ok::<_, ReportError>((run.is_open().then_some(run.claimed_at), asked))
            };
            looked.await.unwrap_or_else(|error| {
                tracing::error!(error = describe(&error), "the run could not be swept: the next sweep tries again");
                (None, false)
            })
        }
        .instrument(span)
        .await
    }

    /// Does what a run needs; whether its summary is asked for.
    async fn see_to(
        &self,
        run: &Run,
        progress: &Progress,
        pipeline: &Pipeline,
        deadline: Deadline,
    ) -> Result<bool, ReportError> {
        let feed = run.feed.name();
        match RunHealth::of(run, progress, pipeline) {
            // The last round is given its time.
            RunHealth::NotReported | RunHealth::Stalled if !pipeline.is_long_ago(run.swept_at) => {}
            RunHealth::Well => {}
            RunHealth::NotSplit => {
                metrics::stuck(feed, "not-split");
                tracing::error!(
                    feed,
                    state = run.state.as_str(),
                    "nobody goes on splitting the file: check that the feed's schedule is on, and the splitter's log"
                );
            }
            RunHealth::NotReported => {
                if self.ledger.begin_sweep(run, progress).await?.is_some() {
                    metrics::stuck(feed, "not-reported");
                    self.put_on_queue(std::slice::from_ref(&run.id)).await?;
                    return Ok(true);
                }
            }
            RunHealth::Stalled => match self.ledger.begin_sweep(run, progress).await? {
                Some(round) if round <= SWEEP_ROUNDS => {
                    metrics::stuck(feed, "stalled");
                    self.enqueue_again(run, round, deadline).await?;
                }
                Some(_) => self.give_up(run, deadline).await?,
                None => tracing::info!("another sweep was quicker"),
            },
            RunHealth::Cancelled => self.close_cancelled(run, deadline).await?,
            RunHealth::GivenUp => self.give_up(run, deadline).await?,
        }
        Ok(false)
    }
}
