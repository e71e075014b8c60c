//! EventBridge's schedules, which call the functions again and again.

use std::collections::BTreeMap;

use anyhow::bail;
use aws_config::SdkConfig;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::types::{ScheduleState, ScheduleSummary};
use serde::Serialize;

/// A schedule of a stage: one that `infra` makes, or another of its group.
#[derive(Serialize)]
pub(crate) struct Schedule {
    pub(crate) name: String,
    pub(crate) on: bool,
    #[serde(skip)]
    pub(crate) is_there: bool,
}

/// Looks at a group of schedules, by name.
pub(crate) async fn look(config: &SdkConfig, group: &str) -> anyhow::Result<Vec<Schedule>> {
    let found = Client::new(config).list_schedules().group_name(group).into_paginator().items().send();
    let Ok(found) = found.collect::<Result<Vec<_>, _>>().await else {
        bail!("the schedules of the group {group} cannot be looked at: check that you may call scheduler:ListSchedules")
    };
    let is_on = |one: ScheduleSummary| Some((one.name?, one.state == Some(ScheduleState::Enabled)));
    Ok(with_wanted(found.into_iter().filter_map(is_on).collect()))
}

/// Those that were found, on or off, and those that should have been.
fn with_wanted(found: BTreeMap<String, bool>) -> Vec<Schedule> {
    let mut all: BTreeMap<String, Option<bool>> = wanted().map(|name| (name, None)).collect();
    all.extend(found.into_iter().map(|(name, is_on)| (name, Some(is_on))));
    let schedule =
        |(name, is_on): (_, Option<bool>)| Schedule { name, on: is_on == Some(true), is_there: is_on.is_some() };
    all.into_iter().map(schedule).collect()
}

/// True if what every feed needs does not run. A feed may be off because somebody wants it to be.
pub(crate) fn are_broken(all: &[Schedule]) -> bool {
    all.iter().any(|one| !one.on && !one.name.starts_with(POLL))
}

pub(crate) fn in_words(all: &[Schedule]) -> String {
    let idle: Vec<&str> = all.iter().filter(|one| !one.on).map(|one| one.name.as_str()).collect();
    let on = all.len() - idle.len();
    match idle.as_slice() {
        [] => format!("All {on} schedules are on."),
        idle => format!("{on} schedules are on. Off: {}.", idle.join(", ")),
    }
}

/// The beginning of the name of a feed's schedule.
const POLL: &str = "poll-";

fn wanted() -> impl Iterator<Item = String> {
    let polls = feeds::all().iter().map(|feed| format!("{POLL}{feed}"));
    polls.chain(["sweep", "probe"].map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(changed: &str, is_on: Option<bool>) -> Vec<Schedule> {
        let others = wanted().filter(|name| name != changed).map(|name| (name, true));
        with_wanted(others.chain(is_on.map(|is_on| (changed.to_owned(), is_on))).collect())
    }

    #[test]
    fn a_feed_may_be_off_but_not_the_sweep() {
        assert_eq!(in_words(&with("sweep", Some(true))), "All 7 schedules are on.");
        let feed_off = with("poll-spl", Some(false));
        assert_eq!(in_words(&feed_off), "6 schedules are on. Off: poll-spl.");
        assert!(!are_broken(&feed_off));
        assert!(are_broken(&with("sweep", Some(false))) && are_broken(&with("probe", None)));
    }
}
