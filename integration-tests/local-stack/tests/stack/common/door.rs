//! A door between h2h and the local AWS: it holds h2h at one call for ever, so that it can be killed just there, or only notes
//! what h2h calls.

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

type Note = Box<dyn Fn(&str) + Send + Sync>;

struct Inside {
    hold: Option<Hold>,
    aws: String,
    client: reqwest::Client,
    calls: AtomicUsize,
    is_shut: AtomicBool,
    held: Arc<Notify>,
    note: Note,
}

impl Door {
    /// Opens one, and writes to `folder` where a command finds it that is given that folder.
    pub(crate) async fn open(stack: &Endpoints, folder: &Path, hold: Hold) -> Self {
        Self::over(stack, folder, Some(hold), Box::new(|_| {})).await
    }

    /// Opens one that holds nobody and notes each call by AWS's name of the operation; one of Lambda by its path.
    #[cfg(feature = "browser")]
    pub(crate) async fn noting(stack: &Endpoints, folder: &Path, note: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self::over(stack, folder, None, Box::new(note)).await
    }

    async fn over(stack: &Endpoints, folder: &Path, hold: Option<Hold>, note: Note) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let aws = format!("http://{}", listener.local_addr().expect("an address"));
        Endpoints { aws, ..stack.clone() }.write(folder).expect("the endpoints");
        let held = Arc::new(Notify::new());
        let inside = Inside {
            hold,
            note,
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
    let operation = target.rsplit('.').next().filter(|name| !name.is_empty()).unwrap_or(parts.uri.path());
    (inside.note)(operation);
    let hold = inside.hold.filter(|hold| hold.operation == operation);
    let is_it = hold.is_some_and(|hold| inside.calls.fetch_add(1, Ordering::SeqCst) + 1 == hold.call);
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
        if hold.is_some_and(|hold| hold.is_made) {
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
