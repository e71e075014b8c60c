//! EventBridge's schedules, which call the functions again and again.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::bail;
use aws_config::SdkConfig;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::types::ScheduleState;
use serde::Serialize;

/// A stage's schedules, by name: those that `infra` makes, and others of its group.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Schedules(pub(crate) Vec<Schedule>);

/// A schedule: whether it calls anybody.
#[derive(Serialize)]
pub(crate) struct Schedule {
    pub(crate) name: String,
    pub(crate) on: bool,
    #[serde(skip)]
    pub(crate) is_there: bool,
}

impl Schedules {
    /// Looks at a group of schedules.
    pub(crate) async fn look(config: &SdkConfig, group: &str) -> anyhow::Result<Self> {
        let mut found = BTreeMap::new();
        let mut pages = Client::new(config).list_schedules().group_name(group).into_paginator().send();
        while let Some(page) = pages.next().await {
            let Ok(page) = page else {
                bail!(
                    "the schedules of the group {group} cannot be looked at: check that you may call scheduler:ListSchedules"
                )
            };
            let names = page.schedules.into_iter().filter_map(|one| Some((one.name?, one.state)));
            found.extend(names.map(|(name, state)| (name, state == Some(ScheduleState::Enabled))));
        }
        Ok(Self::of(found))
    }

    /// Those that were found, on or off, and those that should have been.
    fn of(found: BTreeMap<String, bool>) -> Self {
        let mut all: BTreeMap<String, Option<bool>> = wanted().map(|name| (name, None)).collect();
        all.extend(found.into_iter().map(|(name, is_on)| (name, Some(is_on))));
        let schedule =
            |(name, is_on): (_, Option<bool>)| Schedule { name, on: is_on == Some(true), is_there: is_on.is_some() };
        Self(all.into_iter().map(schedule).collect())
    }

    /// Those that do not call anybody.
    fn idle(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|one| !one.on).map(|one| one.name.as_str())
    }

    /// True if what every feed needs does not run. A feed may be off because somebody wants it to be.
    pub(crate) fn are_broken(&self) -> bool {
        self.idle().any(|name| !name.starts_with(POLL))
    }
}

impl fmt::Display for Schedules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let idle: Vec<&str> = self.idle().collect();
        let on = self.0.len() - idle.len();
        match idle.as_slice() {
            [] => write!(f, "All {on} schedules are on."),
            idle => write!(f, "{on} schedules are on. Off: {}.", idle.join(", ")),
        }
    }
}

/// The beginning of the name of a feed's schedule.
const POLL: &str = "poll-";

/// The names that `infra` gives.
fn wanted() -> impl Iterator<Item = String> {
    let polls = feeds::all().iter().map(|feed| format!("{POLL}{feed}"));
    polls.chain(["sweep", "probe"].map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(changed: &str, is_on: Option<bool>) -> Schedules {
        let others = wanted().filter(|name| name != changed).map(|name| (name, true));
        Schedules::of(others.chain(is_on.map(|is_on| (changed.to_owned(), is_on))).collect())
    }

    #[test]
    fn a_feed_may_be_off_but_not_the_sweep() {
        assert_eq!(with("sweep", Some(true)).to_string(), "All 7 schedules are on.");
        let feed_off = with("poll-spl", Some(false));
        assert_eq!(feed_off.to_string(), "6 schedules are on. Off: poll-spl.");
        assert!(!feed_off.are_broken());
        assert!(with("sweep", Some(false)).are_broken() && with("probe", None).are_broken());
    }
}
