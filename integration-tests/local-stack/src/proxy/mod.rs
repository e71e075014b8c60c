//! Doors between the functions and everything that they talk to, where calls go wrong as ordered.
//!
//! Each function has a door of its own to each service, so that a door knows who calls. What passes is passed on as it
//! is, answers as a stream; of calls to AWS a journal is kept, and DynamoDB is asked what each one uses up. The local AWS's
//! own pollers do not come through here, as AWS's do not.

mod actions;
mod answer;
mod aws;
mod call;
mod fate;
mod journal;

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::{Context, Result};
use bytes::Bytes;
use futures::TryStreamExt as _;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONNECTION, HOST, HeaderMap, LOCATION, TRANSFER_ENCODING};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub use call::{Call, Service};
pub use fate::{Fate, Refusal};
pub use journal::{Deed, Journal, Units};

use crate::processes;
use answer::{Body, Closed, whole};

/// The services of AWS that the functions have clients of, as the SDK's settings call them.
pub const SERVICES: [&str; 5] = ["DYNAMODB", "LAMBDA", "SNS", "SQS", "SSM"];

/// Decides what becomes of a call.
#[derive(Clone)]
pub struct Decide(Arc<dyn Fn(&Call) -> Fate + Send + Sync>);

impl Decide {
    /// By a function.
    pub fn by(decide: impl Fn(&Call) -> Fate + Send + Sync + 'static) -> Self {
        Self(Arc::new(decide))
    }
}

impl fmt::Debug for Decide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decide")
    }
}

/// Opens doors; they close when this is dropped.
pub(crate) struct Doors {
    decide: Decide,
    journal: Journal,
    /// The local AWS's URL, by which the functions' processes are known.
    aws: String,
    client: reqwest::Client,
    open: JoinSet<()>,
}

/// One door.
#[derive(Clone)]
struct Door {
    function: &'static str,
    service: Service,
    /// Where it leads: scheme, host and port.
    upstream: String,
    /// Where it is.
    url: String,
    port: u16,
    decide: Decide,
    journal: Journal,
    aws: String,
    client: reqwest::Client,
}

impl Doors {
    pub(crate) fn new(decide: Decide, journal: Journal, aws: &str) -> Result<Self> {
        // Upstream's redirections are the callers' to follow: 308 tells how far an upload came.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        Ok(Self {
            decide,
            journal,
            aws: aws.to_owned(),
            client: client.context("no client for the doors")?,
            open: JoinSet::new(),
        })
    }

    /// Opens a function's doors, and gives its settings with the doors in place of the services.
    pub(crate) async fn before(
        &mut self,
        function: &'static str,
        settings: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>> {
        let mut settings = settings.clone();
        let aws = self.open(function, Service::Aws, &self.aws.clone()).await?;
        // The local AWS overrides AWS_ENDPOINT_URL; the SDK prefers a service's own.
        for service in SERVICES {
            settings.insert(format!("AWS_ENDPOINT_URL_{service}"), aws.clone());
        }
        for (setting, service) in [("GOOGLE_API_URL", Service::Google), ("HERE_TO_HELP_BASE_URL", Service::HereToHelp)]
        {
            if let Some(url) = settings.get(setting).cloned() {
                settings.insert(setting.to_owned(), self.open(function, service, &url).await?);
            }
        }
        Ok(settings)
    }

    /// Opens a door to a service, and gives the URL that stands for the service's.
    async fn open(&mut self, function: &'static str, service: Service, url: &str) -> Result<String> {
        let parsed = reqwest::Url::parse(url).with_context(|| format!("{url} is no URL"))?;
        let upstream = parsed.origin().ascii_serialization();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port for a door")?;
        let port = listener.local_addr()?.port();
        let own = format!("http://127.0.0.1:{port}");
        let door = Door {
            function,
            service,
            upstream: upstream.clone(),
            url: own.clone(),
            port,
            decide: self.decide.clone(),
            journal: self.journal.clone(),
            aws: self.aws.clone(),
            client: self.client.clone(),
        };
        self.open.spawn(async move {
            loop {
                if let Ok((stream, caller)) = listener.accept().await {
                    tokio::spawn(door.clone().serve(stream, caller.port()));
                }
            }
        });
        Ok(url.replacen(&upstream, &own, 1))
    }
}

