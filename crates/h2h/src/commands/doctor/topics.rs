//! Who is notified: the subscriptions of the topics.
//!
//! SNS sends an address nothing before it is confirmed. One that was confirmed by the link in its mail ends with one click
//! on the other link that every mail has, and mail scanners click: it must be confirmed with `AuthenticateOnUnsubscribe`,
//! a signed call, of which SNS keeps `ConfirmationWasAuthenticated` (by its documents; no mail was confirmed here).

use aws_sdk_sns::Client;
use futures::future::{join_all, try_join_all};

use super::check::Check;
use crate::command_prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Subscription {
    /// Nobody has confirmed it: it is sent nothing.
    Pending,
    /// One click of anybody ends it.
    Loose,
    /// Only one who may sign in to the account ends it.
    Firm,
}

pub(super) async fn check(environment: &Environment) -> Vec<Check> {
    let client = &Client::new(&environment.config);
    join_all(environment.names.topics.iter().map(|topic| async move {
        let what = format!("topic {}", topic.rsplit(':').next().unwrap_or(topic));
        match look(client, topic).await {
            Ok(subscriptions) => judge(what, &subscriptions),
            Err(error) => {
                let to_do = "Deploy infra, and check that you may call sns:ListSubscriptionsByTopic and \
                             sns:GetSubscriptionAttributes.";
                Check::problem(what, format!("{error:#}"), to_do)
            }
        }
    }))
    .await
}

async fn look(client: &Client, topic: &str) -> anyhow::Result<Vec<Subscription>> {
    let all = client.list_subscriptions_by_topic().topic_arn(topic).into_paginator().items().send();
    let all: Vec<_> = all.collect::<Result<_, _>>().await.context("its subscriptions cannot be listed")?;
    try_join_all(all.iter().map(|one| async {
        let by_mail = one.protocol.as_deref().is_some_and(|protocol| protocol.starts_with("email"));
        match one.subscription_arn.as_deref() {
            // In place of an ARN stands what became of it.
            Some(arn) if arn.starts_with("arn:") && by_mail => is_firm(client, arn).await,
            Some(arn) if arn.starts_with("arn:") => Ok(Subscription::Firm),
            _ => Ok(Subscription::Pending),
        }
    }))
    .await
}

async fn is_firm(client: &Client, arn: &str) -> anyhow::Result<Subscription> {
    let answer = client.get_subscription_attributes().subscription_arn(arn).send().await;
    let attributes = answer.context("a subscription cannot be looked at")?.attributes.unwrap_or_default();
    let is_firm = attributes.get("ConfirmationWasAuthenticated").is_some_and(|value| value == "true");
    Ok(if is_firm { Subscription::Firm } else { Subscription::Loose })
}

fn judge(what: String, all: &[Subscription]) -> Check {
    const CONFIRM: &str = "Confirm it with its mail's token, as docs/deploy.md says (Who is told).";
    let of = |kind| all.iter().filter(|one| **one == kind).count();
    let addresses = count(all.len(), "address", "addresses");
    let (problem, to_do) = match (of(Subscription::Pending), of(Subscription::Loose)) {
        _ if all.is_empty() => (
            "nobody is told: it has no address".to_owned(),
            "Set alarm_emails or data_team_emails in the stage's main.tf, and deploy. Then confirm the address.",
        ),
        (0, 0) => return Check::ok(what, format!("{addresses}, confirmed; no click in a mail ends that")),
        (pending, _) if pending == all.len() => (format!("nobody is told: {addresses}, not confirmed"), CONFIRM),
        (0, loose) => (
            format!(
                "{addresses}, of which {loose} will be told nothing more after one click in a mail, a mail scanner's too"
            ),
            "Unsubscribe it, deploy, and confirm it anew with its mail's token, as docs/deploy.md says (Who is told).",
        ),
        (pending, _) => (format!("{addresses}, of which {pending} not confirmed"), CONFIRM),
    };
    Check::problem(what, problem, to_do)
}

#[cfg(test)]
mod tests {
    use super::Subscription::{Firm, Loose, Pending};
    use super::*;
    use crate::commands::doctor::check::Found;

    #[test]
    fn a_topic_is_well_where_every_address_is_confirmed_for_good() {
        for (subscriptions, problem) in [
            (&[Firm][..], None),
            (&[Firm, Firm], None),
            (&[], Some("nobody is told: it has no address")),
            (&[Pending], Some("nobody is told: 1 address, not confirmed")),
            (&[Pending, Pending], Some("nobody is told: 2 addresses, not confirmed")),
            (&[Firm, Pending], Some("2 addresses, of which 1 not confirmed")),
            (&[Loose, Pending], Some("2 addresses, of which 1 not confirmed")),
            (
                &[Loose, Firm, Loose],
                Some(
                    "3 addresses, of which 2 will be told nothing more after one click in a mail, a mail scanner's too",
                ),
            ),
        ] {
            let found = match judge("topic alarms".to_owned(), subscriptions).found {
                Found::Ok { .. } => None,
                Found::Problem { problem, .. } => Some(problem),
            };
            assert_eq!(found.as_deref(), problem);
        }
    }
}
