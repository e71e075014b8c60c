//! Stands between a client and its DynamoDB, and goes wrong as told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::server::serve;

/// A call that passes the proxy.
pub struct Call<'a> {
    /// Such as `UpdateItem`.
    pub operation: &'a str,
    /// How many calls there were before.
    pub number: usize,
    /// Its body, as DynamoDB takes it.
    pub request: &'a Value,
}

/// The fate of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is made.
    Pass,
    /// Not made: throttled.
    Throttled,
    /// A transaction that is not made, for it meets another one.
    Conflict,
    /// Made, and the answer lost.
    AnswerLost,
    /// Not made, and not to be repeated: as if the caller had died before.
    DiedBefore,
    /// Made, and not to be repeated: as if the caller had died after.
    DiedAfter,
    /// Of a batch write only the first item is written, the others are handed back.
    Unprocessed,
    /// Not made before somebody lets it: see [`Proxy::held`].
    Held,
    /// Not made yet, and not to be repeated: its caller dies, and it arrives with [`Proxy::deliver_late`].
    Late,
}

/// DynamoDB's request units, as AWS charges for them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// For reads.
    pub read: f64,
    /// For writes; one whose condition does not hold is charged too.
    pub write: f64,
}

impl Units {
    /// Adds what a call used up, by its answer. Refused parts count as items of up to 1 KB, which ours are.
    fn add(&mut self, operation: &str, request: &Value, answer: &Value) {
        // How many rows may be at the API at once is read and kept by the clock, not by the row.
        if request["Key"]["pk"]["S"].as_str().is_some_and(|key| key.starts_with("LIMIT#")) {
            return;
        }
        let kind = answer["__type"].as_str().unwrap_or_default();
        let consumed = &answer["ConsumedCapacity"];
        let units = |one: &Value| one["CapacityUnits"].as_f64().unwrap_or_default();
        let units: f64 = match kind.rsplit('#').next() {
            Some("ConditionalCheckFailedException") => 1.0,
            Some("TransactionCanceledException") => {
                request["TransactItems"].as_array().map_or(0.0, |parts| parts.iter().map(|_| 2.0).sum())
            }
            _ => consumed.as_array().map_or_else(|| units(consumed), |each| each.iter().map(units).sum()),
        };
        if matches!(operation, "BatchGetItem" | "GetItem" | "Query") { self.read += units } else { self.write += units }
    }

    /// What was used up since.
    pub fn since(self, before: Self) -> Self {
        Self { read: self.read - before.read, write: self.write - before.write }
    }
}

