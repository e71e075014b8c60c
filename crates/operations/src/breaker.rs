//! Pause and resume: the ledger's circuit breaker first, which every poster heeds, then the mapping that feeds them.

use aws::mapping::{Change, Flow, Mapping};
use ledger::{BreakerState, CircuitBreaker, Ledger};

use crate::{Error, Result};

/// How often the circuit breaker is tried while others change it.
const ATTEMPTS: u32 = 5;

/// Pauses posting for a reason until somebody resumes it. Paused already: the reason and the person are these now.
pub async fn pause(ledger: &Ledger, mapping: &Mapping, why: &str, by: &str) -> Result<CircuitBreaker> {
    let breaker = set(ledger, BreakerState::Open, why, by).await?;
    let_through(mapping, Flow::Stopped).await?;
    Ok(breaker)
}

/// Lets rows be posted again: a few at first, as many as usual once the poster's next probe finds the breaker closed.
pub async fn resume(ledger: &Ledger, mapping: &Mapping, by: &str) -> Result<CircuitBreaker> {
    let breaker = set(ledger, BreakerState::Closed, "resumed", by).await?;
    if mapping.flow().await? == Flow::Stopped {
        let_through(mapping, Flow::LEAST).await?;
    }
    Ok(breaker)
}

async fn let_through(mapping: &Mapping, flow: Flow) -> Result<()> {
    match mapping.set(flow).await? {
        Change::Made | Change::None => Ok(()),
        Change::Later => Err(Error::MappingInUse),
    }
}

async fn set(ledger: &Ledger, state: BreakerState, why: &str, by: &str) -> Result<CircuitBreaker> {
    for _ in 0..ATTEMPTS {
        let seen = ledger.breaker().await?;
        if let Some(breaker) = ledger.set_breaker(&seen, state, why, by).await? {
            return Ok(breaker);
        }
    }
    Err(Error::BreakerInUse)
}
