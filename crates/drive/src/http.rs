//! One way for all requests to go out: signed, with a timeout, repeated as their caller says.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Request, Response, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout};

use crate::error::{Error, Subject};
use crate::failure::{failure, json};
use crate::pace::Pace;
use crate::retry::Attempts;
use crate::sign_in::SignIn;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// For a new token, with all the questions that it takes.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(30);

/// For an answer of JSON, from the first byte sent to the last one read.
const JSON_TIMEOUT: Duration = Duration::from_secs(90);

/// The bytes that are taken into memory of an answer that is not a sheet's rows: a page of 1,000 files is about 600 KB.
const JSON_LIMIT: usize = 16 * 1024 * 1024;

/// Google Drive and Sheets, as one service account sees them. A clone shares connections, token and pace. It has no `Debug`,
/// so that a key or a token is never printed.
#[derive(Clone)]
pub struct Drive {
    pub(crate) shared: Arc<Shared>,
    pub(crate) deadline: Option<Instant>,
}

/// The parts that all clones share.
pub(crate) struct Shared {
    pub(crate) client: Client,
    pub(crate) sign_in: SignIn,
    pub(crate) drive: Url,
    pub(crate) upload: Url,
    pub(crate) sheets: Url,
    pub(crate) pace: Pace,
    pub(crate) first_wait: Duration,
}

/// A request that can be sent again.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) subject: Subject,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    /// For the whole exchange; none where the body of the answer may take long, and has a timeout of its own.
    pub(crate) timeout: Option<Duration>,
}

impl Call {
    pub(crate) fn new(method: Method, url: Url, subject: Subject) -> Self {
        let (headers, timeout) = (HeaderMap::new(), Some(JSON_TIMEOUT));
        Self { method, url, subject, headers, body: None, timeout }
    }

    pub(crate) fn json(mut self, body: &serde_json::Value) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { body: Some(body.to_string().into()), ..self }
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Result<Self, Error> {
        let value = HeaderValue::try_from(value).map_err(|_| Error::Unreadable(self.subject.clone()))?;
        self.headers.insert(name, value);
        Ok(self)
    }
}

/// `base` with the path that `segments` make (each escaped) and a query.
pub(crate) fn address(base: &Url, segments: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// The client that every request goes through: one TLS stack (rustls with aws-lc, which both `reqwest` and
/// `google-cloud-auth` bring along, so that no process-wide provider has to be installed).
pub(crate) fn client() -> Result<Client, Error> {
    // 308 is how Google says "go on with the upload"; it leads nowhere.
    let redirects = redirect::Policy::custom(|attempt| {
        if attempt.status() == StatusCode::PERMANENT_REDIRECT || attempt.previous().len() > 5 {
            attempt.stop()
        } else {
            attempt.follow()
        }
    });
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(redirects)
        .user_agent(concat!("here-to-help-ingestion/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(Error::Client)
}

impl Drive {
    /// Who is signed in, for messages.
    pub(crate) fn account_name(&self) -> &str {
        self.account().unwrap_or("the service account")
    }

    /// A call about files or folders, those of shared drives too, that is answered with these of their fields.
    pub(crate) fn on_drive(&self, method: Method, path: &[&str], fields: &str, subject: Subject) -> Call {
        let query = [("supportsAllDrives", "true"), ("fields", fields)];
        Call::new(method, address(&self.shared.drive, path, &query), subject)
    }

    /// Attempts at what may be repeated after such errors. A whole that consists of requests names an error of its own:
    /// each request is repeated by itself.
    pub(crate) fn attempts(&self, repeats: fn(&Error) -> bool) -> Attempts {
        Attempts::new(repeats, self.shared.first_wait, self.deadline)
    }

    /// Attempts it until it goes well.
    pub(crate) async fn retry<T, F: Future<Output = Result<T, Error>>>(
        &self,
        repeats: fn(&Error) -> bool,
        attempt: impl Fn() -> F,
    ) -> Result<T, Error> {
        let mut attempts = self.attempts(repeats);
        loop {
            match attempt().await {
                Err(error) => attempts.after(error).await?,
                done => return done,
            }
        }
    }

    /// Sends the call, repeats it after failures that may pass, and reads the answer as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        self.retry(Error::is_transient, || self.json_once(call)).await
    }

    /// Sends the call once and reads the answer as JSON.
    pub(crate) async fn json_once<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        Ok(json(self.once(call).await?, &call.subject, JSON_LIMIT).await?.0)
    }

    /// Sends the call once; an answer that is not a success becomes an error.
    pub(crate) async fn once(&self, call: &Call) -> Result<Response, Error> {
        let response = self.exchange(call).await?;
        match response.status().is_success() {
            true => Ok(response),
            false => Err(failure(response, &call.subject, self.account_name()).await),
        }
    }

    /// Sends the call once; whatever Google answers comes back. A token that Google no longer takes is replaced.
    pub(crate) async fn exchange(&self, call: &Call) -> Result<Response, Error> {
        let token = self.token().await?;
        let response = self.send(call, &token).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        self.shared.sign_in.forget(&token).await;
        self.send(call, &self.token().await?).await
    }

    async fn token(&self) -> Result<HeaderValue, Error> {
        let token = self.shared.sign_in.token(&self.shared.client);
        let in_time = timeout(self.in_time(SIGN_IN_TIMEOUT), token).await;
        in_time.map_err(|_| Error::TimedOut(Subject::SignIn))?
    }

    async fn send(&self, call: &Call, token: &HeaderValue) -> Result<Response, Error> {
        let mut request = Request::new(call.method.clone(), call.url.clone());
        *request.headers_mut() = call.headers.clone();
        request.headers_mut().insert(AUTHORIZATION, token.clone());
        *request.body_mut() = call.body.clone().map(Into::into);
        *request.timeout_mut() = call.timeout.map(|timeout| self.in_time(timeout));
        self.shared.client.execute(request).await.map_err(|error| Error::connection(&call.subject, error))
    }

    /// `timeout`, cut off at the deadline.
    pub(crate) fn in_time(&self, timeout: Duration) -> Duration {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        left.map_or(timeout, |left| timeout.min(left))
    }
}
