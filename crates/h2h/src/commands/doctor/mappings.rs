//! What feeds the functions.
//!
//! `--mend` switches on what feeds the reporter, where somebody switched it off. Nothing else heals it: the poster's probe looks
//! after its own queue only, and without it no run gets its summary. What feeds the poster is the circuit breaker's:
//! `h2h resume`.

use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use futures::future::join_all;
use ledger::BreakerState;

use super::check::{Check, DEPLOY};
use crate::command_prelude::*;

struct Way<'a> {
    source: &'static str,
    function: &'a str,
    /// The text that the ARN of its source has in it.
    arn: &'static str,
}

const ROWS_QUEUE: &str = "rows queue";

fn ways(environment: &Environment) -> [Way<'_>; 3] {
    let (poster, reporter) = (environment.names.poster.as_str(), environment.names.reporter.as_str());
    [(ROWS_QUEUE, poster, ":sqs:"), ("reports queue", reporter, ":sqs:"), ("table's stream", reporter, ":dynamodb:")]
        .map(|(source, function, arn)| Way { source, function, arn })
}

impl Way<'_> {
    fn in_words(&self) -> String {
        format!("the {}'s way to {}", self.source, self.function)
    }

    async fn mapping(&self, environment: &Environment) -> anyhow::Result<Option<EventSourceMappingConfiguration>> {
        let request = environment.clients.lambda.list_event_source_mappings().function_name(self.function);
        let mut found = request.send().await?.event_source_mappings.unwrap_or_default().into_iter();
        Ok(found.find(|one| one.event_source_arn.as_deref().is_some_and(|arn| arn.contains(self.arn))))
    }
}

fn is_off(state: &str) -> bool {
    matches!(state, "Disabled" | "Disabling")
}

pub(super) async fn check(environment: &Environment) -> Vec<Check> {
    let is_paused = environment.ledger.breaker().await.is_ok_and(|breaker| breaker.state == BreakerState::Open);
    let checks = ways(environment).map(|way| async move {
        let what = way.in_words();
        let Ok(found) = way.mapping(environment).await else {
            let to_do = "Check that you may call lambda:ListEventSourceMappings.";
            return Check::problem(what, "it may not be looked at", to_do);
        };
        match found.as_ref().and_then(|one| one.state.as_deref()) {
            None => Check::problem(what, "there is none", DEPLOY),
            Some(state) if !is_off(state) => Check::ok(what, state.to_lowercase()),
            Some(_) if way.source != ROWS_QUEUE => {
                Check::problem(what, "off: no run gets its summary", "Run `h2h doctor --mend`: it switches it on.")
            }
            Some(_) if is_paused => Check::ok(what, "off: posting is paused"),
            Some(_) => Check::problem(what, "off, and posting is not paused", "Run `h2h resume`."),
        }
    });
    join_all(checks).await
}

/// The ways to the reporter that are off.
pub(crate) struct Off(Vec<(String, String)>);

/// Looks for what `--mend` would switch on; none where nothing is off.
pub(crate) async fn off(environment: &Environment) -> anyhow::Result<Option<Off>> {
    let mut off = Vec::new();
    for way in ways(environment).iter().filter(|way| way.source != ROWS_QUEUE) {
        let found = way.mapping(environment).await.context("cannot look at what feeds the reporter")?;
        let found = found.filter(|one| one.state.as_deref().is_some_and(is_off));
        off.extend(found.and_then(|one| one.uuid).map(|id| (way.in_words(), id)));
    }
    Ok((!off.is_empty()).then_some(Off(off)))
}

impl Off {
    /// The words for whoever must agree to it.
    pub(crate) fn in_words(&self) -> String {
        let ways: Vec<&str> = self.0.iter().map(|(way, _)| way.as_str()).collect();
        format!("Would be switched on: {}.", ways.join(", "))
    }

    /// Switches it on.
    pub(crate) async fn mend(&self, environment: &Environment) -> anyhow::Result<()> {
        for (way, id) in &self.0 {
            let update = environment.clients.lambda.update_event_source_mapping().uuid(id).enabled(true).send().await;
            update
                .with_context(|| format!("{way} stays off: check that you may call lambda:UpdateEventSourceMapping"))?;
        }
        Ok(())
    }
}
