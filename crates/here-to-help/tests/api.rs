//! A Here to Help API for one test: answers as the test scripts it, and remembers what it was asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Response};
use here_to_help::{Client, Invocation, Pace, Settings};
use serde_json::Value;
use testkit::connection::{Cut, Door, Handle};
use tokio::net::TcpListener;
use tokio::time::Instant;

pub(crate) const KEY: &str = "the-api-key";
pub(crate) const CORRELATION: &str = "0a1b2c/17";

/// An answer that the test has scripted.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    fate: Fate,
}

#[derive(Clone, Copy, Debug)]
enum Fate {
    Sent,
    Never,
    CutAfter(usize),
}

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self::text(status, body.to_string()).header("content-type", "application/json; charset=utf-8")
    }

    pub(crate) fn text(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), fate: Fate::Sent }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The connection stays open and nothing comes.
    pub(crate) fn never() -> Self {
        Self { fate: Fate::Never, ..Self::text(200, "") }
    }

    /// The request is taken, and the connection closed without a word.
    pub(crate) fn lost() -> Self {
        Self { fate: Fate::CutAfter(0), ..Self::text(200, "") }
    }

    /// The connection is closed in the middle of the body.
    pub(crate) fn broken_off(self) -> Self {
        let body = self.body + &" ".repeat(10_000);
        Self { fate: Fate::CutAfter(5_000), body, ..self }
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }
}

/// As it went over the wire, for snapshots: without the port, the key and the version.
impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        let mut names: Vec<&str> = self.headers.keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        for name in names {
            let value = match (name, self.headers[name].to_str().expect("a readable header")) {
                ("host", _) => "[the host]",
                ("x-api-key", KEY) => "[the key]",
                (_, value) => value,
            };
            writeln!(f, "{name}: {}", value.replace(env!("CARGO_PKG_VERSION"), "[version]"))?;
        }
        if !self.body.is_empty() {
            write!(f, "\n{}", self.body)?;
        }
        Ok(())
    }
}

struct Shared {
    script: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Asked>>,
}

/// The API. What comes after the script has ended is answered with 599.
pub(crate) struct Api {
    address: SocketAddr,
    door: Handle,
    shared: Arc<Shared>,
}

impl Api {
    pub(crate) async fn start(script: impl IntoIterator<Item = Answer>) -> Self {
        let shared = Arc::new(Shared { script: Mutex::new(script.into_iter().collect()), asked: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().fallback(reply).with_state(Arc::clone(&shared));
        let service = router.into_make_service_with_connect_info::<Cut>();
        let (listener, door) = Door::new(listener);
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, door, shared }
    }

    /// The URL of a path below `…/api/`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/api/{path}", self.address)
    }

    pub(crate) fn client(&self, timeout: Duration) -> Client {
        client_for(self.address, timeout)
    }

    /// An invocation with plenty of time.
    pub(crate) fn invocation(&self) -> Invocation {
        self.client(Duration::from_secs(20)).invocation(in_seconds(600))
    }

    /// All requests that came.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        lock(&self.shared.asked).clone()
    }

    /// The one request that came.
    pub(crate) fn the_request(&self) -> Asked {
        let mut asked = self.asked();
        assert_eq!(asked.len(), 1, "one request");
        asked.remove(0)
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.door.connections()
    }
}

pub(crate) fn client_for(address: SocketAddr, timeout: Duration) -> Client {
    let settings = Settings { timeout, ..Settings::new(format!("http://{address}/api/"), KEY.into()) };
    let calls_per_second = NonZeroU32::new(10_000).expect("not zero");
    Client::new(&settings, Pace::share(calls_per_second, NonZeroU32::MIN)).expect("good settings")
}

pub(crate) fn in_seconds(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

async fn reply(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a whole body");
    lock(&shared.asked).push(Asked {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).expect("UTF-8"),
    });
    let next = lock(&shared.script).pop_front();
    let answer = next.unwrap_or_else(|| Answer::text(599, "not in the script"));
    match answer.fate {
        Fate::Sent => {}
        Fate::Never => std::future::pending().await,
        Fate::CutAfter(bytes) => cut.after(bytes),
    }
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).expect("a response")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
