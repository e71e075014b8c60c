//! Where everything of a running stack is: what `DIR/endpoints.json` holds.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// Where everything is. Written to `DIR/endpoints.json` once all of it answers.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Endpoints {
    /// The local AWS, for `AWS_ENDPOINT_URL`; any credentials do, the region is `eu-west-2`.
    pub aws: String,
    /// Google's simulator.
    pub google: String,
    /// The Here to Help API, `/api/` at its end.
    pub here_to_help: String,
    /// The ledger's table.
    pub table: String,
    /// The queue of rows to post.
    pub rows_queue: String,
    /// The rows queue's dead letters.
    pub dead_letter_queue: String,
    /// The queue of summaries to write.
    pub reports_queue: String,
    /// The topic of the notices to the data team.
    pub notices_topic: String,
}

impl Endpoints {
    /// Those of a stack that is up.
    pub fn read(drive: &Path) -> Result<Self> {
        let path = drive.join("endpoints.json");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}: is a stack up with this folder?", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} holds no endpoints", path.display()))
    }

    /// Writes them where the folders are, whole or not at all.
    pub fn write(&self, drive: &Path) -> Result<()> {
        let path = drive.join("endpoints.json");
        let text = serde_json::to_string_pretty(self).context("cannot write endpoints as JSON")?;
        let new = drive.join(".endpoints.json.new");
        std::fs::write(&new, text + "\n").with_context(|| format!("cannot write {}", new.display()))?;
        std::fs::rename(&new, &path).with_context(|| format!("cannot write {}", path.display()))
    }
}
