//! Signing in: `POST /token`, and the bearer of every other call.
//!
//! A bearer is an access token that was given for an assertion (OAuth 2, JWT bearer grant). A JWT that the client signed
//! itself (AIP-4111; what the credentials of `google-cloud-auth` send) is refused: Google Cloud's services take it, but Drive
//! was seen to refuse it, so that a client which relies on it must not look right here.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::key::ServiceAccount;
use super::lock::lock;
use super::scopes::Scopes;
use super::store::random_name;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const GOOGLES_AUDIENCE: &str = "https://oauth2.googleapis.com/token";
/// How long an access token lives, in seconds.
const LIFETIME: i64 = 3_600;

/// The account and the tokens that were given out.
pub(super) struct Tokens {
    pub(super) account: ServiceAccount,
    given: Mutex<HashMap<String, Given>>,
}

/// The rights that a token gives.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) scopes: Scopes,
    /// The bearer acts as a user of the Workspace.
    pub(super) is_user: bool,
    expires: i64,
}

/// OAuth's own form of an error.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OAuthError {
    error: &'static str,
    description: String,
}

impl Tokens {
    pub(super) fn new(account: ServiceAccount) -> Self {
        Self { account, given: Mutex::default() }
    }

    /// Exchanges an assertion for an access token.
    ///
    /// # Errors
    /// `invalid_grant` for a signature, issuer, audience or time that is wrong, `invalid_scope`, `unsupported_grant_type`,
    /// `unauthorized_client` for a user that is not one of the delegated ones.
    pub(super) fn exchange(
        &self,
        form: &[(String, String)],
        url: &str,
        now: i64,
        delegated: &BTreeSet<String>,
    ) -> Result<Response, OAuthError> {
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let grant = field("grant_type").unwrap_or_default();
        if grant != GRANT {
            return Err(OAuthError::new("unsupported_grant_type", format!("Invalid grant_type: {grant}")));
        }
        let invalid = |why: &str| OAuthError::new("invalid_grant", why);
        let assertion = field("assertion").ok_or_else(|| invalid("Missing parameter: assertion"))?;
        let claims = self.account.verify(assertion).map_err(invalid)?;
        if !claims.is_of_the_account() {
            return Err(invalid("Invalid grant: account not found"));
        }
        let user = claims.user();
        if user.is_some_and(|user| !delegated.contains(user)) {
            return Err(OAuthError::new(
                "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of \
                 the scopes requested.",
            ));
        }
        let own = format!("{url}/token");
        if !claims.aud.as_deref().is_some_and(|aud| aud == GOOGLES_AUDIENCE || aud == own) {
            return Err(invalid("Invalid JWT: Failed audience check. The right audience is the token endpoint"));
        }
        if !claims.in_time(now) {
            return Err(invalid(
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check \
                 your iat and exp values in the JWT claim.",
            ));
        }
        let scopes =
            claims.scope.as_deref().and_then(Scopes::parse).ok_or_else(|| {
                OAuthError::new("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
            })?;
        let token = format!("ya29.{}", random_name(120));
        let expires = now + LIFETIME;
        lock(&self.given).insert(token.clone(), Given { scopes, is_user: user.is_some(), expires });
        let body = json!({"access_token": token, "expires_in": LIFETIME - 1, "token_type": "Bearer"});
        Ok(axum::Json(body).into_response())
    }

    /// The rights of the bearer; `None` if it is unknown or expired.
    pub(super) fn given_to(&self, bearer: &str, now: i64) -> Option<Given> {
        lock(&self.given).get(bearer).filter(|given| given.expires > now).cloned()
    }

    /// Ends an access token before its time.
    pub(super) fn expire(&self, bearer: &str) {
        lock(&self.given).remove(bearer);
    }
}

impl OAuthError {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into() }
    }

    pub(super) fn summary(&self) -> String {
        format!("{}: {}", self.error, self.description)
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({"error": self.error, "error_description": self.description});
        (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
    }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
