//! The sweep finds the runs whose summary is due and that the stream has missed.

use crate::error::ReportError;
use crate::event::Reporter;

impl Reporter {
    /// Looks at every open run; how many are due.
    pub(crate) async fn sweep(&self) -> Result<usize, ReportError> {
        let mut due = Vec::new();
        for feed in feeds::all() {
            for run in self.ledger.open_runs(feed).await? {
                if self.is_due(&run).await? {
                    due.push(run.id);
                }
            }
        }
        self.put_on_queue(&due).await
    }
}
