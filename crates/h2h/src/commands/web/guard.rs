//! Who may ask the server for anything: only whoever was given its address.
//!
//! The server has the rights of whoever started it. It listens on 127.0.0.1 alone; but everybody on the machine reaches that, and
//! so does every page in the same browser. What lets somebody in is a random token in the address (no cookie: a browser would send it
//! along with another page's request). Beside that: the request must be addressed to this machine by name, so that no name of
//! somebody else's that resolves to 127.0.0.1 makes their page ours (DNS rebinding); a browser must not say that another page asks;
//! and what changes something must come from a page of this server.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Nothing but what this server itself serves, and no page around it.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'",
);

/// The headers of every answer. `same-origin` rather than `no-referrer`, with which a browser says of our own forms that they come from
/// nowhere (`Origin: null`); to no other origin does it give the address, and with it the token, away.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// The door of a server: what those must know who come in.
pub(super) struct Door {
    token: String,
    hosts: [String; 2],
}

/// Why somebody is not let in. The answer says no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// The request is addressed to another host.
    OtherHost,
    /// The address has not the token.
    NoToken,
    /// Another page asks, or something that hides where it comes from asks for a change.
    OtherPage,
    /// Nothing here is asked for in that way.
    OtherMethod,
}

impl Door {
    /// A door with a token of its own, of 256 random bits.
    pub(super) fn new(port: u16) -> Self {
        let mut token = String::with_capacity(64);
        for byte in rand::random::<[u8; 32]>() {
            let _to_memory = write!(token, "{byte:02x}");
        }
        Self { token, hosts: ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}")) }
    }

    /// The path below which everything is.
    pub(super) fn path(&self) -> String {
        format!("/{}", self.token)
    }

    /// The address to give to whoever started the server, and to nobody else.
    pub(super) fn address(&self) -> String {
        format!("http://{}{}/now", self.hosts[0], self.path())
    }

    fn judge(&self, method: &Method, path: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        let header = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
        let host = header(&HOST).filter(|host| self.hosts.iter().any(|ours| ours == host)).ok_or(Refusal::OtherHost)?;
        let token = path.strip_prefix('/').and_then(|path| path.split('/').next()).unwrap_or_default();
        if !bool::from(token.as_bytes().ct_eq(self.token.as_bytes())) {
            return Err(Refusal::NoToken);
        }
        // `none`: typed, or opened from a terminal. Old browsers and programs say nothing.
        if !matches!(header(&FETCH_SITE), None | Some("none" | "same-origin")) {
            return Err(Refusal::OtherPage);
        }
        match *method {
            Method::GET | Method::HEAD => Ok(()),
            Method::POST if header(&ORIGIN) == Some(&format!("http://{host}")) => Ok(()),
            Method::POST => Err(Refusal::OtherPage),
            _ => Err(Refusal::OtherMethod),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::OtherHost => (StatusCode::MISDIRECTED_REQUEST, "not this host\n"),
            Self::NoToken => {
                (StatusCode::NOT_FOUND, "nothing is here: the address that `h2h web` printed is another\n")
            }
            Self::OtherPage => (StatusCode::FORBIDDEN, "not from another page\n"),
            Self::OtherMethod => (StatusCode::METHOD_NOT_ALLOWED, "GET or POST\n"),
        }
        .into_response()
    }
}

/// Lets in whom the door lets in; every answer forbids to keep it and to put it into another page.
pub(super) async fn guard(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let judged = door.judge(request.method(), request.uri().path(), request.headers());
    let mut response = match judged {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    headers.extend(HEADERS);
    // The check of a sheet has a policy of its own.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(POLICY);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "127.0.0.1:8642";

    fn judged(method: Method, path: &str, headers: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
        let door = Door { token: "abc".to_owned(), hosts: Door::new(8642).hosts };
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        door.judge(&method, path, &headers.collect())
    }

    #[test]
    fn only_the_token_opens() {
        let get = |path| judged(Method::GET, path, &[("host", OURS)]);
        assert_eq!(get("/abc/now"), Ok(()));
        for path in ["/", "/now", "/ab/now", "/abcd/now", "//abc/now", "/ABC/now", "/x/abc/now"] {
            assert_eq!(get(path), Err(Refusal::NoToken), "{path}");
        }
        let door = Door::new(1);
        assert_eq!(door.token.len(), 64);
        assert_ne!(door.token, Door::new(1).token);
    }

    #[test]
    fn no_other_name_of_this_machine_is_ours() {
        for (host, is_ours) in [
            (OURS, true),
            ("localhost:8642", true),
            ("localhost", false),
            ("127.0.0.1:80", false),
            ("evil.example:8642", false),
            ("[::1]:8642", false),
        ] {
            assert_eq!(judged(Method::GET, "/abc/now", &[("host", host)]).is_ok(), is_ours, "{host}");
        }
        assert_eq!(judged(Method::GET, "/abc/now", &[]), Err(Refusal::OtherHost));
    }

    #[test]
    fn no_other_page_asks() {
        for (site, refused) in [("none", false), ("same-origin", false), ("same-site", true), ("cross-site", true)] {
            let asked = judged(Method::GET, "/abc/now", &[("host", OURS), ("sec-fetch-site", site)]);
            assert_eq!(asked.is_err(), refused, "{site}");
        }
    }

    #[test]
    fn a_change_comes_from_a_page_of_ours() {
        let post = |headers: &[_]| judged(Method::POST, "/abc/pause", &[&[("host", OURS)], headers].concat());
        assert_eq!(post(&[("origin", "http://127.0.0.1:8642")]), Ok(()));
        assert_eq!(post(&[("origin", "http://127.0.0.1:8642"), ("sec-fetch-site", "same-origin")]), Ok(()));
        for origin in ["http://127.0.0.1:8643", "http://localhost:8642", "https://127.0.0.1:8642", "null"] {
            assert_eq!(post(&[("origin", origin)]), Err(Refusal::OtherPage), "{origin}");
        }
        assert_eq!(post(&[]), Err(Refusal::OtherPage));
        assert_eq!(judged(Method::DELETE, "/abc/pause", &[("host", OURS)]), Err(Refusal::OtherMethod));
    }
}
