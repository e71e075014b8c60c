//! The folder tree as Drive: files with ids that stay, whatever happens to them on disk.
//!
//! The index `.google.json` keeps what a disk does not: ids, properties, names that cannot stand on disk, what is in the bin.
//! The disk is looked at before every call, so what a person drops, changes, renames or deletes is there at once.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use md5::{Digest, Md5};
use rand::Rng;
use rand::distr::Alphanumeric;

use super::entry::{By, Content, Entry, Folder, Stamp, trash};
use super::names::{safe_name, sheet_suffix};
use super::reconcile::{reconcile, scan, shared_folders};

/// Everything in Drive.
pub(super) struct Store {
    root: PathBuf,
    entries: Vec<Entry>,
}

/// The content of a new file.
pub(super) struct NewFile<'a> {
    pub(super) folder: Folder,
    pub(super) name: String,
    pub(super) content: Content,
    pub(super) properties: BTreeMap<String, String>,
    /// A file that becomes its content, and what is put behind the name on disk.
    pub(super) from: &'a Path,
    pub(super) suffix: &'static str,
}

/// The content that replaces that of a file.
pub(super) enum NewContent<'a> {
    /// A Google Sheet's, held in a file of this extension.
    Sheet { extension: &'a str },
    /// A blob's, of this type if it is another than before.
    Blob { mime: Option<String> },
}

