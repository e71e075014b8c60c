//! Sweeping a run that stalled, in rounds: one sweep at a time.

use super::item::Run;
use super::owners::read_run;
use super::progress::Progress;
use crate::dynamo::store::Written;
use crate::dynamo::update::Update;
use crate::keys::Key;
use crate::{Ledger, Result, Token, stream};

impl Ledger {
    /// Begins a round of sweeping a stalled run: its number, counted from 1 since a lane last moved. None if another
    /// sweep was quicker since `run` was read.
    pub async fn begin_sweep(&self, run: &Run, progress: &Progress) -> Result<Option<u32>> {
        let has_moved = progress.last_settled_at > run.swept_at;
        let round = if has_moved { 1 } else { run.sweep_rounds + 1 };
        let token = Token::random();
        let update = Update::new().set("sweep_rounds", round).set("swept_at", self.now()).set("sweep_token", &token);
        let update = update.set(stream::TAKEN_UP, true);
        let update = update.unchanged("swept_at", run.swept_at).unchanged("sweep_rounds", Some(run.sweep_rounds));
        match self.update("beginning a sweep", &Key::run(&run.id), update).await? {
            Written::Done(_) => Ok(Some(round)),
            Written::Refused(Some(item)) => {
                let (_, owners) = read_run(&run.id, item)?;
                Ok((owners.sweep_token == Some(token)).then_some(round))
            }
            Written::Refused(None) => Ok(None),
        }
    }
}
