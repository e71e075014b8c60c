//! Checks that posting goes on: circuit breaker and event source mapping, and what the functions logged of them.

use anyhow::{Context, Result};
use aws::mapping::{Flow, Mapping};
use ledger::BreakerState;
use serde_json::Value;

use crate::Stack;

/// Where posting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The circuit breaker.
    pub breaker: BreakerState,
    /// A row went through since it is being tried.
    pub row_went_through: bool,
    /// The flow through the mapping.
    pub flow: Flow,
    /// The flow where all is well.
    pub full: Flow,
}

impl State {
    /// Looks at a stack.
    pub async fn look(stack: &Stack) -> Result<Self> {
        let breaker = stack.ledger.breaker().await.context("cannot read the circuit breaker")?;
        let lambda = aws_sdk_lambda::Client::new(&stack.aws);
        let mapping = Mapping::new(lambda, "poster", &stack.endpoints.rows_queue);
        let flow = mapping.flow().await.context("cannot look at the rows queue's mapping")?;
        let (breaker, row_went_through) = (breaker.state, breaker.row_went_through);
        Ok(Self { breaker, row_went_through, flow, full: Flow::full(stack.poster_concurrency) })
    }

    /// True if everything is let through; or as much as may be where no row is left that could show that it is well.
    pub fn goes_on(&self) -> bool {
        match self.breaker {
            BreakerState::Closed => self.flow == self.full,
            BreakerState::HalfOpen => !self.row_went_through && self.flow == Flow::LEAST,
            BreakerState::Open => false,
        }
    }
}

/// The functions' log of pauses, and of rows that they gave up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How often posting was paused.
    pub pauses: u64,
    /// How often it went on with all rows.
    pub resumes: u64,
    /// How many rows the sweep gave up.
    pub given_up: u64,
}

impl Told {
    /// Reads a stack's logs.
    pub fn read(stack: &Stack) -> Result<Self> {
        let log = |function: &str| {
            let path = stack.logs.join(format!("{function}.log"));
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        Ok(Self::of(&log("poster")?, &log("reporter")?))
    }

    fn of(poster: &str, reporter: &str) -> Self {
        let lines = |log: &'static str, of: &str| -> Vec<Value> {
            let lines = of.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            lines.filter(|line| line["message"].as_str().is_some_and(|message| message.starts_with(log))).collect()
        };
        let resumed = lines("the circuit breaker is set", poster);
        Self {
            pauses: lines("posting is paused: ", poster).len() as u64,
            resumes: resumed.iter().filter(|line| line["posting"] == "running").count() as u64,
            given_up: lines("the run's rows were lost", reporter).iter().filter_map(|line| line["rows"].as_u64()).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Flow = Flow::AtMost(10);

    fn state(breaker: BreakerState, row_went_through: bool, flow: Flow) -> State {
        State { breaker, row_went_through, flow, full: FULL }
    }

    #[test]
    fn switch_and_mapping_must_agree_that_posting_goes_on() {
        assert!(state(BreakerState::Closed, false, FULL).goes_on());
        assert!(!state(BreakerState::Closed, false, Flow::LEAST).goes_on());
        assert!(!state(BreakerState::Closed, false, Flow::Stopped).goes_on());
        assert!(!state(BreakerState::Open, false, Flow::Stopped).goes_on());
        assert!(state(BreakerState::HalfOpen, false, Flow::LEAST).goes_on(), "no row is left to be tried");
        assert!(!state(BreakerState::HalfOpen, true, Flow::LEAST).goes_on(), "the next probe lets all through");
    }

    #[test]
    fn pauses_and_given_up_rows_are_read_from_the_logs() {
        let poster = r#"
            {"level":"INFO","message":"the circuit breaker is set","posting":"trying"}
            {"level":"ERROR","message":"posting is paused: every row would fail","class":"forbidden"}
            {"level":"WARN","message":"posting is paused again: it is not well yet"}
            a panic
            {"level":"INFO","message":"the circuit breaker is set","posting":"running"}"#;
        let reporter = r#"{"level":"ERROR","message":"the run's rows were lost again and again: given up","rows":3}"#;
        assert_eq!(Told::of(poster, reporter), Told { pauses: 1, resumes: 1, given_up: 3 });
    }
}
