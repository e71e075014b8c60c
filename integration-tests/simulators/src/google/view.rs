//! The files that an account can see.

use std::collections::BTreeSet;

use super::entry::{Entry, Folder};

/// The files that the signed-in account can see.
#[derive(Clone)]
pub(super) struct View {
    pub(super) not_shared: BTreeSet<Folder>,
    pub(super) sees_shared: bool,
    /// `supportsAllDrives=true`: the folders lie on a shared drive, and without it nothing there exists.
    pub(super) all_drives: bool,
}

impl View {
    pub(super) fn shows(&self, folder: &Folder) -> bool {
        self.all_drives && self.sees_shared && !self.not_shared.contains(folder)
    }

    pub(super) fn find<'a>(&self, entry: Option<&'a Entry>) -> Option<&'a Entry> {
        entry.filter(|entry| self.shows(&entry.folder))
    }
}