impl Door {
    async fn serve(self, stream: TcpStream, caller: u16) {
        // Without it small answers may wait for the caller's acknowledgement; slower, but not wrong.
        stream.set_nodelay(true).unwrap_or_default();
        let service = hyper::service::service_fn(|request| self.answer(request, caller));
        // An error here is a connection that a fault or the caller closed: that is what doors are for.
        let _closed = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }

    async fn answer(&self, request: Request<Incoming>, caller: u16) -> Result<Response<Body>, Closed> {
        let (parts, body) = request.into_parts();
        let call = Call::new(self.function, self.service, &parts);
        let fate = (self.decide.0)(&call);
        if fate == Fate::KilledBefore {
            self.kill(caller).await;
            return Err(Closed);
        }
        let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
        let passed = Passed { method: parts.method, path: parts.uri.to_string(), headers: parts.headers };
        if self.service == Service::Aws {
            self.journal.note(self.function, actions::of(&passed.method, &passed.path, &passed.headers, &body));
        }
        let is_charged = aws::is_charged(&passed.headers);
        // Whatever becomes of the answer: a transaction that is sent again must be the same to the letter.
        let body = if is_charged { aws::asks_for_units(&body) } else { body };
        match fate {
            Fate::Pass if is_charged => {
                let answer = self.pass(&passed, body).await?;
                self.charge(&call, answer).await
            }
            Fate::Pass => self.pass(&passed, body).await,
            Fate::KilledBefore => Err(Closed),
            Fate::KilledAfter => {
                let _answer = self.pass(&passed, body).await;
                self.kill(caller).await;
                Err(Closed)
            }
            Fate::AnswerLost => {
                let _answer = self.pass(&passed, body).await;
                Err(Closed)
            }
            Fate::Refused(refusal) => Ok(aws::refusal(refusal, &call, &body)),
            Fate::InPart => {
                let (sent, left) = aws::split(&call, &body);
                let answer = self.pass(&passed, sent).await?;
                aws::with_left(answer, &call, left).await
            }
            Fate::Twice => {
                let _first = self.pass(&passed, body.clone()).await;
                self.pass(&passed, body).await
            }
            Fate::Shuffled => self.pass(&passed, aws::shuffled(&body)).await,
        }
    }

    async fn pass(&self, call: &Passed, body: Bytes) -> Result<Response<Body>, Closed> {
        let mut headers = call.headers.clone();
        // The client writes its own: shuffling and splitting change the length.
        for name in [HOST, CONNECTION, TRANSFER_ENCODING, hyper::header::CONTENT_LENGTH] {
            headers.remove(name);
        }
        let url = format!("{}{}", self.upstream, call.path);
        let request = self.client.request(call.method.clone(), url).headers(headers).body(body);
        let answer = request.send().await.map_err(|_| Closed)?;
        let mut passed = Response::new(());
        *passed.status_mut() = answer.status();
        *passed.headers_mut() = self.as_own(answer.headers());
        let stream = StreamBody::new(answer.bytes_stream().map_ok(Frame::data));
        Ok(passed.map(|()| stream.boxed_unsync()))
    }

    /// Notes what a call used up.
    async fn charge(&self, call: &Call, answer: Response<Body>) -> Result<Response<Body>, Closed> {
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
        self.journal.charge(self.function, &call.operation, &body);
        Ok(Response::from_parts(parts, whole(body)))
    }

    /// Upstream's headers; an address that it gives leads through this door.
    fn as_own(&self, headers: &HeaderMap) -> HeaderMap {
        let mut headers = headers.clone();
        for name in [CONNECTION, TRANSFER_ENCODING] {
            headers.remove(name);
        }
        let location = headers.get(LOCATION).and_then(|location| location.to_str().ok());
        let location = location.map(|location| location.replacen(&self.upstream, &self.url, 1));
        if let Some(location) = location.and_then(|location| location.parse().ok()) {
            headers.insert(LOCATION, location);
        }
        headers
    }

    /// Kills the process that made the call on this connection, and returns once it is dead.
    async fn kill(&self, caller: u16) {
        let (aws, port) = (self.aws.clone(), self.port);
        let killed = tokio::task::spawn_blocking(move || {
            processes::holder(&processes::of(&aws), caller, port).is_some_and(processes::kill)
        });
        let _was_there = killed.await;
    }
}

/// A call as it is passed on.
struct Passed {
    method: hyper::Method,
    /// With its query.
    path: String,
    headers: HeaderMap,
}
