//! EventBridge Scheduler's part: it calls each function again and again, in seconds instead of minutes.

use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use tokio::task::JoinSet;

/// The schedules; they end when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Schedules {
    tasks: JoinSet<()>,
}

impl Schedules {
    /// Calls a function with an input, again and again. An invocation that fails is reported by the function's own log.
    pub(crate) fn every(
        &mut self,
        wait: Duration,
        lambda: aws_sdk_lambda::Client,
        function: &'static str,
        input: String,
    ) {
        self.tasks.spawn(async move {
            let mut ticks = tokio::time::interval(wait);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let input = Blob::new(input.clone());
                let _told_by_the_function = lambda.invoke().function_name(function).payload(input).send().await;
            }
        });
    }
}
