//! Settings from the environment, which each Lambda reads once, at cold start.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use feeds::{Direction, Feed};

/// A setting that is missing or cannot be read. Says which one and what it is for; never its value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the setting {0} {1}")]
pub struct SettingError(String, String);

impl SettingError {
    /// It is not there, or blank.
    pub fn missing(name: &str, meaning: &str) -> Self {
        Self(name.to_owned(), format!("is missing: it is {meaning}; set it in infra and deploy again"))
    }

    /// It is there, and makes no sense.
    pub fn unreadable(name: &str, meaning: &str, problem: impl Display) -> Self {
        Self(name.to_owned(), format!("cannot be read: it is {meaning}; {problem}"))
    }
}

/// Where settings come from: the process's environment, or a test's list.
pub enum Environment<'a> {
    /// The process's own.
    Process,
    /// Just these names and values.
    Of(&'a [(&'a str, &'a str)]),
}

impl Environment<'_> {
    /// A setting that may be absent; blank counts as absent.
    pub fn text(&self, name: &str) -> Option<String> {
        let value = match self {
            Self::Process => std::env::var(name).ok(),
            Self::Of(pairs) => pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()),
        };
        value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A setting without which the Lambda cannot work: `meaning` says what it is for, where it is absent or blank.
    pub fn required(&self, name: &str, meaning: &str) -> Result<String, SettingError> {
        self.text(name).ok_or_else(|| SettingError::missing(name, meaning))
    }

    /// A setting that is parsed: a number, a date, an instant. None where it is absent.
    pub fn parsed<T: FromStr<Err: Display>>(&self, name: &str, meaning: &str) -> Result<Option<T>, SettingError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|error| SettingError::unreadable(name, meaning, error))
    }
}

/// Each feed's folder of one direction, where it is set.
#[derive(Clone, Debug)]
pub struct Folders {
    direction: Direction,
    ids: BTreeMap<&'static str, String>,
}

impl Folders {
    /// Reads what is set. A feed's folder may be missing; it is asked for when it is needed.
    pub fn from_env(environment: &Environment<'_>, direction: Direction) -> Self {
        let id = |feed: &&'static Feed| Some((feed.name(), environment.text(&direction.setting(feed))?));
        Self { direction, ids: feeds::all().iter().filter_map(id).collect() }
    }

    /// The id of a feed's folder, which may be [missing](SettingError::missing).
    pub fn of(&self, feed: &Feed) -> Result<&str, SettingError> {
        let missing = || SettingError::missing(&self.direction.setting(feed), self.direction.meaning());
        self.ids.get(feed.name()).map(String::as_str).ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_setting_says_what_it_is_for() {
        let environment = Environment::Of(&[("TABLE_NAME", "  ")]);
        let error = environment.required("TABLE_NAME", "the name of the ledger's table").expect_err("it is blank");
        assert_eq!(
            error.to_string(),
            "the setting TABLE_NAME is missing: it is the name of the ledger's table; set it in infra and deploy again"
        );
    }

    #[test]
    fn a_number_that_is_none_names_the_setting() {
        let environment = Environment::Of(&[("QUIET_SECONDS", "soon"), ("POSTER_CONCURRENCY", " 10 ")]);
        assert_eq!(environment.parsed::<u32>("POSTER_CONCURRENCY", "a count"), Ok(Some(10)));
        assert_eq!(environment.parsed::<u32>("ABSENT", "a count"), Ok(None));
        let error = environment.parsed::<u32>("QUIET_SECONDS", "seconds").expect_err("no number");
        assert!(error.to_string().contains("QUIET_SECONDS"), "{error}");
    }
}
