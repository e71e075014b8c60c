//! A strict simulator of Google's token endpoint, Drive v3 and Sheets v4 over a plain folder tree.
//!
//! `DIR/<feed>/inbound` and `DIR/<feed>/outbound` are the shared folders; any `<feed>` directory that has them is served. A
//! file dropped, changed, renamed or deleted there is so in Drive at the next call. `name.gsheet.csv` and `name.gsheet.xlsx`
//! are Google Sheets called `name`, whose cells show what the file holds; a Google Sheet that the API makes is `name.xlsx`, to
//! be opened with any spreadsheet program. `.google.json` keeps ids and properties over restarts, `.trash` what was trashed.
//!
//! It was written from Google's reference and docs/contract/google-drive.md, not from our client, and is strict where a lax
//! simulator would hide a mistake: fields that were not asked for are not given, unknown parameters and search clauses are
//! errors, nothing on the shared drive is seen without `supportsAllDrives`, a read-only scope cannot write, and a range past
//! the grid is an error.

mod a1;
mod book;
mod calls;
mod content_range;
mod download;
mod entry;
mod error;
mod faults;
mod fields;
mod files;
mod gate;
mod key;
mod lock;
mod metadata;
mod multipart;
mod names;
mod page;
mod query;
mod reconcile;
mod resource;
mod scopes;
mod session;
mod shared;
mod sheets;
mod state;
mod store;
mod token;
mod upload;
mod view;

use std::future::IntoFuture as _;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, State as Shared};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use testkit::connection::{Cut, Door, Handle};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use calls::{Call, Refused};
pub use entry::{Direction, Folder};
pub use faults::{Change, Fault, Faults, OnRead};
pub use state::{FileState, State};

use error::ApiError;
use lock::lock;
use shared::Google;

/// How to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder tree; what is missing of it is made.
    pub root: PathBuf,
    /// Where to listen: an address of this machine itself; port 0 takes a free one.
    pub listen: SocketAddr,
}

/// A running simulator. It stops when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    google: Arc<Google>,
    door: Handle,
    server: JoinHandle<io::Result<()>>,
}

impl Simulator {
    /// Starts serving, with a service account key made for this start.
    ///
    /// # Errors
    /// An address that is not this machine's own, a port that is taken, a tree that cannot be read or written.
    pub async fn start(options: Options) -> io::Result<Self> {
        if !options.listen.ip().is_loopback() {
            let message = format!("{} can be reached from other machines: use 127.0.0.1", options.listen);
            return Err(io::Error::new(ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind(options.listen).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let google = tokio::task::spawn_blocking(move || Google::open(&options.root, url)).await??;
        let google = Arc::new(google);
        let (listener, door) = Door::new(listener);
        let service = router(Arc::clone(&google)).into_make_service_with_connect_info::<Cut>();
        let server = tokio::spawn(axum::serve(listener, service).into_future());
        Ok(Self { google, door, server })
    }

    /// `http://127.0.0.1:<port>`, for the token endpoint, Drive and Sheets alike.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.google.url
    }

    /// The service account's key file: JSON, as Google's console gives it, with this simulator's `token_uri`.
    #[must_use]
    pub fn service_account_key(&self) -> String {
        self.google.tokens.account.key_file(&self.google.url).to_string()
    }

    /// The id of a feed's folder; the same after every start.
    #[must_use]
    pub fn folder_id(&self, feed: &str, direction: Direction) -> String {
        Folder { feed: feed.to_owned(), direction }.id()
    }

    /// Puts other faults in force: the default is none.
    pub fn set_faults(&self, faults: Faults) {
        lock(&self.google.faults).set(faults);
    }

    /// Its content, and the calls so far.
    ///
    /// # Errors
    /// The disk's.
    pub fn state(&self) -> io::Result<State> {
        self.google.state()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.door.close();
        self.server.abort();
    }
}

fn router(google: Arc<Google>) -> Router {
    Router::new()
        .route("/token", post(exchange))
        .route("/drive/v3/about", get(files::about))
        .route("/drive/v3/files", get(files::list).post(files::create))
        .route("/drive/v3/files/{id}", get(files::get).patch(files::update))
        .route("/upload/drive/v3/files", post(upload::create))
        .route("/upload/drive/v3/files/{id}", patch(upload::update).put(upload::piece))
        .route("/v4/spreadsheets/{id}", get(sheets::spreadsheet))
        .route("/v4/spreadsheets/{id}/values/{range}", get(sheets::values))
        .route("/v4/spreadsheets/{id}/values:batchGet", get(sheets::batch))
        .fallback(|| async {
            ApiError::new(StatusCode::NOT_FOUND, "notFound", "Not Found").into_response(calls::Api::Drive)
        })
        .layer(middleware::from_fn(gate::read_to_the_end))
        .layer(middleware::from_fn_with_state(Arc::clone(&google), gate::reachable))
        .with_state(google)
}

async fn exchange(Shared(google): Shared<Arc<Google>>, Form(form): Form<Vec<(String, String)>>) -> Response {
    lock(&google.calls).note(Call::Token);
    let delegated = lock(&google.faults).settings.delegated.clone();
    google.tokens.exchange(&form, &google.url, token::now(), &delegated).unwrap_or_else(|error| {
        lock(&google.calls).note_refusal(Refused { call: Call::Token, status: 400, why: error.summary() });
        error.into_response()
    })
}
