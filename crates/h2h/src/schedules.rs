//! EventBridge's schedules, which call the functions again and again.

use std::collections::BTreeMap;

use aws_sdk_scheduler::types::ScheduleState;
use serde_json::{Value, json};

/// A stage's schedules: those that `infra` makes, and whether each is on. None: it is not there.
pub(crate) struct Schedules(BTreeMap<String, Option<bool>>);

impl Schedules {
    /// Looks at a group of schedules.
    pub(crate) async fn look(client: &aws_sdk_scheduler::Client, group: &str) -> anyhow::Result<Self> {
        let mut all: BTreeMap<String, Option<bool>> = wanted().map(|name| (name, None)).collect();
        let mut pages = client.list_schedules().group_name(group).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|_| {
                anyhow::anyhow!(
                    "the schedules of the group {group} cannot be looked at: check that you may call scheduler:ListSchedules"
                )
            })?;
            for schedule in page.schedules {
                let is_on = schedule.state == Some(ScheduleState::Enabled);
                all.extend(schedule.name.map(|name| (name, Some(is_on))));
            }
        }
        Ok(Self(all))
    }

    /// Each by its name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, Option<bool>)> {
        self.0.iter().map(|(name, is_on)| (name.as_str(), *is_on))
    }

    /// Those that do not call anybody.
    pub(crate) fn idle(&self) -> impl Iterator<Item = &str> {
        self.all().filter(|(_, is_on)| *is_on != Some(true)).map(|(name, _)| name)
    }

    /// Whether what every feed needs does not run. A feed may be off because somebody wants it to be.
    pub(crate) fn are_broken(&self) -> bool {
        self.idle().any(|name| !name.starts_with(POLL))
    }

    /// In a sentence.
    pub(crate) fn in_words(&self) -> String {
        let idle: Vec<&str> = self.idle().collect();
        let on = self.0.len() - idle.len();
        match idle.as_slice() {
            [] => format!("All {on} schedules are on."),
            idle => format!("{on} schedules are on. Off: {}.", idle.join(", ")),
        }
    }

    /// For programs.
    pub(crate) fn object(&self) -> Value {
        self.all().map(|(name, is_on)| json!({ "name": name, "on": is_on == Some(true) })).collect()
    }
}

/// What begins the name of a feed's schedule.
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
        let mut all: BTreeMap<String, Option<bool>> = wanted().map(|name| (name, Some(true))).collect();
        all.insert(changed.to_owned(), is_on);
        Schedules(all)
    }

    #[test]
    fn a_feed_may_be_off_but_not_the_sweep() {
        assert_eq!(with("sweep", Some(true)).in_words(), "All 7 schedules are on.");
        let feed_off = with("poll-spl", Some(false));
        assert_eq!(feed_off.in_words(), "6 schedules are on. Off: poll-spl.");
        assert!(!feed_off.are_broken());
        assert!(with("sweep", Some(false)).are_broken() && with("probe", None).are_broken());
    }
}