type Plan = Box<dyn FnMut(&Call<'_>) -> Fate + Send>;

/// The proxy's controls.
#[derive(Clone)]
pub struct Proxy {
    state: Arc<Mutex<Control>>,
    held: Arc<Notify>,
    let_go: Arc<Notify>,
    http: reqwest::Client,
    upstream: String,
}

struct Control {
    plan: Plan,
    calls: Vec<String>,
    units: Units,
    late: Vec<(HeaderMap, Vec<u8>)>,
}

impl Proxy {
    /// Starts a proxy; gives it and its address.
    pub async fn start(upstream: String) -> (Self, String) {
        let plan: Plan = Box::new(|_| Fate::Pass);
        let control = Control { plan, calls: Vec::new(), units: Units::default(), late: Vec::new() };
        let state = Arc::new(Mutex::new(control));
        let (held, let_go) = (Arc::default(), Arc::default());
        let proxy = Self { state, held, let_go, http: reqwest::Client::new(), upstream };
        let url = serve(Router::new().fallback(handle).with_state(proxy.clone())).await;
        (proxy, url)
    }

    /// Decides the fate of every call from now on.
    pub fn plan(&self, plan: impl FnMut(&Call<'_>) -> Fate + Send + 'static) {
        self.state.lock().expect("no panic").plan = Box::new(plan);
    }

    /// The next `times` calls of an operation meet this fate.
    pub fn next(&self, operation: &'static str, fate: Fate, times: usize) {
        let mut left = times;
        self.plan(move |call| {
            if call.operation != operation || left == 0 {
                return Fate::Pass;
            }
            left -= 1;
            fate
        });
    }

    /// All goes well again.
    pub fn calm(&self) {
        self.plan(|_| Fate::Pass);
    }

    /// The operations called so far.
    pub fn calls(&self) -> Vec<String> {
        self.state.lock().expect("no panic").calls.clone()
    }

    /// The units that were used up so far, but for the limit of rows at once.
    pub fn units(&self) -> Units {
        self.state.lock().expect("no panic").units
    }

    /// Waits until a call is held.
    pub async fn held(&self) {
        self.held.notified().await;
    }

    /// Lets the call that is held go on.
    pub fn let_go(&self) {
        self.let_go.notify_one();
    }

    /// The calls that were on their way when their callers died arrive now.
    pub async fn deliver_late(&self) {
        let late = std::mem::take(&mut self.state.lock().expect("no panic").late);
        for (headers, body) in late {
            self.forward(&headers, body).await;
        }
    }

    async fn forward(&self, headers: &HeaderMap, body: Vec<u8>) -> (StatusCode, Value) {
        let mut asked: Value = serde_json::from_slice(&body).expect("JSON");
        asked["ReturnConsumedCapacity"] = "TOTAL".into();
        let mut request = self.http.post(&self.upstream).body(asked.to_string());
        for name in ["x-amz-target", "authorization", "x-amz-date", "content-type"] {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.expect("dynoxide answers");
        let (status, answer) = (answer.status(), answer.json().await.expect("JSON"));
        self.state.lock().expect("no panic").units.add(&operation_of(headers), &asked, &answer);
        (status, answer)
    }
}

/// The operation that is called.
fn operation_of(headers: &HeaderMap) -> String {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

async fn handle(State(proxy): State<Proxy>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = operation_of(&headers);
    let request: Value = serde_json::from_slice(&body).expect("JSON");
    let fate = {
        let mut control = proxy.state.lock().expect("no panic");
        control.calls.push(operation.clone());
        let number = control.calls.len() - 1;
        (control.plan)(&Call { operation: &operation, number, request: &request })
    };
    match fate {
        Fate::Pass => answer(proxy.forward(&headers, body.to_vec()).await),
        Fate::Throttled => error(StatusCode::BAD_REQUEST, "ThrottlingException"),
        Fate::Conflict if operation == "TransactWriteItems" => {
            let count = request["TransactItems"].as_array().map_or(0, Vec::len);
            let mut reasons = vec![json!({"Code": "None"}); count];
            reasons[count - 1] = json!({"Code": "TransactionConflict", "Message": "ongoing"});
            let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
            answer((StatusCode::BAD_REQUEST, json!({"__type": kind, "CancellationReasons": reasons})))
        }
        Fate::Conflict => error(StatusCode::BAD_REQUEST, "TransactionConflictException"),
        Fate::AnswerLost => {
            proxy.forward(&headers, body.to_vec()).await;
            error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError")
        }
        Fate::DiedBefore => error(StatusCode::BAD_REQUEST, "AccessDeniedException"),
        Fate::DiedAfter => {
            proxy.forward(&headers, body.to_vec()).await;
            error(StatusCode::BAD_REQUEST, "AccessDeniedException")
        }
        Fate::Held => {
            proxy.held.notify_one();
            proxy.let_go.notified().await;
            answer(proxy.forward(&headers, body.to_vec()).await)
        }
        Fate::Late => {
            proxy.state.lock().expect("no panic").late.push((headers, body.to_vec()));
            error(StatusCode::BAD_REQUEST, "AccessDeniedException")
        }
        Fate::Unprocessed => answer(first_only(&proxy, &headers, request).await),
    }
}

/// Writes the first item of a batch only.
async fn first_only(proxy: &Proxy, headers: &HeaderMap, mut request: Value) -> (StatusCode, Value) {
    let mut left = serde_json::Map::new();
    for (table, items) in request["RequestItems"].as_object_mut().expect("a batch write") {
        let rest = items.as_array_mut().expect("items").split_off(1);
        if !rest.is_empty() {
            left.insert(table.clone(), Value::Array(rest));
        }
    }
    let (status, mut made) = proxy.forward(headers, request.to_string().into_bytes()).await;
    made["UnprocessedItems"] = Value::Object(left);
    (status, made)
}

fn error(status: StatusCode, kind: &str) -> Response {
    answer((status, json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "injected"})))
}

fn answer((status, body): (StatusCode, Value)) -> Response {
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], body.to_string()).into_response()
}
