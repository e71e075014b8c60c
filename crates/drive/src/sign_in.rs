//! Signing in as a service account: one setting, which holds either kind of JSON that Google gives out.
//!
//! - `service_account`, a key: an RS256 assertion is exchanged for a token at the key's `token_uri`. The signature is
//!   `google-cloud-auth`'s. Its own service-account credentials would send the assertion itself as the token, which
//!   Google Cloud's services take and Drive answers with 401.
//! - `external_account`, workload identity federation: `google-cloud-auth` proves who the Lambda is by its AWS
//!   credentials; there is no key to lose.
//!
//! With a key, the account can act as a user of a Workspace whose administrator allowed it (domain-wide delegation: the
//! assertion's `sub`).

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Utc;
use google_cloud_auth::credentials::{external_account, service_account};
use google_cloud_auth::errors::CredentialsError;
use google_cloud_auth::signer::Signer;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{sync::Mutex, time::Instant};

use crate::error::{Error, Subject};
use crate::failure::{LIMIT, failure, json as read_json};

const DEFAULT_TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// A token is replaced a little before it ends: a request that starts now must still arrive.
const SLACK: Duration = Duration::from_secs(120);

/// Federated tokens last an hour, which their credentials do not tell.
const FEDERATED_LIFETIME: Duration = Duration::from_secs(3600);

/// The permission that the account asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
pub enum Scope {
    /// To list and read: the splitter.
    #[strum(serialize = "https://www.googleapis.com/auth/drive.readonly")]
    ReadOnly,
    /// To write as well: the reporter. Less would hide the folder that it was given.
    #[strum(serialize = "https://www.googleapis.com/auth/drive")]
    ReadWrite,
}

/// Who signs in, how, and the token that is in use.
pub(crate) struct SignIn {
    /// Who acts: the service account's e-mail address, or that of the user it acts as; a federation without one has none.
    pub(crate) account: Option<String>,
    scope: &'static str,
    source: Source,
    current: Mutex<Option<Token>>,
}

enum Source {
    Key(Key),
    Federation(Value),
}

struct Key {
    email: String,
    /// The user that the account acts as.
    subject: Option<String>,
    id: String,
    token_uri: Url,
    signer: Signer,
}

/// An `Authorization` header and when to replace it.
struct Token {
    header: HeaderValue,
    stale_at: Instant,
}

impl SignIn {
    /// Reads the setting. Nothing is asked of Google yet.
    pub(crate) fn new(credentials: &SecretString, subject: Option<String>, scope: Scope) -> Result<Self, Error> {
        let json = serde_json::from_str(credentials.expose_secret());
        let json: Value = json.map_err(|_| unusable("they are not JSON"))?;
        let (account, source) = match json["type"].as_str() {
            Some("service_account") => {
                let key = Key::read(json, subject)?;
                (Some(key.subject.as_ref().unwrap_or(&key.email).clone()), Source::Key(key))
            }
            Some("external_account") if subject.is_some() => {
                return Err(unusable(
                    "a workload identity cannot act as a user: leave GOOGLE_SUBJECT unset, or use a service-account key",
                ));
            }
            // A function has no metadata service to ask: the library would wait for it in vain.
            Some("external_account") if !json["credential_source"]["imdsv2_session_token_url"].is_null() => {
                return Err(unusable(
                    "the workload-identity configuration is for a machine with IMDSv2, which a function is not: take \
                     `imdsv2_session_token_url` out of it, or make it anew without `--enable-imdsv2`",
                ));
            }
            Some("external_account") => (impersonated(&json), Source::Federation(json)),
            _ => return Err(unusable("their `type` is neither `service_account` nor `external_account`")),
        };
        Ok(Self { account, scope: scope.into(), source, current: Mutex::default() })
    }

    pub(crate) fn is_keyless(&self) -> bool {
        matches!(self.source, Source::Federation(_))
    }

