//! The client of a process, and what bounds one invocation of it.

use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::time::Instant;

use crate::exchange::{Told, exchange};
use crate::pace::IDLE;
use crate::retry::{Budget, Limits, retry};
use crate::took::{Answers, Took};
use crate::work::Gauge;
use crate::{Error, Kind, Operation, Pace, RowSeen, Work};

const USER_AGENT: &str = concat!("here-to-help-ingestion/", env!("CARGO_PKG_VERSION"));
const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// How long the connection may take, as a part of a call's time.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a probe may take: the API answers it in milliseconds, after a cold start in seconds.
const PROBE: Duration = Duration::from_secs(10);
/// How often a probe is repeated: one lost answer must not pause everybody, and an API that is down is not to be
/// called for long.
const PROBE_RETRIES: u32 = 3;

/// Where the API is, and how long it may take.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `HERE_TO_HELP_BASE_URL`; ends in `/api/`.
    pub base_url: String,
    /// Goes into the header `x-api-key`, and nowhere else.
    pub api_key: SecretString,
    /// For one call from its start to the end of its answer.
    pub timeout: Duration,
}

impl Settings {
    /// With a timeout of 30 seconds, for the gateway gives up after 29.
    pub fn new(base_url: impl Into<String>, api_key: SecretString) -> Self {
        Self { base_url: base_url.into(), api_key, timeout: Duration::from_secs(30) }
    }
}

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The base URL is of no use.
    #[error("HERE_TO_HELP_BASE_URL must be an http or https URL that ends in `/api/`, without a query")]
    BaseUrl,
    /// The API key cannot be sent.
    #[error("the API key holds a character that a header cannot carry, a line break for one; store the key again")]
    ApiKey,
    /// The HTTP client, its TLS most likely.
    #[error("the HTTP client could not be set up")]
    Http(#[source] reqwest::Error),
}

/// The client of a process: its connections, its key and its pace. Clones share them.
#[derive(Clone)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    base: Url,
    key: Arc<RwLock<HeaderValue>>,
    timeout: Duration,
    pace: Arc<Pace>,
    answers: Arc<Answers>,
    gauge: Arc<Gauge>,
}

impl Client {
    /// Checks the settings; nothing is sent yet.
    ///
    /// # Errors
    /// A setting that cannot be right, or no TLS.
    pub fn new(settings: &Settings, pace: Pace) -> Result<Self, SetupError> {
        let base = base_url(&settings.base_url).ok_or(SetupError::BaseUrl)?;
        let key = Arc::new(RwLock::new(header(&settings.api_key)?));
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]))
            .timeout(settings.timeout)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(SetupError::Http)?;
        let pace = Arc::new(pace);
        Ok(Self { http, base, key, timeout: settings.timeout, pace, answers: Arc::default(), gauge: Arc::default() })
    }

    /// Takes another key from now on, for whoever stored a new one need not wait until every process is gone. False if
    /// it is the one that is in use.
    ///
    /// # Errors
    /// [`SetupError::ApiKey`].
    pub fn renew_key(&self, key: &SecretString) -> Result<bool, SetupError> {
        let key = header(key)?;
        let mut in_use = self.key.write().unwrap_or_else(PoisonError::into_inner);
        let is_another = *in_use != key;
        *in_use = key;
        Ok(is_another)
    }

    /// How long the API took of late, each time for what is new: none where no POST was answered since the last time, or that is
    /// less than a minute ago.
    pub fn took(&self) -> Option<Took> {
        self.answers.tell()
    }

    /// What was seen of the calls that have ended, each time for what is new.
    pub fn row_seen(&self) -> RowSeen {
        self.gauge.take()
    }

    /// This process makes so many calls a second at most from now on; where another process may have made them until now, the
    /// first one comes an interval later.
    pub fn keep_to(&self, calls_per_second: NonZeroU32, was_anothers: bool) {
        self.pace.keep_to(calls_per_second);
        if was_anothers {
            self.pace.begin();
        }
    }

    /// The limits of one invocation of a Lambda: no call starts that could not end before the deadline, and all
    /// rows together have one budget of retries.
    ///
    /// A call takes up to [`Settings::timeout`]; leave time after the deadline for what must follow.
    pub fn invocation(&self, deadline: Instant) -> Invocation {
        Invocation { client: self.clone(), deadline, budget: Budget::new() }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        url
    }
}

