//! The service account: its key, and the check of what was signed with it.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::store::random_name;

/// Whom folders are shared with.
pub(super) const EMAIL: &str = "ingestion@simulated.iam.gserviceaccount.com";

/// A key made for this start; none is kept.
pub(super) struct ServiceAccount {
    key_id: String,
    private_pem: String,
    public: Vec<u8>,
}

/// The claims of a JWT that was signed with the key. Whether they are acceptable depends on where it is shown.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: Option<String>,
    pub(super) aud: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) iat: i64,
    pub(super) exp: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

impl ServiceAccount {
    /// Makes a key pair: about a tenth of a second of computing.
    pub(super) fn generate() -> Result<Self, Unspecified> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let private: Pkcs8V1Der<'_> = pair.as_der()?;
        Ok(Self {
            key_id: random_name(40).to_lowercase(),
            private_pem: pem(private.as_ref()),
            public: pair.public_key().as_ref().to_vec(),
        })
    }

    /// The key file as Google's console hands it out, except that tokens are fetched from the simulator.
    pub(super) fn key_file(&self, url: &str) -> Value {
        json!({
            "type": "service_account",
            "project_id": "simulated",
            "private_key_id": self.key_id,
            "private_key": self.private_pem,
            "client_email": EMAIL,
            "client_id": "100000000000000000000",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": format!("{url}/token"),
            "universe_domain": "googleapis.com",
        })
    }

    /// The claims, if the signature is this account's.
    pub(super) fn verify(&self, jwt: &str) -> Result<Claims, &'static str> {
        let malformed = "Invalid JWT: the token is not three parts of base64url JSON.";
        let (signed, signature) = jwt.rsplit_once('.').ok_or(malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed);

        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| malformed)?;
        if header.alg != "RS256" {
            return Err("Invalid JWT: the algorithm must be RS256.");
        }
        if header.kid.is_some_and(|kid| kid != self.key_id) {
            return Err("Invalid JWT Signature: unknown key id.");
        }
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public)
            .verify(signed.as_bytes(), &decode(signature)?)
            .map_err(|_| "Invalid JWT Signature.")?;
        serde_json::from_slice(&decode(claims)?).map_err(|_| "Invalid JWT: a claim is missing or of the wrong type.")
    }
}

impl Claims {
    /// An assertion is good for an hour at most.
    const LONGEST: i64 = 3_600;
    /// How far the client's clock may be ahead.
    const CLOCK_MARGIN: i64 = 60;

    /// `now` in seconds since 1970.
    pub(super) fn in_time(&self, now: i64) -> bool {
        self.iat <= now + Self::CLOCK_MARGIN && self.exp > now && self.exp - self.iat <= Self::LONGEST
    }

    pub(super) fn is_of_the_account(&self) -> bool {
        self.iss == EMAIL
    }

    /// The user that the account acts as, if not as itself.
    pub(super) fn user(&self) -> Option<&str> {
        self.sub.as_deref().filter(|sub| *sub != EMAIL)
    }
}

fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut lines = vec!["-----BEGIN PRIVATE KEY-----".to_owned()];
    lines.extend(body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()));
    lines.push("-----END PRIVATE KEY-----\n".to_owned());
    lines.join("\n")
}
