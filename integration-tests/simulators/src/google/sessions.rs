//! Uploads that come piece by piece.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::entry::{Content, Folder};
use super::fields::Mask;
use super::metadata::Metadata;
use super::view::View;

/// The resumable uploads that were begun, by the id in their address. They do not outlive the simulator.
pub(super) type Sessions = Mutex<HashMap<String, Arc<tokio::sync::Mutex<Session>>>>;

/// One resumable upload.
pub(super) struct Session {
    pub(super) upload: Upload,
    pub(super) mask: Mask,
    pub(super) total: Option<u64>,
    pub(super) received: u64,
    /// The file, when all has come: asking again gives the same answer.
    pub(super) done: Option<Value>,
}

/// What is to become of the bytes in `path`.
#[derive(Clone)]
pub(super) struct Upload {
    pub(super) target: Target,
    pub(super) metadata: Metadata,
    pub(super) media_type: Option<String>,
    pub(super) path: PathBuf,
    pub(super) view: View,
}

#[derive(Clone)]
pub(super) enum Target {
    New { folder: Folder, content: Content },
    Existing { id: String },
}
