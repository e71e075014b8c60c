//! Forgetting: what the ledger holds of people is erased, and what it counts stays.

use crate::keys::Key;
use crate::lease::LeaseKey;
use crate::store::Written;
use crate::update::Update;
use crate::{Ledger, Result, Run, RunId};

impl Ledger {
    /// Erases the cells, warnings, reasons and ids of a settled row of a run and takes it off the list of dead rows, as if
    /// its time had passed; whether it was there and settled, and nobody has it. Its lane's count stays.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn forget_row(&self, run: &Run, row: u32) -> Result<bool> {
        let nothing: Vec<String> = Vec::new();
        let update = Update::new()
            .set("cells", nothing.clone())
            .set("warnings", nothing)
            .set("reason", "")
            .set("how_to_fix", "")
            .remove("resident_id")
            .remove("help_request_id")
            .remove("follow_up_id")
            .remove("list_pk")
            .remove("list_sk")
            .set("expires_at", self.now().timestamp() - 1)
            .when("attribute_exists(#outcome) AND attribute_not_exists(#claim)");
        let written = self.update("forgetting a row", &Key::row(&run.id, run.lanes, row), update).await?;
        Ok(matches!(written, Written::Done(_)))
    }

    /// Notes that rows of a run are forgotten: nothing that needs them can be done any more.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn note_forgotten(&self, run: &RunId) -> Result<()> {
        let update = Update::new().set("forgotten_at", self.now()).when("attribute_exists(#state)");
        self.update("noting that rows are forgotten", &Key::run(run), update).await.map(drop)
    }

    /// Erases what is remembered of a resident or a request, unless somebody speaks about it now; whether it was so.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn forget_identity(&self, identity: &LeaseKey) -> Result<bool> {
        let update = Update::new().remove("residents").when("attribute_exists(#v) AND attribute_not_exists(#owner)");
        let written = self.update("forgetting an identity", &Key::lease(identity), update).await?;
        Ok(matches!(written, Written::Done(_)))
    }
}
