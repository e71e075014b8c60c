//! The gate of every call: counted, delayed, signed in, allowed, and free of parameters that are not simulated.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt as _, stream};
use testkit::connection::Cut;

use super::calls::{Call, Refused};
use super::error::ApiError;
use super::faults::Fault;
use super::fields::Mask;
use super::lock::lock;
use super::scopes::Need;
use super::shared::Google;
use super::token;
use super::view::View;

/// Parameters that any call may carry.
const COMMON: [&str; 3] = ["alt", "fields", "uploadType"];

/// A request without its body.
pub(super) struct Incoming {
    pub(super) headers: HeaderMap,
    pub(super) cut: Cut,
    parameters: Option<Vec<(String, String)>>,
}

impl FromRequestParts<Arc<Google>> for Incoming {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, google: &Arc<Google>) -> Result<Self, Response> {
        let Extension(ConnectInfo(cut)) = Extension::<ConnectInfo<Cut>>::from_request_parts(parts, google)
            .await
            .map_err(IntoResponse::into_response)?;
        let parameters = Query::try_from_uri(&parts.uri).ok().map(|Query(pairs)| pairs);
        Ok(Self { headers: parts.headers.clone(), cut, parameters })
    }
}

impl Incoming {
    /// A parameter that may stand once.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters(name).next()
    }

    pub(super) fn parameters(&self, name: &str) -> impl Iterator<Item = &str> {
        self.parameters.iter().flatten().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn flag(&self, name: &'static str) -> Result<bool, ApiError> {
        match self.parameter(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(ApiError::invalid(name, format!("{other} is neither true nor false"))),
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The fields that the answer is to hold; what Google gives by itself if none were asked for.
    pub(super) fn fields(&self, known: &Mask, default: &str) -> Result<Mask, ApiError> {
        let asked = self.parameter("fields").unwrap_or(default);
        let mask = Mask::parse(asked).map_err(|why| ApiError::invalid("fields", why))?;
        match mask.unknown_field(known) {
            Some(unknown) => Err(ApiError::invalid("fields", format!("invalid field selection {unknown}"))),
            None => Ok(mask),
        }
    }

    fn check_parameters(&self, call: Call) -> Result<(), ApiError> {
        let Some(parameters) = &self.parameters else {
            return Err(ApiError::bad_request("the query string cannot be read"));
        };
        let mut seen = BTreeSet::new();
        for (name, _) in parameters {
            if !COMMON.contains(&name.as_str()) && !call.parameters().contains(&name.as_str()) {
                return Err(ApiError::bad_request(format!(
                    "Invalid query parameter: {name} (unknown, or not simulated)"
                )));
            }
            if !seen.insert(name) && name != "ranges" {
                return Err(ApiError::bad_request(format!("Invalid query parameter: {name} stands twice")));
            }
        }
        Ok(())
    }

    fn bearer(&self) -> Option<&str> {
        self.header(header::AUTHORIZATION.as_str())?.strip_prefix("Bearer ")
    }
}

impl Google {
    /// Does a call, and answers in the form of its interface.
    pub(super) async fn call<Fut>(&self, call: Call, incoming: &Incoming, work: impl FnOnce(View) -> Fut) -> Response
    where
        Fut: Future<Output = Result<Response, ApiError>>,
    {
        let result = match self.admit(call, incoming).await {
            Ok(view) => work(view).await,
            Err(error) => Err(error),
        };
        if lock(&self.faults).strikes(Fault::AnswerLost, call) {
            incoming.cut.cut();
        }
        result.unwrap_or_else(|error| {
            lock(&self.calls).note_refusal(Refused { call, status: error.status().as_u16(), why: error.summary() });
            error.into_response(call.api())
        })
    }

    async fn admit(&self, call: Call, incoming: &Incoming) -> Result<View, ApiError> {
        lock(&self.calls).note(call);
        let latency = lock(&self.faults).latency();
        if latency > 0 {
            tokio::time::sleep(Duration::from_millis(latency)).await;
        }
        let sees_shared = self.sign_in(call, incoming)?;
        incoming.check_parameters(call)?;
        let mut faults = lock(&self.faults);
        if let Some(error) = faults.refusal(call) {
            return Err(error);
        }
        let all_drives = call.needs() == Need::SheetsRead || incoming.flag("supportsAllDrives")?;
        Ok(View { not_shared: faults.settings.not_shared.clone(), sees_shared, all_drives })
    }

    /// Checks the bearer; answers whether it sees what was shared.
    fn sign_in(&self, call: Call, incoming: &Incoming) -> Result<bool, ApiError> {
        // The address of an upload that was started is a secret of its own: Google asks for no token there.
        let bearer = match incoming.bearer() {
            None if call == Call::UploadChunk => return Ok(true),
            bearer => bearer.ok_or_else(ApiError::unauthenticated)?,
        };
        if lock(&self.faults).strikes(Fault::ExpiredToken, call) {
            self.tokens.expire(bearer);
            return Err(ApiError::unauthenticated());
        }
        let given = self.tokens.given_to(bearer, token::now()).ok_or_else(ApiError::unauthenticated)?;
        if !given.scopes.allow(call.needs()) {
            return Err(ApiError::insufficient_scopes());
        }
        Ok(given.is_user || !lock(&self.faults).settings.no_external_sharing)
    }
}

/// Cuts every connection while Google is to be unreachable.
pub(super) async fn reachable(
    State(google): State<Arc<Google>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response {
    if lock(&google.faults).settings.unreachable {
        cut.cut();
        return Response::default();
    }
    next.run(request).await
}

/// Reads what is left of a request's body, whatever became of the call: the server would close a connection with unread bytes
/// on it, under a client that goes on using it, which Google does not do when it refuses a call.
pub(super) async fn read_to_the_end(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let chunks = Arc::new(tokio::sync::Mutex::new(body.into_data_stream()));
    let seen = stream::unfold(Arc::clone(&chunks), async |chunks| {
        let chunk = chunks.lock().await.next().await?;
        Some((chunk, chunks))
    });
    let response = next.run(Request::from_parts(parts, Body::from_stream(seen))).await;
    while let Some(Ok(_)) = chunks.lock().await.next().await {}
    response
}
