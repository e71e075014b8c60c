//! The rights of an access token.

use std::collections::BTreeSet;

/// The access that a call needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    DriveRead,
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
            Need::DriveRead => &["drive", "drive.readonly"],
            Need::DriveWrite => &["drive"],
            Need::SheetsRead => &["drive", "drive.readonly", "spreadsheets"],
        };
        enough.iter().any(|scope| self.0.contains(*scope))
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
        assert!(scopes("drive.readonly").allow(Need::DriveRead));
        assert!(scopes("drive.readonly").allow(Need::SheetsRead));
        assert!(!scopes("drive.readonly").allow(Need::DriveWrite));
        assert!(!scopes("spreadsheets").allow(Need::DriveRead));
        assert!(!scopes("cloud-platform").allow(Need::DriveRead));
        assert!(scopes("drive").allow(Need::DriveWrite));
    }

    #[test]
    fn what_is_not_a_scope_is_refused() {
        assert_eq!(Scopes::parse(""), None);
        assert_eq!(Scopes::parse("drive"), None);
    }
}
