//! The splitter's settings.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use feeds::{Direction, ExcludedIds};
use lambda_support::settings::{Environment, Folders, SettingError};

/// The splitter's own settings, from its environment. Those of its clients are read where they are built.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Each feed's inbound folder, where it is set.
    pub inbound: Folders,
    /// The contact tracing accounts that are left out.
    pub excluded: ExcludedIds,
    /// Files created before this instant belong to the system that was replaced.
    pub ingest_from: Option<DateTime<Utc>>,
    /// How long a file that was changed, or is a Google Sheet, must be left alone before it is taken.
    pub quiet: TimeDelta,
    /// A date to take for today.
    pub as_of: Option<NaiveDate>,
}

impl Settings {
    /// Reads them. A feed's folder may be missing here; it is asked for when the feed's schedule comes.
    pub fn from_env(environment: &Environment<'_>) -> Result<Self, SettingError> {
        let quiet = environment.parsed("QUIET_SECONDS", "how long a file must be left alone, in seconds")?;
        Ok(Self {
            inbound: Folders::from_env(environment, Direction::Inbound),
            excluded: ExcludedIds::parse(&environment.text("EXCLUDED_CTAS_IDS").unwrap_or_default()),
            ingest_from: environment.parsed("INGEST_FROM", "an instant such as 2026-01-31T00:00:00Z")?,
            quiet: TimeDelta::seconds(i64::from(quiet.unwrap_or(120_u32))),
            as_of: as_of(environment)?,
        })
    }
}

/// `AS_OF` is for tests: in production a forgotten one would judge every row by a wrong date, without a word.
fn as_of(environment: &Environment<'_>) -> Result<Option<NaiveDate>, SettingError> {
    let meaning = "a date to take for today, for the local stack and tests";
    let as_of = environment.parsed("AS_OF", meaning)?;
    if as_of.is_some() && environment.text("STAGE").as_deref() == Some("production") {
        return Err(SettingError::unreadable("AS_OF", meaning, "it must not be set in production: remove it"));
    }
    Ok(as_of)
}

#[cfg(test)]
mod tests {
    use feeds::Feed;

    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Settings, SettingError> {
        Settings::from_env(&Environment::Of(pairs))
    }

    #[test]
    fn a_missing_folder_is_told_when_its_feed_is_polled() {
        let settings = with(&[("SPL_INBOUND_FOLDER_ID", "abc")]).expect("good settings");
        let feed = |name| Feed::named(name).expect("a feed");
        assert_eq!(settings.inbound.of(feed("spl")), Ok("abc"));
        let error = settings.inbound.of(feed("nsss")).expect_err("not set");
        assert!(error.to_string().contains("CEV_INBOUND_FOLDER_ID is missing"), "{error}");
        assert_eq!(settings.quiet, TimeDelta::seconds(120));
    }

    #[test]
    fn as_of_is_refused_in_production() {
        assert_eq!(
            with(&[("AS_OF", "2021-03-08")]).expect("fine elsewhere").as_of,
            NaiveDate::from_ymd_opt(2021, 3, 8)
        );
        let error = with(&[("AS_OF", "2021-03-08"), ("STAGE", "production")]).expect_err("refused");
        assert!(error.to_string().contains("remove it"), "{error}");
    }

    #[test]
    fn defect_33_an_unset_or_spaced_exclusion_list_is_fine() {
        assert!(!with(&[]).expect("fine").excluded.contains(""));
        let excluded = with(&[("EXCLUDED_CTAS_IDS", "a1, b2")]).expect("fine").excluded;
        assert!(excluded.contains("b2") && !excluded.contains(""));
    }
}
