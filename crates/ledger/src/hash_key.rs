//! The stage's key to the hashes of what people are known by.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::keys::LeaseKey;

/// How many bytes of the hash a lease's key has: two identities never share one.
const LEASE: usize = 16;
/// How many bytes of the hash a remembered value has: it is compared with the few values of one person.
const FINGERPRINT: usize = 6;

/// The key of the hashes. Without one, an NHS number would be found by hashing them all.
#[derive(Clone)]
pub struct HashKey(Hmac<Sha256>);

/// The keyed hash of a value in its normal form: equal values have equal ones, and the value cannot be read from it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// A fingerprint that was stored.
    pub(crate) fn of_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl HashKey {
    /// The key whose secret this is.
    pub fn new(secret: &SecretString) -> Self {
        let mut block = [0; 64];
        let secret = Sha256::digest(secret.expose_secret());
        block[..secret.len()].copy_from_slice(&secret);
        Self(<Hmac<Sha256> as KeyInit>::new(&block.into()))
    }

    /// The lease of an identity, such as `("nhs", "9434765919")`.
    pub fn lease(&self, kind: &str, value: &str) -> LeaseKey {
        LeaseKey::hashed(self.hash(kind, value, LEASE))
    }

    /// The fingerprint of a value of this kind, such as `("email", "ann@example.org")`.
    pub fn fingerprint(&self, kind: &str, value: &str) -> Fingerprint {
        Fingerprint(self.hash(kind, value, FINGERPRINT))
    }

    /// HMAC-SHA-256 of both texts with a NUL between, of which the first bytes are kept, in base64.
    fn hash(&self, kind: &str, value: &str, bytes: usize) -> String {
        let mut mac = self.0.clone();
        for part in [kind.as_bytes(), &[0], value.as_bytes()] {
            mac.update(part);
        }
        URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..bytes])
    }
}

/// The key is never printed.
impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_key_kind_and_value() {
        let key = |secret: &str| HashKey::new(&secret.to_owned().into());
        let hash = |secret: &str, kind: &str, value: &str| key(secret).fingerprint(kind, value);
        let one = hash("secret", "nhs", "9434765919");
        assert_eq!(one, hash("secret", "nhs", "9434765919"));
        for other in [
            hash("another", "nhs", "9434765919"),
            hash("secret", "names", "9434765919"),
            hash("secret", "nhs", "9434765870"),
            hash("secret", "nhs9434765919", ""),
        ] {
            assert_ne!(one, other);
        }
        assert_ne!(key("secret").lease("nhs", "1"), key("another").lease("nhs", "1"));
        assert_eq!(format!("{:?}", key("secret")), "HashKey(..)");
    }
}