    /// The header to send: the one in use, or a new one. How long that may take is the caller's to say.
    pub(crate) async fn token(&self, client: &Client) -> Result<HeaderValue, Error> {
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| Instant::now() < token.stale_at) {
            return Ok(token.header.clone());
        }
        let token = match &self.source {
            Source::Key(key) => key.exchange(client, self.scope).await?,
            Source::Federation(config) => self.federate(config).await?,
        };
        Ok(current.insert(token).header.clone())
    }

    /// Google no longer takes `header`; if nobody replaced it meanwhile, the next request does.
    pub(crate) async fn forget(&self, header: &HeaderValue) {
        let mut current = self.current.lock().await;
        current.take_if(|token| token.header == header);
    }

    /// The credentials are made anew for each token: theirs would be refreshed in the background, which a frozen
    /// Lambda does not do, and could not be thrown away after a 401.
    async fn federate(&self, config: &Value) -> Result<Token, Error> {
        let credentials = external_account::Builder::new(config.clone())
            .with_scopes([self.scope])
            .build_access_token_credentials()
            .map_err(|_| unusable("a field of the workload-identity configuration is missing or wrong"))?;
        let account = self.account.as_deref().unwrap_or("the service account");
        let refused = |error: CredentialsError| match error.is_transient() {
            true => Error::TimedOut(Subject::SignIn),
            false => Error::SignIn(account.to_owned(), "the federation was refused".to_owned()),
        };
        let token = credentials.access_token().await.map_err(refused)?;
        Token::bearer(&token.token, FEDERATED_LIFETIME)
    }
}

impl Key {
    /// The fields of a key file. Each is looked at before `google-cloud-auth` sees it, for its own message might
    /// repeat what is in the file.
    fn read(json: Value, subject: Option<String>) -> Result<Self, Error> {
        let text = |field: &str| match json[field].as_str() {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(unusable(&format!("the key has no `{field}`"))),
        };
        let email = text("client_email")?;
        let id = text("private_key_id")?;
        for needed in ["private_key", "project_id"] {
            text(needed)?;
        }
        let token_uri = json["token_uri"].as_str().unwrap_or(DEFAULT_TOKEN_URI);
        let token_uri = token_uri.parse().map_err(|_| unusable("the key's `token_uri` is not an address"))?;
        let signer = service_account::Builder::new(json.clone())
            .build_signer()
            .map_err(|_| unusable("the key is not what Google gives out"))?;
        Ok(Self { email, subject, id, token_uri, signer })
    }

    /// Exchanges a signed assertion for a token (OAuth 2.0, JWT bearer grant).
    async fn exchange(&self, client: &Client, scope: &str) -> Result<Token, Error> {
        let subject = Subject::SignIn;
        let assertion = self.assertion(scope).await?;
        // Both values are free of what a form would have to escape, but for the colons of the first.
        let form = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
        let request = client.post(self.token_uri.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = request.body(form).send().await.map_err(|error| Error::connection(&subject, error))?;
        let status = answer.status();
        if !status.is_success() {
            let reason = match failure(answer, &subject, &self.email).await {
                busy @ Error::Busy(..) => return Err(busy),
                Error::Refused(refusal) => refusal.reason,
                _ => status.as_u16().to_string(),
            };
            let account = self.email.clone();
            return Err(match self.subject.clone() {
                Some(user) => Error::Delegation(account, user, reason),
                None => Error::SignIn(account, reason),
            });
        }
        let (answer, _): (TokenAnswer, _) = read_json(answer, &subject, LIMIT).await?;
        Token::bearer(&answer.access_token, Duration::from_secs(answer.expires_in))
    }

    /// `header.claims.signature`, for one hour.
    async fn assertion(&self, scope: &str) -> Result<String, Error> {
        let now = Utc::now().timestamp();
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": self.id});
        let mut claims = json!({
            "iss": self.email,
            "scope": scope,
            "aud": self.token_uri.as_str(),
            "iat": now,
            "exp": now + 3600,
        });
        if let Some(subject) = &self.subject {
            claims["sub"] = subject.as_str().into();
        }
        let encoded = [header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let signature =
            self.signer.sign(&encoded).await.map_err(|_| unusable("the key's `private_key` cannot sign"))?;
        Ok(format!("{encoded}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Token {
    fn bearer(token: &str, lifetime: Duration) -> Result<Self, Error> {
        let mut header =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| Error::Unreadable(Subject::SignIn))?;
        header.set_sensitive(true);
        Ok(Self { header, stale_at: Instant::now() + lifetime.saturating_sub(SLACK) })
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: u64,
}

/// The service account that a federation acts as: the last part of
/// `…/serviceAccounts/NAME@PROJECT.iam.gserviceaccount.com:generateAccessToken`.
fn impersonated(federation: &Value) -> Option<String> {
    let url = federation["service_account_impersonation_url"].as_str()?;
    let account = url.rsplit('/').next()?.split(':').next()?;
    account.contains('@').then(|| account.to_owned())
}

fn unusable(problem: &str) -> Error {
    Error::Credentials(problem.to_owned())
}
