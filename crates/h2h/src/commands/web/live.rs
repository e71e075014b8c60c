//! The looks at the pipeline as it is now, shared by all pages that are open: one every other second, however many they are, and
//! none while nobody looks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::commands::watch::Watching;
use crate::commands::{status, watch};

/// How often the pages that are open are brought up to date.
pub(super) const EVERY: Duration = Duration::from_secs(2);
/// A look younger than this is not made again.
const FRESH: Duration = Duration::from_millis(1_500);

/// The pipeline at one moment.
pub(super) struct Moment {
    pub(super) status: status::Report,
    /// True once the dead rows are counted.
    pub(super) is_counted: bool,
    /// How many of them were sent again from here and wait for a poster.
    pub(super) sent_again: usize,
    /// How fast each open run goes, in the order of the status.
    pub(super) rates: Vec<watch::Report>,
}

/// The moment that was seen last.
#[derive(Default)]
pub(super) struct Live(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    last: Option<(Instant, Arc<Result<Moment, String>>)>,
    watching: Watching,
}

impl Live {
    /// The pipeline as it is, or as it was a second ago; or why it could not be looked at.
    pub(super) async fn moment(
        &self,
        look: impl Future<Output = anyhow::Result<(status::Report, bool, usize)>>,
    ) -> Arc<Result<Moment, String>> {
        let mut seen = self.0.lock().await;
        if let Some((at, moment)) = &seen.last
            && at.elapsed() < FRESH
        {
            return moment.clone();
        }
        let moment = match look.await {
            Ok((status, is_counted, sent_again)) => {
                let limit = &status.rows_at_once;
                seen.watching.only(&status.open_runs);
                let rates = status.open_runs.iter().map(|run| seen.watching.report(run, limit.clone())).collect();
                Ok(Moment { rates, status, is_counted, sent_again })
            }
            Err(error) => Err(format!("{error:#}")),
        };
        let moment = Arc::new(moment);
        seen.last = Some((Instant::now(), moment.clone()));
        moment
    }
}
