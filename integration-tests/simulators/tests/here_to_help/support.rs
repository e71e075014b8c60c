//! A simulator and a plain HTTP caller.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulators::here_to_help::{Faults, Options, Simulator, State};

/// The key that the simulator under test wants.
pub(crate) const KEY: &str = "the-key";

/// A simulator, called as any client calls it.
pub(crate) struct Caller {
    pub(crate) simulator: Simulator,
    pub(crate) http: reqwest::Client,
}

/// An answer.
#[derive(Debug, PartialEq)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Caller {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let simulator = Simulator::start(Options { api_key: KEY.to_owned(), ..options }).await.expect("it starts");
        Self { simulator, http: reqwest::Client::new() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.simulator.base_url())).header("x-api-key", KEY)
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        Got::of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Got {
        Got::of(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Got {
        Got::of(self.request(Method::PATCH, path).json(&body)).await
    }

    /// Posts what must be taken; the request's id.
    pub(crate) async fn create(&self, body: Value) -> i64 {
        let got = self.post("v3/help-requests", body).await;
        assert_eq!(got.status, 201, "{}", got.body);
        got.body["Id"].as_i64().expect("an id")
    }

    /// Reads a request that must be there.
    pub(crate) async fn read(&self, id: i64) -> Value {
        let got = self.get(&format!("v3/help-requests/{id}")).await;
        assert_eq!(got.status, 200);
        got.body
    }

    pub(crate) fn state(&self) -> State {
        self.simulator.state()
    }

    pub(crate) fn faults(&self, faults: Value) {
        let faults: Faults = serde_json::from_value(faults).expect("faults as documented");
        self.simulator.set_faults(faults);
    }
}

impl Got {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
        Self { status, body }
    }

    pub(crate) fn new(status: StatusCode, body: Value) -> Self {
        Self { status: status.as_u16(), body }
    }

    /// 400 (a): problem details, an object.
    pub(crate) fn is_problem_details(&self) -> bool {
        self.status == 400 && self.body["status"] == 400 && self.body["errors"].is_object()
    }

    /// 400 (b): a text that begins so.
    pub(crate) fn is_text(&self, beginning: &str) -> bool {
        self.status == 400 && self.body.as_str().is_some_and(|text| text.starts_with(beginning))
    }
}

/// Somebody whom the API can find again.
pub(crate) fn ann() -> Value {
    json!({"FirstName": "Ann", "LastName": "Able", "DobDay": "1", "DobMonth": "2", "DobYear": "1980", "HelpNeeded": "Shielding"})
}

/// `base`, with the fields of `more`.
pub(crate) fn with(base: &Value, more: Value) -> Value {
    let mut all = base.clone();
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        all.extend(more);
    }
    all
}

/// Waits for what must come true; far beyond any delay of a busy machine it is not coming.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let given_up = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < given_up, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
