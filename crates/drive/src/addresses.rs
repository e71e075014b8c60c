//! Where Google's services are.

use reqwest::Url;

use crate::error::Error;

/// The addresses that all paths begin with.
pub(crate) struct Addresses {
    pub(crate) drive: Url,
    pub(crate) upload: Url,
    pub(crate) sheets: Url,
}

impl Addresses {
    /// Google's own, or all of them under this address.
    pub(crate) fn under(api_url: Option<&str>) -> Result<Self, Error> {
        let base = |google: &str| {
            let url = api_url.unwrap_or(google);
            let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            parsed.ok_or_else(|| Error::ApiUrl(url.to_owned()))
        };
        let drive = base("https://www.googleapis.com")?;
        Ok(Self {
            upload: address(&drive, &["upload", "drive", "v3", "files"], &[]),
            drive: address(&drive, &["drive", "v3"], &[]),
            sheets: address(&base("https://sheets.googleapis.com")?, &["v4", "spreadsheets"], &[]),
        })
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
