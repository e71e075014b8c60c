//! The changes on disk since the last look.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::entry::{By, Content, Direction, Entry, Folder, Stamp};
use super::names::{from_disk, sheet_suffix};

/// A file in one of the shared folders.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) folder: Folder,
    pub(super) on_disk: String,
    pub(super) is_directory: bool,
    pub(super) stamp: Stamp,
}

/// The folders `<feed>/inbound` and `<feed>/outbound` that exist.
pub(super) fn shared_folders(root: &Path) -> io::Result<Vec<Folder>> {
    let mut folders = Vec::new();
    for feed in fs::read_dir(root)? {
        let Ok(feed) = feed?.file_name().into_string() else { continue };
        if feed.starts_with('.') {
            continue;
        }
        for direction in [Direction::Inbound, Direction::Outbound] {
            let folder = Folder { feed: feed.clone(), direction };
            if folder.path(root).is_dir() {
                folders.push(folder);
            }
        }
    }
    folders.sort();
    Ok(folders)
}

/// Everything that lies in the shared folders now, hidden files and programs' lock files left out.
pub(super) fn scan(root: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for folder in shared_folders(root)? {
        for file in fs::read_dir(folder.path(root))? {
            let file = file?;
            let Ok(on_disk) = file.file_name().into_string() else { continue };
            if on_disk.starts_with(['.', '~']) {
                continue;
            }
            // Deleted since the directory was read: it is not there.
            let Ok(metadata) = fs::metadata(file.path()) else { continue };
            let stamp = Stamp::of(&metadata);
            found.push(Found { folder: folder.clone(), on_disk, is_directory: metadata.is_dir(), stamp });
        }
    }
    found.sort_by(|a, b| (&a.folder, &a.on_disk).cmp(&(&b.folder, &b.on_disk)));
    Ok(found)
}

/// Makes the entries agree with the disk; answers whether one changed.
///
/// A file keeps its id when it was renamed or moved (it is the same inode), and when a program wrote it anew under its name
/// (it lies at the same path). Only what is left is new, or gone.
pub(super) fn reconcile(
    root: &Path,
    entries: &mut Vec<Entry>,
    found: Vec<Found>,
    mut new_id: impl FnMut() -> String,
) -> bool {
    let mut changed = false;
    let mut unclaimed: BTreeMap<(Folder, String), Found> =
        found.into_iter().map(|file| ((file.folder.clone(), file.on_disk.clone()), file)).collect();

    let mut lost = Vec::new();
    for (at, entry) in entries.iter_mut().enumerate() {
        if entry.trashed {
            continue;
        }
        let same =
            unclaimed.iter().find(|(_, file)| file.stamp.same_file(&entry.stamp)).map(|(place, _)| place.clone());
        match same.and_then(|place| unclaimed.remove(&place)) {
            Some(file) => changed |= update(entry, &file),
            None => lost.push(at),
        }
    }
    let mut gone = Vec::new();
    for at in lost {
        let entry = &mut entries[at];
        match unclaimed.remove(&(entry.folder.clone(), entry.on_disk.clone())) {
            Some(file) => changed |= update(entry, &file),
            None => gone.push(entry.id.clone()),
        }
    }

    let before = entries.len();
    entries.retain(|entry| !gone.contains(&entry.id) && (!entry.trashed || entry.path(root).exists()));
    changed |= entries.len() != before || !unclaimed.is_empty();
    entries.extend(unclaimed.into_values().map(|file| {
        let (content, name) = from_disk(&file.on_disk, file.is_directory);
        Entry {
            id: new_id(),
            folder: file.folder,
            on_disk: file.on_disk,
            name,
            content,
            properties: BTreeMap::new(),
            trashed: false,
            created: file.stamp.created(),
            version: 1,
            revision: 1,
            changed_by: By::Person,
            stamp: file.stamp,
            md5: None,
        }
    }));
    changed
}

/// Takes over where a file lies and how it looks; answers whether that is news.
fn update(entry: &mut Entry, file: &Found) -> bool {
    // A directory's stamp changes with what lies in it: no news.
    let rewritten = entry.stamp != file.stamp && !file.is_directory;
    let moved = entry.folder != file.folder || entry.on_disk != file.on_disk;
    entry.stamp = file.stamp;
    if moved {
        entry.folder = file.folder.clone();
        if entry.on_disk != file.on_disk {
            rename(entry, file);
        }
    }
    if rewritten {
        entry.md5 = None;
        entry.revision += 1;
    }
    if rewritten || moved {
        entry.version += 1;
        entry.changed_by = By::Person;
    }
    rewritten || moved
}

fn rename(entry: &mut Entry, file: &Found) {
    let (content, name) = from_disk(&file.on_disk, file.is_directory);
    entry.on_disk.clone_from(&file.on_disk);
    if entry.content == Content::Sheet && content != Content::Sheet {
        // A Google Sheet that the service made stays one, under whatever name.
        let suffix = sheet_suffix(&file.on_disk);
        file.on_disk.strip_suffix(suffix).unwrap_or(&file.on_disk).clone_into(&mut entry.name);
    } else {
        entry.content = content;
        entry.name = name;
    }
}
