//! What an access token allows.

use std::collections::BTreeSet;

/// What a call needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    DriveMetadata,
    DriveContent,
    DriveWrite,
    SheetsRead,
}

const PREFIX: &str = "https://www.googleapis.com/auth/";

/// The scopes of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Scopes parted by blanks, as in a claim; `None` if there is none or one is not Google's.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let scopes = text
            .split_whitespace()
            .map(|scope| scope.strip_prefix(PREFIX).map(str::to_owned))
            .collect::<Option<BTreeSet<_>>>()?;
        (!scopes.is_empty()).then_some(Self(scopes))
    }

    pub(super) fn allow(&self, need: Need) -> bool {
        let enough: &[&str] = match need {
            Need::DriveMetadata => {
                &["drive", "drive.readonly", "drive.file", "drive.metadata", "drive.metadata.readonly"]
            }
            Need::DriveContent => &["drive", "drive.readonly", "drive.file"],
            Need::DriveWrite => &["drive", "drive.file"],
            Need::SheetsRead => &["drive", "drive.readonly", "drive.file", "spreadsheets", "spreadsheets.readonly"],
        };
        enough.iter().any(|scope| self.0.contains(*scope))
    }

    /// With `drive.file` alone a client sees only what it made itself: not the folders that it was given.
    pub(super) fn see_what_was_shared(&self) -> bool {
        self.0.iter().any(|scope| scope != "drive.file")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(names: &str) -> Scopes {
        let full: Vec<String> = names.split(' ').map(|name| format!("{PREFIX}{name}")).collect();
        Scopes::parse(&full.join(" ")).expect("scopes of Google's")
    }

    #[test]
    fn read_only_scopes_never_write() {
        assert!(scopes("drive.readonly").allow(Need::DriveContent));
        assert!(scopes("drive.readonly").allow(Need::SheetsRead));
        assert!(!scopes("drive.readonly").allow(Need::DriveWrite));
        assert!(!scopes("drive.metadata.readonly").allow(Need::DriveContent));
        assert!(!scopes("spreadsheets.readonly").allow(Need::DriveMetadata));
        assert!(!scopes("cloud-platform").allow(Need::DriveMetadata));
        assert!(scopes("drive").allow(Need::DriveWrite));
    }

    #[test]
    fn the_narrow_scope_sees_nothing_that_was_shared() {
        assert!(!scopes("drive.file").see_what_was_shared());
        assert!(scopes("drive.file drive").see_what_was_shared());
    }

    #[test]
    fn what_is_not_a_scope_is_refused() {
        assert_eq!(Scopes::parse(""), None);
        assert_eq!(Scopes::parse("drive"), None);
    }
}
