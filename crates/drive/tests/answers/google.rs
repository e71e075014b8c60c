//! A server that answers in a given order whatever it is asked, and notes what it was asked.

use std::{
    collections::VecDeque,
    fmt::Write as _,
    future, io, mem,
    num::NonZeroU32,
    panic,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    serve,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures::{StreamExt as _, stream};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::yield_now};

use drive::{Drive, Scope, Settings};

/// The headers that a client of Google's chooses deliberately.
const NOTED: [&str; 4] = ["range", "content-range", "x-upload-content-type", "x-upload-content-length"];

/// One answer.
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    end: End,
}

/// How an answer ends.
enum End {
    Whole,
    /// The connection breaks after so many bytes of the body.
    Cut(usize),
    /// The connection breaks before the answer begins.
    Lost,
    /// It never comes.
    Silent,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let status = StatusCode::from_u16(status).expect("a status");
        Self { status, headers: Vec::new(), body: body.into(), end: End::Whole }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(200, body.to_string())
    }

    /// A refusal in Drive's form.
    pub(crate) fn refusal(status: u16, reason: &str) -> Self {
        let message = "CANARY Mary Jane O'Neil";
        let errors = json!([{"domain": "global", "reason": reason, "message": message}]);
        Self::new(status, json!({"error": {"code": status, "message": message, "errors": errors}}).to_string())
    }

    pub(crate) fn lost() -> Self {
        Self { end: End::Lost, ..Self::new(200, "") }
    }

    pub(crate) fn silent() -> Self {
        Self { end: End::Silent, ..Self::new(200, "") }
    }

    pub(crate) fn cut(self, after: usize) -> Self {
        Self { end: End::Cut(after), ..self }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    async fn send(self) -> Response {
        let whole = self.body.len();
        let body = match self.end {
            End::Whole => Body::from(self.body),
            End::Cut(after) => {
                let sent = Bytes::from(self.body).slice(..after);
                let broken = async {
                    // Until the part is written out: the server does that while there is nothing more to send.
                    yield_now().await;
                    Err(io::Error::from(io::ErrorKind::BrokenPipe))
                };
                Body::from_stream(stream::once(async { Ok(sent) }).chain(stream::once(broken)))
            }
            // Unwinding without a message ends the task that serves the connection.
            End::Lost => panic::resume_unwind(Box::new(())),
            End::Silent => future::pending().await,
        };
        let mut response = Response::builder().status(self.status).header("content-length", whole);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(body).expect("an answer")
    }
}

/// A stand-in for Google.
pub(crate) struct Google {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    url: String,
    answers: Mutex<VecDeque<Answer>>,
    requests: Mutex<Vec<String>>,
    tokens: Mutex<u32>,
    /// The last form that was sent: a sign-in.
    form: Mutex<String>,
    /// True if sign-ins are answered in the given order too.
    sign_ins: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Google {
    /// Gives these answers, one after the other; `{url}` in a header becomes its own address. Sign-ins always
    /// succeed.
    pub(crate) async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::start(answers, false).await
    }

    /// As `answering`, with sign-ins answered in the given order like all else.
    pub(crate) async fn answering_sign_ins(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::start(answers, true).await
    }

    async fn start(answers: impl IntoIterator<Item = Answer>, sign_ins: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answers = Mutex::new(answers.into_iter().collect());
        let shared = Arc::new(Shared { url: url.clone(), answers, sign_ins, ..Shared::default() });
        let app = Router::new().fallback(answer).layer(DefaultBodyLimit::disable()).with_state(Arc::clone(&shared));
        tokio::spawn(serve(listener, app).into_future());
        Self { url, shared }
    }

    pub(crate) fn settings(&self) -> Settings {
        let mut key = KEY.clone();
        key["token_uri"] = format!("{}/token", self.url).into();
        Settings {
            api_url: Some(self.url.clone()),
            first_wait: Duration::from_millis(1),
            sheet_reads_per_minute: NonZeroU32::new(1_000_000).expect("not zero"),
            ..Settings::new(key.to_string().into(), Scope::ReadWrite)
        }
    }

    pub(crate) fn drive(&self) -> Drive {
        Drive::new(&self.settings()).expect("settings")
    }

    /// The requests since the last look, sign-ins left out.
    pub(crate) fn requests(&self) -> String {
        mem::take(&mut *lock(&self.shared.requests)).join("\n")
    }

    /// The form that the last sign-in sent.
    pub(crate) fn form(&self) -> String {
        lock(&self.shared.form).clone()
    }

    /// How many answers were not asked for.
    pub(crate) fn left(&self) -> usize {
        lock(&self.shared.answers).len()
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if headers.get("content-type").is_some_and(|kind| kind == "application/x-www-form-urlencoded") {
        *lock(&shared.form) = String::from_utf8_lossy(&body).into_owned();
    }
    if uri.path() == "/token" && !shared.sign_ins {
        let mut tokens = lock(&shared.tokens);
        *tokens += 1;
        let answer = json!({"access_token": format!("token-{tokens}"), "expires_in": 3600, "token_type": "Bearer"});
        return answer.to_string().into_response();
    }
    lock(&shared.requests).push(describe(&method, &uri, &headers, &body));
    let next = lock(&shared.answers).pop_front();
    match next {
        Some(mut answer) => {
            for (_, value) in &mut answer.headers {
                *value = value.replace("{url}", &shared.url);
            }
            answer.send().await
        }
        None => (StatusCode::IM_A_TEAPOT, "nothing more was expected").into_response(),
    }
}

fn describe(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> String {
    let url = Url::parse(&format!("http://google{uri}")).expect("an address");
    let query: Vec<_> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    let mut text = format!("{method} {}", url.path());
    if !query.is_empty() {
        write!(text, "?{}", query.join("&")).expect("a string takes it");
    }
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    for name in NOTED {
        if let Some(value) = header(name) {
            write!(text, "\n  {name}: {value}").expect("a string takes it");
        }
    }
    if let Some(token) = header("authorization").filter(|token| *token != "Bearer token-1") {
        write!(text, "\n  authorization: {token}").expect("a string takes it");
    }
    match header("content-type") {
        Some("application/json") => write!(text, "\n  {}", String::from_utf8_lossy(body)).expect("a string takes it"),
        _ if body.is_empty() => {}
        _ => write!(text, "\n  ({} bytes)", body.len()).expect("a string takes it"),
    }
    text
}

/// A service account's key, made for this process.
static KEY: LazyLock<Value> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key pair");
    let der: Pkcs8V1Der<'_> = pair.as_der().expect("a key pair as PKCS 8");
    let pem =
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64_STANDARD.encode(der.as_ref()));
    json!({
        "type": "service_account",
        "project_id": "council",
        "private_key_id": "key-1",
        "private_key": pem,
        "client_email": "ingestion@council.iam.gserviceaccount.com",
    })
});

/// A file in the form of Drive's answers.
pub(crate) fn file(id: &str, name: &str) -> Value {
    json!({
        "id": id,
        "name": name,
        "mimeType": "text/csv",
        "md5Checksum": "900150983cd24fb0d6963f7d28e17f72",
        "size": "3",
        "createdTime": "2021-03-08T09:00:00.000Z",
        "modifiedTime": "2021-03-08T10:00:00.000Z",
        "trashed": false,
    })
}

/// A page of a listing.
pub(crate) fn page(files: impl IntoIterator<Item = Value>) -> Value {
    json!({"incompleteSearch": false, "files": files.into_iter().collect::<Vec<_>>()})
}
