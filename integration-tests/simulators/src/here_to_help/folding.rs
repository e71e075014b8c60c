//! How texts are made comparable (A.8 step 1): what is sent by .NET, what is stored by Postgres, and the two differ.

use serde::{Deserialize, Serialize};

/// Which letters become capitals where two texts are compared whatever their case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Letters {
    /// All, sent or stored: a database with a locale such as en_US.utf8
    #[default]
    All,
    /// Of what is stored those of ASCII only: a database with the locale C
    AsciiStored,
    /// Of what is sent those of ASCII only: .NET 3.1 without ICU (globalisation-invariant)
    AsciiSent,
}

impl Letters {
    /// .NET's `ToUpper`, of what is sent and of what is compared in memory: as [`upper`], but `ı` stays.
    pub(super) fn sent(self, text: &str) -> String {
        match self {
            Self::AsciiSent => text.to_ascii_uppercase(),
            Self::All | Self::AsciiStored => {
                text.chars().map(|letter| if letter == 'ı' { letter } else { raised(letter) }).collect()
            }
        }
    }

    /// The same of a text that is trimmed first.
    pub(super) fn sent_trimmed(self, text: &str) -> String {
        self.sent(text.trim())
    }

    /// Postgres's `upper`.
    pub(super) fn stored(self, text: &str) -> String {
        match self {
            Self::AsciiStored => text.to_ascii_uppercase(),
            Self::All | Self::AsciiSent => upper(text),
        }
    }
}

/// Upper case, letter by letter: `ß` stays `ß`.
pub(super) fn upper(text: &str) -> String {
    text.chars().map(raised).collect()
}

fn raised(letter: char) -> char {
    let mut raised = letter.to_uppercase();
    match (raised.next(), raised.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

/// Trims as Postgres does for EF Core; .NET trims all white space.
pub(super) fn trim_stored(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

/// Without ordinary blanks (a no-break space stays).
pub(super) fn without_blanks(text: &str) -> String {
    text.replace(' ', "")
}

/// Not null, and not blank after trimming: as it is, untrimmed.
pub(super) fn present(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

/// A name as people compare it, whatever the API makes of it.
pub(super) fn name_key(name: &str) -> String {
    upper(name.trim())
}

/// A day or month as people compare it.
pub(super) fn day_key(day: &str) -> String {
    upper(day.trim().trim_start_matches('0'))
}
