//! The state that all calls share.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use super::book::Books;
use super::calls::CallLog;
use super::entry::{By, Direction};
use super::error::ApiError;
use super::faults::{Change, Plan};
use super::key::ServiceAccount;
use super::lock::lock;
use super::session::Sessions;
use super::store::Store;
use super::token::Tokens;

/// The account, the files, and what is to go wrong.
pub(super) struct Google {
    pub(super) url: String,
    pub(super) tokens: Tokens,
    pub(super) store: Mutex<Store>,
    pub(super) books: Books,
    pub(super) sessions: Sessions,
    /// Google Sheets that were converted and whose time moves once more.
    pub(super) converted: Mutex<BTreeSet<String>>,
    pub(super) faults: Mutex<Plan>,
    pub(super) calls: Mutex<CallLog>,
}

impl std::fmt::Debug for Google {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Google").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Google {
    pub(super) fn open(root: &Path, url: String) -> io::Result<Self> {
        for feed in feeds::all() {
            for direction in [Direction::Inbound, Direction::Outbound] {
                fs::create_dir_all(root.join(feed.name()).join(direction.name()))?;
            }
        }
        let account = ServiceAccount::generate().map_err(|_| io::Error::other("no key could be made"))?;
        Ok(Self {
            url,
            tokens: Tokens::new(account),
            store: Mutex::new(Store::open(root)?),
            books: Books::default(),
            sessions: Sessions::default(),
            converted: Mutex::default(),
            faults: Mutex::default(),
            calls: Mutex::default(),
        })
    }

    /// Works on the files, as they are on disk now, beside the event loop.
    pub(super) async fn with_store<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Store) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let google = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let mut store = lock(&google.store);
            store.sync()?;
            work(&mut store)
        });
        done.await.map_err(|error| ApiError::internal(error.to_string()))?
    }

    /// Notes that a file was read, and makes the changes that are due then.
    pub(super) async fn was_read(self: &Arc<Self>, id: &str) -> Result<(), ApiError> {
        let (google, id) = (Arc::clone(self), id.to_owned());
        self.with_store(move |store| {
            let Some(entry) = store.entry(&id) else { return Ok(()) };
            for change in lock(&google.faults).read(&id, &entry.name.clone()) {
                change.make(store, &id)?;
            }
            Ok(())
        })
        .await
    }
}

/// How far a clock runs ahead.
const AHEAD: Duration = Duration::from_secs(3600);

impl Change {
    fn make(self, store: &mut Store, id: &str) -> io::Result<()> {
        let Some(path) = store.entry(id).map(|entry| store.path(entry)) else { return Ok(()) };
        match self {
            Self::Append(text) => append(&path, &text).map(drop),
            Self::AppendAhead(text) => append(&path, &text)?.set_modified(SystemTime::now() + AHEAD),
            Self::Touch => fs::File::open(path)?.set_modified(SystemTime::now()),
            Self::Rename(name) => store.rename(id, &name, By::Person),
            Self::Trash => store.trash(id, By::Person),
            Self::Delete => fs::remove_file(path),
        }
    }
}

fn append(path: &Path, text: &str) -> io::Result<fs::File> {
    let mut file = fs::OpenOptions::new().append(true).open(path)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    Ok(file)
}
