//! Pages of a listing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::token::now;

/// Where the next page begins. It belongs to one search and lives for an hour.
#[derive(Serialize, Deserialize)]
pub(super) struct PageToken {
    after: String,
    q: String,
    given: i64,
}

impl PageToken {
    const LIFETIME: i64 = 3_600;

    /// The token of the page after the file `after`.
    pub(super) fn write(after: &str, q: &str) -> String {
        Self { after: after.to_owned(), q: q.to_owned(), given: now() }.encode()
    }

    fn encode(&self) -> String {
        format!("~!!~{}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default()))
    }

    /// The last file of the page before, if the token is ours, of this search, and not expired.
    pub(super) fn read(token: &str, q: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix("~!!~")?).ok()?;
        let token: Self = serde_json::from_slice(&bytes).ok()?;
        (token.q == q && now() < token.given + Self::LIFETIME).then_some(token.after)
    }
}

/// How many files a page may hold.
pub(super) fn page_size(asked: Option<&str>) -> Result<usize, ApiError> {
    let Some(asked) = asked else { return Ok(100) };
    match asked.parse() {
        Ok(size @ 1..=1_000) => Ok(size),
        _ => Err(ApiError::invalid("pageSize", "it must be within 1 and 1000")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_token_is_of_one_search_and_expires() {
        let token = PageToken::write("id7", "trashed=false");
        assert_eq!(PageToken::read(&token, "trashed=false").as_deref(), Some("id7"));
        assert_eq!(PageToken::read(&token, "trashed=true"), None);
        assert_eq!(PageToken::read("id7", "trashed=false"), None);
        let old = PageToken { after: "id7".to_owned(), q: String::new(), given: now() - 3_600 };
        assert_eq!(PageToken::read(&old.encode(), ""), None);
    }

    #[test]
    fn page_sizes() {
        assert_eq!(page_size(None).expect("the default"), 100);
        assert_eq!(page_size(Some("1000")).expect("the largest"), 1_000);
        for wrong in ["0", "1001", "-1", "many", ""] {
            assert!(page_size(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
