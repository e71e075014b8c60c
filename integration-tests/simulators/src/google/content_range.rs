//! The `Content-Range` of a piece of a resumable upload.

/// Every piece but the last is a multiple of this many bytes.
pub(super) const QUANTUM: u64 = 256 << 10;

/// A piece of an upload, as its `PUT` describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The first byte and the one after the last; `None` asks how far the upload came.
    pub(super) bytes: Option<(u64, u64)>,
    /// How many bytes there will be in all.
    pub(super) total: u64,
}

impl Piece {
    /// Reads the header.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn of(header: Option<&str>, length: Option<u64>) -> Result<Self, String> {
        let header = header.ok_or("Content-Range is missing")?;
        let wrong = || format!("Content-Range cannot be read: {header}");
        let (range, total) = header.strip_prefix("bytes ").and_then(|rest| rest.split_once('/')).ok_or_else(wrong)?;
        let total = total.parse().map_err(|_| wrong())?;
        if range == "*" {
            return Ok(Self { bytes: None, total });
        }
        let (first, last) = range.split_once('-').ok_or_else(wrong)?;
        let (from, last): (u64, u64) = (first.parse().map_err(|_| wrong())?, last.parse().map_err(|_| wrong())?);
        let to = last.checked_add(1).ok_or_else(wrong)?;
        if from >= to || to > total {
            return Err(wrong());
        }
        if length.is_some_and(|length| length != to - from) {
            return Err(format!("Content-Range says {} bytes, Content-Length another number", to - from));
        }
        if total != to && (to - from) % QUANTUM != 0 {
            return Err(format!("a piece that is not the last must be a multiple of {QUANTUM} bytes"));
        }
        Ok(Self { bytes: Some((from, to)), total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_questions() {
        let piece = |header, length| Piece::of(Some(header), Some(length)).expect("a piece");
        assert_eq!(piece("bytes */7", 0), Piece { bytes: None, total: 7 });
        assert_eq!(piece("bytes 5-6/7", 2), Piece { bytes: Some((5, 7)), total: 7 });
        let first = piece("bytes 0-262143/300000", 262_144);
        assert_eq!(first, Piece { bytes: Some((0, 262_144)), total: 300_000 });
    }

    #[test]
    fn pieces_that_google_refuses() {
        for (header, length) in [
            (None, None),
            (Some("bytes 0-9/100"), Some(10)),
            (Some("bytes 0-262143/*"), Some(262_144)),
            (Some("bytes */*"), Some(0)),
            (Some("bytes 0-9/10"), Some(9)),
            (Some("bytes 9-0/10"), None),
            (Some("bytes 0-10/10"), None),
            (Some("0-9/10"), None),
            (Some("bytes 0-9"), None),
            (Some("bytes -9/10"), None),
        ] {
            assert!(Piece::of(header, length).is_err(), "{header:?}");
        }
    }
}
