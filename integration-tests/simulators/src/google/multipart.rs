//! `multipart/related`: metadata and content in one body.

/// The JSON of the metadata, the type of the content, the content.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) metadata: &'a [u8],
    pub(super) media_type: Option<String>,
    pub(super) media: &'a [u8],
}

/// # Errors
/// Says what is not as it must be.
pub(super) fn split<'a>(content_type: &str, body: &'a [u8]) -> Result<Parts<'a>, &'static str> {
    if !content_type.starts_with("multipart/related") {
        return Err("the body is not multipart/related");
    }
    let boundary = content_type
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("boundary="))
        .ok_or("the boundary is missing")?
        .trim_matches('"');
    let delimiter = format!("--{boundary}");
    let missing = "the body is not two parts within the boundary";
    let (_, rest) = cut(body, delimiter.as_bytes()).ok_or(missing)?;
    let (first, rest) = cut(rest, delimiter.as_bytes()).ok_or(missing)?;
    // A boundary is found from behind: the content may be anything, even something that looks like one.
    let end = format!("\n{delimiter}--");
    let at = rest.windows(end.len()).rposition(|window| window == end.as_bytes()).ok_or(missing)?;
    let (_, metadata) = part(first.strip_suffix(b"\n").map_or(first, |body| body.strip_suffix(b"\r").unwrap_or(body)))?;
    let second = &rest[..at];
    let (media_type, media) = part(second.strip_suffix(b"\r").unwrap_or(second))?;
    Ok(Parts { metadata, media_type, media })
}

/// The content type and the body of one part.
fn part(bytes: &[u8]) -> Result<(Option<String>, &[u8]), &'static str> {
    let bytes = bytes.strip_prefix(b"\r").unwrap_or(bytes);
    let bytes = bytes.strip_prefix(b"\n").ok_or("a boundary is not a line of its own")?;
    let (headers, body) = cut(bytes, b"\r\n\r\n").or_else(|| cut(bytes, b"\n\n")).ok_or("a part has no headers")?;
    let headers = std::str::from_utf8(headers).map_err(|_| "a part's headers are not text")?;
    let media_type = headers
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find_map(|(name, value)| name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned()));
    Ok((media_type, body))
}

fn cut<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let found = bytes.windows(at.len()).position(|window| window == at)?;
    Some((&bytes[..found], &bytes[found + at.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_parts_with_either_line_ending() {
        for line in ["\r\n", "\n"] {
            let body = [
                "--=b",
                "Content-Type: application/json",
                "",
                "{\"name\":\"a\"}",
                "--=b",
                "MIME-Version: 1.0",
                "content-type: text/csv",
                "",
                "a,b",
                "--=b not the end",
                "",
                "--=b--",
                "",
            ]
            .join(line);
            let parts = split("multipart/related; boundary=\"=b\"", body.as_bytes()).expect("two parts");
            assert_eq!(parts.metadata, br#"{"name":"a"}"#);
            assert_eq!(parts.media_type.as_deref(), Some("text/csv"));
            assert_eq!(parts.media, ["a,b", "--=b not the end", ""].join(line).as_bytes());
        }
    }

    #[test]
    fn what_is_not_two_parts_is_refused() {
        for (content_type, body) in [
            ("application/json", "{}"),
            ("multipart/related", "--b\n\n{}\n--b\n\nx\n--b--"),
            ("multipart/related; boundary=b", "--b\nA: b\n\n{}\n--b--"),
            ("multipart/related; boundary=b", "--b\nA: b\n\n{}\n--b\nA: b\n\nx"),
        ] {
            assert!(split(content_type, body.as_bytes()).is_err(), "{body}");
        }
    }
}
