//! `h2h doctor --mend`: what feeds the reporter is switched on where somebody switched it off.
//!
//! Nothing else heals it: the poster's probe looks after its own queue only, and without it no run gets its summary. What
//! feeds the poster is the switch's: `h2h resume`.

use anyhow::Context;

use super::aws;
use crate::consent::Consent;
use crate::place::Pipeline;

/// Asks, and switches on. Whether nothing was refused.
pub(super) async fn mend(pipeline: &Pipeline, consent: Consent) -> anyhow::Result<bool> {
    let off = aws::switched_off(pipeline).await.context("cannot look at what feeds the reporter")?;
    if off.is_empty() {
        return Ok(true);
    }
    let ways: Vec<&str> = off.iter().map(|(way, _)| way.as_str()).collect();
    if !consent.ask(&format!("Would be switched on: {}.", ways.join(", ")))? {
        return Ok(false);
    }
    for (way, id) in &off {
        let update = pipeline.lambda.update_event_source_mapping().uuid(id).enabled(true).send().await;
        update.with_context(|| format!("{way} stays off: check that you may call lambda:UpdateEventSourceMapping"))?;
    }
    Ok(true)
}
