//! Forgetting: what the ledger holds of people is erased, and what it counts stays.

use crate::dynamo::item::structured;
use crate::dynamo::store::Written;
use crate::dynamo::update::Update;
use crate::keys::Key;
use crate::lists::unlist;
use crate::run::item::Run;
use crate::{Ledger, Result};

impl Ledger {
    /// Erases the cells, warnings, reasons and ids of a settled row of a run and takes it off the list of dead rows, as
    /// if its time had passed; true if it was there and settled, and nobody has it. Its lane's count stays.
    pub async fn forget_row(&self, run: &Run, row: u32) -> Result<bool> {
        let nothing: [&str; 0] = [];
        let update = unlist(Update::new())
            .set("cells", structured(&nothing))
            .set("warnings", structured(&nothing))
            .set("reason", "")
            .set("how_to_fix", "")
            .remove("resident_id")
            .remove("help_request_id")
            .remove("follow_up_id")
            .set("expires_at", self.now().timestamp() - 1)
            .when("attribute_exists(#outcome) AND attribute_not_exists(#claim)");
        let written = self.update("forgetting a row", &Key::row(&run.id, run.lanes, row), update).await?;
        Ok(matches!(written, Written::Done(_)))
    }
}
