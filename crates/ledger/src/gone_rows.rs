//! Open rows that the table has deleted: nobody can settle them, and their run would wait for ever.

use feeds::Outcome;

use crate::item::VERSION;
use crate::keys::Key;
use crate::store::Written;
use crate::update::Update;
use crate::{Ledger, Result, Run};

impl Ledger {
    /// Counts as dead-lettered what is missing of a run that has no open row any more; how many rows that are. Nothing
    /// happens while a row is open: it can still be settled, or be deleted too. What is gone is known by its number
    /// only: which rows they were, the table cannot say.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn settle_gone_rows(&self, run: &Run) -> Result<u64> {
        if self.open_rows(run).next().await?.is_some() {
            return Ok(0);
        }
        // No row was open before this sum was made, so that none can be settled after it: what is missing is gone.
        let settled: u64 = self.progress(run).await?.totals(run).values().sum();
        let gone = run.rows_read.saturating_sub(settled);
        if gone == 0 {
            return Ok(0);
        }
        // Once for all: after this the run is complete. Another sweep that found the same is refused.
        let update = Update::new()
            .set("v", VERSION)
            .set("settled_at", self.now())
            .set("gone", gone)
            .add(Outcome::DeadLettered.as_str(), gone)
            .when("attribute_not_exists(#gone)");
        match self.update("counting the rows that are gone", &Key::progress(&run.id, 0), update).await? {
            Written::Done(_) => Ok(gone),
            Written::Refused(_) => Ok(0),
        }
    }
}
