//! Asks the simulator what the API was asked.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::Utc;
use futures::stream;
use reqwest::{Body, Client, Method, header};
use simulators::here_to_help::{Letters, Options, OverwrittenNote, Simulator, Ways};

use crate::{
    answer::Got,
    compare::Look,
    ids::Ids,
    step::{Recorded, Request, Step},
};

/// The outcome of a step.
pub(crate) enum Outcome {
    Same,
    Differs(String),
}

/// Replays a file on a fresh database. The placeholders of each scenario are its own.
pub(crate) async fn replay<'a>(file: &str, steps: &'a [Step]) -> Vec<(&'a Step, Outcome)> {
    let look = Look { sparse: file.starts_with("sequence"), since: Utc::now() };
    let letters = if file.contains("c-locale") { Letters::AsciiStored } else { Letters::All };
    let ways = Ways { letters, overwritten_note: OverwrittenNote::First };
    let options = Options { ways, ..Options::default() };
    let key = options.api_key.clone();
    let simulator = Simulator::start(options).await.expect("it starts");
    let caller = Caller { http: Client::new(), base: simulator.base_url(), key };
    let mut ids = Ids::default();
    let mut outcomes: Vec<(&Step, Outcome)> = Vec::new();
    for step in steps {
        if outcomes.last().is_some_and(|(last, _)| last.scenario != step.scenario) {
            ids = Ids::default();
        }
        outcomes.push((step, caller.step(step, &look, &mut ids).await));
    }
    outcomes
}

struct Caller {
    http: Client,
    base: String,
    key: String,
}

impl Caller {
    /// The first difference is reported; the rest is asked all the same, since what comes later builds on it.
    async fn step(&self, step: &Step, look: &Look, ids: &mut Ids) -> Outcome {
        let mut outcome = Outcome::Same;
        for exchange in &step.exchanges {
            let recorded = match &exchange.answer {
                Recorded::Answer(recorded) => recorded,
                Recorded::NotAsked(why) => {
                    assert!(why.starts_with("not asked: "), "{step}: {why}");
                    continue;
                }
            };
            let request = &exchange.request;
            let got = self.ask(request, ids).await;
            if let Err(how) = look.compare(exchange, recorded, got, ids)
                && matches!(outcome, Outcome::Same)
            {
                let query = request.query.as_deref().unwrap_or_default();
                outcome = Outcome::Differs(format!("{} {}?{query}: {how}", request.method, request.path));
            }
        }
        outcome
    }

    async fn ask(&self, request: &Request, ids: &Ids) -> Got {
        let query = request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let url = format!("{}{}{query}", self.base, ids.fill(&request.path));
        let method = Method::from_bytes(request.method.as_bytes()).expect("a method");
        let mut sent = self.http.request(method, url);
        let usual = [("x-api-key", self.key.as_str()), (header::CONTENT_TYPE.as_str(), "application/json")];
        for (name, value) in usual {
            if !request.headers.keys().any(|other| other.eq_ignore_ascii_case(name)) {
                sent = sent.header(name, value);
            }
        }
        for (name, value) in &request.headers {
            if let Some(value) = value {
                sent = sent.header(name, value);
            }
        }
        if let Some(body) = request.body() {
            sent = sent.body(body);
        }
        Got::of(sent.send().await.expect("an answer")).await
    }
}

impl Request {
    fn body(&self) -> Option<Body> {
        let bytes = match (&self.body, &self.body_base64) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(encoded)) => BASE64_STANDARD.decode(encoded).expect("base64"),
            (None, None) => return None,
        };
        let stream = |bytes| Body::wrap_stream(stream::iter([Ok::<_, std::io::Error>(bytes)]));
        Some(if self.chunked { stream(bytes) } else { bytes.into() })
    }
}
