//! A strict simulator of the Here to Help API as docs/contract/here-to-help-api.md has it. `tests/recordings` replays what
//! the real one answered.
//!
//! It is the judge of the client: it wants the key on every path, refuses a number where a text belongs, matches
//! residents and requests by the API's own rules with all their traps, **finds and then inserts without a lock** (with
//! [`Options::race_window`] between), commits step by step, echoes rows in its errors, and keeps the API's bugs.
//!
//! | path | does |
//! |---|---|
//! | `/api/…` | the API, with `x-api-key` |
//! | `GET /_simulator/state` | all that it holds, has seen and has refused: [`State`] |
//! | `PUT /_simulator/faults` | orders [`faults`], in place of those before |
//! | `PUT /_simulator/staff` | plays [`staff`] |
//! | `POST /_simulator/reset` | empties the tables, the counts and the faults |
//!
//! Ids of residents begin at 1, of help requests at 1,000,001, of notes at 2,000,001, so that none passes for another.
//! Where the contract leaves it open, of several rows that fit the oldest is taken; what else differs from one running API
//! to the next are its [`Ways`]. The gateway's own throttling (A.0) is not played: order a `429`, or read the arrival times
//! in the state.

pub mod faults;
pub mod staff;

mod api;
mod call;
mod control;
mod database;
mod dice;
mod doubles;
mod entries;
mod exception;
mod fields;
mod folding;
mod gateway;
mod incoming;
mod jsonb;
mod like;
mod log;
mod matching;
mod metadata;
mod options;
mod patching;
mod refusal;
mod reply;
mod rows;
mod state;
mod step;
mod store;
mod strike;
mod touch;
mod v3;
mod v4;
mod view;
mod ways;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{Router, serve};
use testkit::connection::{Cut, Door};
use tokio::{net::TcpListener, sync::oneshot};

use self::api::Api;
pub use self::{
    call::Call,
    database::Database,
    doubles::{Double, Doubles},
    faults::Faults,
    fields::Fields,
    folding::Letters,
    metadata::Metadata,
    options::Options,
    rows::{CaseNote, HelpRequest, Resident},
    staff::Staff,
    state::{Calls, FaultState, State},
    touch::{Touch, Touched},
    ways::{OverwrittenNote, Ways},
};

/// All residents, help requests and notes as they were at one moment, and the ids that come next.
#[derive(Clone)]
pub struct Backup(store::Store);

/// A running simulator; it stops when dropped.
pub struct Simulator {
    address: SocketAddr,
    api: Arc<Api>,
    _running: oneshot::Sender<()>,
}

impl Simulator {
    /// Starts listening.
    ///
    /// # Errors
    /// The address is not 127.0.0.1, or cannot be listened on.
    pub async fn start(options: Options) -> io::Result<Self> {
        if options.listen.ip() != Ipv4Addr::LOCALHOST {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the simulator listens on 127.0.0.1 only"));
        }
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let (listener, door) = Door::new(listener);
        let api = Arc::new(Api::new(options, door));
        let router: Router = control::routes().fallback(gateway::answer).with_state(Arc::clone(&api));
        let (running, stopped) = oneshot::channel::<()>();
        let server = serve(listener, router.into_make_service_with_connect_info::<Cut>());
        tokio::spawn(
            server
                .with_graceful_shutdown(async {
                    // An error means that the sender was dropped: that is the sign to stop.
                    stopped.await.unwrap_or_default();
                })
                .into_future(),
        );
        Ok(Self { address, api, _running: running })
    }

    /// The base URL as a client takes it, with the slash at its end: `http://127.0.0.1:…/api/`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/api/", self.address)
    }

    /// Where the simulator itself is controlled, with the slash at its end: `http://127.0.0.1:…/_simulator/`.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("http://{}/_simulator/", self.address)
    }

    /// All that it holds and has seen.
    #[must_use]
    pub fn state(&self) -> State {
        self.api.state()
    }

    /// What calls saw of residents and wrote to them since the start or the last reset, in order.
    #[must_use]
    pub fn touches(&self) -> Vec<Touch> {
        self.api.log().touches().to_vec()
    }

    /// Orders faults, in place of those before. [`Faults::default`] ends them.
    pub fn set_faults(&self, faults: Faults) {
        self.api.set_faults(faults);
    }

    /// Plays staff; the id of what was changed or added.
    ///
    /// # Errors
    /// The fault of the order, in words.
    pub fn staff(&self, staff: Staff) -> Result<i64, String> {
        staff.act(&mut self.api.store())
    }

    /// Copies the database.
    #[must_use]
    pub fn backup(&self) -> Backup {
        Backup(self.api.store().clone())
    }

    /// Puts the database back as it was. **Ids that were given since come again**; counts and faults stay.
    pub fn restore(&self, backup: &Backup) {
        *self.api.store() = backup.0.clone();
    }

    /// Empties the tables, the counts and the faults.
    pub fn reset(&self) {
        self.api.reset();
    }
}
