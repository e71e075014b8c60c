//! A door between h2h and the local AWS that holds h2h at one call for ever, so that it can be killed just there.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::response::Response;
use local_stack::Endpoints;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Where h2h is held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    /// AWS's name of the operation.
    pub(crate) operation: &'static str,
    /// Which of these calls, counted from 1.
    pub(crate) call: usize,
    /// AWS makes the call; its answer never comes.
    pub(crate) is_made: bool,
}

/// The door; it closes when this is dropped.
pub(crate) struct Door {
    held: Arc<Notify>,
    _open: JoinSet<()>,
}

struct Inside {
    hold: Hold,
    aws: String,
    client: reqwest::Client,
    calls: AtomicUsize,
    is_shut: AtomicBool,
    held: Arc<Notify>,
}

impl Door {
    /// Opens one, and writes to `folder` where a command finds it that is given that folder.
    pub(crate) async fn open(stack: &Endpoints, folder: &Path, hold: Hold) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let aws = format!("http://{}", listener.local_addr().expect("an address"));
        Endpoints { aws, ..stack.clone() }.write(folder).expect("the endpoints");
        let held = Arc::new(Notify::new());
        let inside = Inside {
            hold,
            aws: stack.aws.clone(),
            client: reqwest::Client::builder().no_proxy().build().expect("a client"),
            calls: AtomicUsize::new(0),
            is_shut: AtomicBool::new(false),
            held: held.clone(),
        };
        let app = Router::new().fallback(pass).with_state(Arc::new(inside));
        let mut open = JoinSet::new();
        open.spawn(async move { axum::serve(listener, app).await.expect("the door is open") });
        Self { held, _open: open }
    }

    /// Waits until h2h is held.
    pub(crate) async fn held(&self) {
        self.held.notified().await;
    }
}

async fn pass(State(inside): State<Arc<Inside>>, request: Request) -> Response {
    if inside.is_shut.load(Ordering::SeqCst) {
        return std::future::pending().await;
    }
    let (parts, body) = request.into_parts();
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let is_wanted = target.rsplit('.').next() == Some(inside.hold.operation);
    let is_it = is_wanted && inside.calls.fetch_add(1, Ordering::SeqCst) + 1 == inside.hold.call;
    if is_it {
        inside.is_shut.store(true, Ordering::SeqCst);
    }
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    let passed = async {
        let url = format!("{}{}", inside.aws, parts.uri);
        let headers = without(parts.headers.clone());
        inside.client.request(parts.method.clone(), url).headers(headers).body(body).send().await.expect("an answer")
    };
    if is_it {
        if inside.hold.is_made {
            passed.await;
        }
        inside.held.notify_one();
        return std::future::pending().await;
    }
    let answer = passed.await;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = without(answer.headers().clone());
    *response.body_mut() = Body::from(answer.bytes().await.expect("a body"));
    response
}

/// Removes what every connection says for itself.
fn without(mut headers: HeaderMap) -> HeaderMap {
    for name in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers
}
