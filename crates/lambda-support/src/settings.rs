//! Settings from the environment, which each Lambda reads once, at cold start.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use feeds::{Direction, Feed};

/// A setting that is missing or cannot be read. Says which one and what it is for; never its value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingError {
    /// It is not there, or blank.
    #[error("the setting {name} is missing: it is {meaning}; set it in infra and deploy again")]
    Missing {
        /// The variable's name.
        name: String,
        /// Its purpose.
        meaning: &'static str,
    },
    /// It is there, and makes no sense.
    #[error("the setting {name} cannot be read: it is {meaning}; {problem}")]
    Unreadable {
        /// The variable's name.
        name: String,
        /// Its purpose.
        meaning: &'static str,
        /// The problem with it.
        problem: String,
    },
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

    /// A setting without which the Lambda cannot work.
    ///
    /// # Errors
    /// [`SettingError::Missing`], with `meaning`, where it is absent or blank.
    pub fn required(&self, name: &str, meaning: &'static str) -> Result<String, SettingError> {
        self.text(name).ok_or_else(|| SettingError::Missing { name: name.to_owned(), meaning })
    }

    /// A setting that is parsed: a number, a date, an instant. None where it is absent.
    ///
    /// # Errors
    /// [`SettingError::Unreadable`] where it does not parse.
    pub fn parsed<T>(&self, name: &str, meaning: &'static str) -> Result<Option<T>, SettingError>
    where
        T: FromStr,
        T::Err: Display,
    {
        let Some(text) = self.text(name) else { return Ok(None) };
        let unreadable =
            |error: T::Err| SettingError::Unreadable { name: name.to_owned(), meaning, problem: error.to_string() };
        text.parse().map(Some).map_err(unreadable)
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

    /// The id of a feed's folder, which may be [missing](SettingError::Missing).
    pub fn of(&self, feed: &Feed) -> Result<&str, SettingError> {
        self.ids.get(feed.name()).map(String::as_str).ok_or_else(|| SettingError::Missing {
            name: self.direction.setting(feed),
            meaning: self.direction.meaning(),
        })
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