impl Store {
    /// Opens a tree, with the index of an earlier start if there is one.
    ///
    /// # Errors
    /// The disk's; an index that cannot be read says which file it is.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        for hidden in [trash(root), uploads(root)] {
            fs::create_dir_all(hidden)?;
        }
        for left in fs::read_dir(uploads(root))? {
            fs::remove_file(left?.path())?;
        }
        let entries = match fs::read(index(root)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                io::Error::new(ErrorKind::InvalidData, format!("{}: {error}", index(root).display()))
            })?,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut store = Self { root: root.to_owned(), entries };
        store.sync()?;
        Ok(store)
    }

    /// Takes in what happened on disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        let found = scan(&self.root)?;
        if reconcile(&self.root, &mut self.entries, found, || random_name(44)) { self.save() } else { Ok(()) }
    }

    /// The folders that exist, `DIR/<feed>/inbound` and `outbound` for every `<feed>` there is.
    pub(super) fn folders(&self) -> io::Result<Vec<Folder>> {
        shared_folders(&self.root)
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    pub(super) fn path(&self, entry: &Entry) -> PathBuf {
        entry.path(&self.root)
    }

    /// The entry with its checksum, which is computed when it is asked for the first time.
    pub(super) fn with_checksum(&mut self, id: &str) -> io::Result<Option<Entry>> {
        let Some(at) = self.position(id) else { return Ok(None) };
        let entry = &self.entries[at];
        if entry.md5.is_none() && matches!(entry.content, Content::Blob { .. }) {
            let sum = md5_of(&self.path(entry))?;
            self.entries[at].md5 = Some(sum);
            self.save()?;
        }
        Ok(Some(self.entries[at].clone()))
    }

    /// A file that is written beside the tree until it becomes the content of an entry.
    pub(super) fn upload_path(&self, upload: &str) -> PathBuf {
        uploads(&self.root).join(upload)
    }

    pub(super) fn create(&mut self, new: NewFile<'_>, by: By) -> io::Result<Entry> {
        let on_disk = self.free_name(&new.folder, &new.name, new.suffix);
        let path = new.folder.path(&self.root).join(&on_disk);
        fs::rename(new.from, &path)?;
        let stamp = Stamp::of(&fs::metadata(&path)?);
        let entry = Entry {
            id: random_name(44),
            folder: new.folder,
            on_disk,
            name: new.name,
            content: new.content,
            properties: new.properties,
            trashed: false,
            created: stamp.created(),
            version: 1,
            revision: 1,
            changed_by: by,
            stamp,
            md5: None,
        };
        self.entries.push(entry.clone());
        self.save()?;
        Ok(entry)
    }

    /// Puts a file in the place of an entry's content.
    pub(super) fn replace(&mut self, id: &str, from: &Path, new: NewContent<'_>, by: By) -> io::Result<()> {
        let Some(at) = self.position(id) else { return Err(ErrorKind::NotFound.into()) };
        let old = self.path(&self.entries[at]);
        match new {
            NewContent::Blob { mime: None } => {}
            NewContent::Blob { mime: Some(mime) } => self.entries[at].content = Content::Blob { mime },
            NewContent::Sheet { extension } => {
                let suffix = sheet_suffix(&self.entries[at].on_disk);
                let wanted = match (suffix.starts_with(".gsheet"), extension) {
                    (true, "csv") => ".gsheet.csv",
                    (true, _) => ".gsheet.xlsx",
                    (false, "csv") => ".csv",
                    (false, _) => ".xlsx",
                };
                if wanted != suffix {
                    let (folder, name) = (self.entries[at].folder.clone(), self.entries[at].name.clone());
                    self.entries[at].on_disk = self.free_name(&folder, &name, wanted);
                }
            }
        }
        let path = self.path(&self.entries[at]);
        fs::rename(from, &path)?;
        if path != old {
            fs::remove_file(old)?;
        }
        self.entries[at].revision += 1;
        self.changed(at, by)
    }

    /// Moves a file's time and version once more, in the name of whoever changed it last, who does nothing.
    pub(super) fn moves_on(&mut self, id: &str) -> io::Result<()> {
        let Some(at) = self.position(id) else { return Err(ErrorKind::NotFound.into()) };
        let entry = &self.entries[at];
        let (by, later) = (entry.changed_by, SystemTime::from(entry.stamp.modified()) + Duration::from_secs(3));
        File::options().append(true).open(self.path(entry))?.set_modified(later)?;
        self.changed(at, by)
    }

    pub(super) fn rename(&mut self, id: &str, name: &str, by: By) -> io::Result<()> {
        let Some(at) = self.position(id) else { return Err(ErrorKind::NotFound.into()) };
        let entry = self.entries[at].clone();
        if name != entry.name {
            let on_disk = self.free_name(&entry.folder, name, suffix_of(&entry));
            let moved = Entry { on_disk, name: name.to_owned(), ..entry.clone() };
            if !entry.trashed {
                fs::rename(self.path(&entry), self.path(&moved))?;
            }
            self.entries[at] = moved;
        }
        self.changed(at, by)
    }

    /// Puts a file in the bin.
    pub(super) fn trash(&mut self, id: &str, by: By) -> io::Result<()> {
        let Some(at) = self.position(id) else { return Err(ErrorKind::NotFound.into()) };
        let entry = self.entries[at].clone();
        if !entry.trashed {
            let moved = Entry { trashed: true, ..entry.clone() };
            fs::rename(self.path(&entry), self.path(&moved))?;
            self.entries[at] = moved;
        }
        self.changed(at, by)
    }

    /// Notes that an entry was changed.
    fn changed(&mut self, at: usize, by: By) -> io::Result<()> {
        let stamp = Stamp::of(&fs::metadata(self.path(&self.entries[at]))?);
        let entry = &mut self.entries[at];
        if stamp != entry.stamp {
            entry.md5 = None;
        }
        entry.stamp = stamp;
        entry.version += 1;
        entry.changed_by = by;
        self.save()
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.id == id)
    }

    /// A name on disk that nobody has: two files of Drive may have the same name, two of a directory may not.
    fn free_name(&self, folder: &Folder, name: &str, suffix: &str) -> String {
        let directory = folder.path(&self.root);
        let first = safe_name(name, suffix);
        let (stem, extension) = match suffix {
            "" => first
                .rsplit_once('.')
                .map_or((first.clone(), String::new()), |(stem, extension)| (stem.to_owned(), format!(".{extension}"))),
            suffix => (first.trim_end_matches(suffix).to_owned(), suffix.to_owned()),
        };
        let taken = |name: &str| {
            fs::exists(directory.join(name)).unwrap_or(true)
                || self.entries.iter().any(|entry| entry.folder == *folder && entry.on_disk == name)
        };
        if !taken(&first) {
            return first;
        }
        (2_u32..).map(|n| format!("{stem} ({n}){extension}")).find(|name| !taken(name)).unwrap_or(first)
    }

    fn save(&self) -> io::Result<()> {
        let unfinished = index(&self.root).with_extension("json.new");
        fs::write(&unfinished, serde_json::to_vec_pretty(&self.entries)?)?;
        fs::rename(unfinished, index(&self.root))
    }
}

fn suffix_of(entry: &Entry) -> &'static str {
    match entry.content {
        Content::Sheet => sheet_suffix(&entry.on_disk),
        Content::Blob { .. } | Content::Folder => "",
    }
}

fn index(root: &Path) -> PathBuf {
    root.join(".google.json")
}

fn uploads(root: &Path) -> PathBuf {
    root.join(".uploads")
}

fn md5_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut sum = Md5::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        sum.update(&buffer[..read]);
    }
}

/// Letters and digits that nobody guesses: ids, tokens.
pub(super) fn random_name(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}