fn header(key: &SecretString) -> Result<HeaderValue, SetupError> {
    let mut key = HeaderValue::from_str(key.expose_secret()).map_err(|_| SetupError::ApiKey)?;
    key.set_sensitive(true);
    Ok(key)
}

fn base_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.query().is_none() && url.fragment().is_none();
    (matches!(url.scheme(), "http" | "https") && url.path().ends_with("/api/") && plain).then_some(url)
}

wire::debug_only!(Client { base });

/// One invocation's time and retries.
#[derive(Debug)]
pub struct Invocation {
    pub(crate) client: Client,
    deadline: Instant,
    budget: Budget,
}

impl Invocation {
    /// Asks whether the API works at all: a read that goes through gateway, key, function and database, and concerns
    /// nobody. It has a shorter timeout and a few retries of its own, so that it can be asked at the end of an
    /// invocation that has used up its own.
    ///
    /// # Errors
    /// Why it does not. [`Kind::Forbidden`] and [`Kind::Elsewhere`] last until somebody mends them.
    pub async fn probe(&self) -> Result<(), Error> {
        let client = Client { timeout: PROBE, ..self.client.clone() };
        let own = Self { client, deadline: self.deadline, budget: Budget::of(PROBE_RETRIES) };
        let url = own.client.url("v4/residents/0/help-requests");
        let probe = || own.client.http.get(url.clone()).timeout(PROBE);
        let _: Vec<IgnoredAny> = own.call(Operation::Probe, probe).await?;
        Ok(())
    }

    /// Makes a call: waits for its turn, sends, reads the answer, and again where that is safe.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        operation: Operation,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, Error> {
        self.call_for(Work::from(operation), operation, request).await
    }

    /// The same, where the call's kind of work is known better than by the operation.
    pub(crate) async fn call_for<T: DeserializeOwned>(
        &self,
        work: Work,
        operation: Operation,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, Error> {
        let Client { pace, answers, gauge, timeout, .. } = &self.client;
        let Some(latest_start) = self.deadline.checked_sub(*timeout) else {
            return Err(Error::new(operation, Kind::NoTime));
        };
        retry(operation, Limits { latest_start, budget: &self.budget }, || async {
            let asked = Instant::now();
            pace.turn(latest_start)
                .await
                .map_err(|wait| Error::new(operation, Kind::NoTime).with_retry_after(Some(wait)))?;
            gauge.paced(asked.elapsed());
            let key = self.client.key.read().unwrap_or_else(PoisonError::into_inner).clone();
            let told = Told { pace, answers, gauge, work };
            exchange(operation, request().header(X_API_KEY, key), &told).await
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_url_ends_in_api() {
        for good in ["https://abc.execute-api.eu-west-2.amazonaws.com/staging/api/", "http://127.0.0.1:8080/api/"] {
            assert!(base_url(good).is_some(), "{good}");
        }
        let bad = [
            "",
            "/api/",
            "abc/api/",
            "https://abc.example/api",
            "https://abc.example/api/v3/",
            "ftp://abc.example/api/",
            "https://abc.example/api/?a=b",
            "https://abc.example/api/#a",
        ];
        for bad in bad {
            assert!(base_url(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn settings_that_cannot_be_right_say_so() {
        let build = |url: &str, key: &str| {
            let number = NonZeroU32::MIN;
            Client::new(&Settings::new(url, key.into()), Pace::share(number, number))
        };
        let url = "https://abc.example/api/";
        assert!(matches!(build("https://abc.example/", "key"), Err(SetupError::BaseUrl)));
        let error = build(url, "se\ncret").expect_err("a line break");
        assert!(matches!(error, SetupError::ApiKey));
        assert!(!format!("{error} {error:?}").contains("cret"));
        let client = build(url, "secret").expect("good settings");
        assert!(!format!("{client:?} {:?}", Settings::new(url, "secret".into())).contains("secret"));
    }
}
