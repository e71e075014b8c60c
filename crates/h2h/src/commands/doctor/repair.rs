//! `h2h doctor --mend`: what feeds the reporter is switched on where somebody switched it off.
//!
//! Nothing else heals it: the poster's probe looks after its own queue only, and without it no run gets its summary. What
//! feeds the poster is the circuit breaker's: `h2h resume`.

use anyhow::Context;

use super::aws;
use crate::confirm::Confirm;
use crate::environment::Environment;

/// Asks, and switches on.
pub(super) async fn repair(environment: &Environment, confirm: Confirm) -> anyhow::Result<()> {
    let off = aws::switched_off(environment).await.context("cannot look at what feeds the reporter")?;
    if off.is_empty() {
        return Ok(());
    }
    let ways: Vec<&str> = off.iter().map(|(way, _)| way.as_str()).collect();
    confirm.ask(&format!("Would be switched on: {}.", ways.join(", ")))?;
    for (way, id) in &off {
        let update = environment.lambda.update_event_source_mapping().uuid(id).enabled(true).send().await;
        update.with_context(|| format!("{way} stays off: check that you may call lambda:UpdateEventSourceMapping"))?;
    }
    Ok(())
}
