//! Pause and resume: the ledger's switch first, which every poster heeds, then the mapping that feeds them.

use ledger::{Ledger, Posting, Switch};

use crate::mapping::Mapping;
use crate::{Error, Result};

/// How often the switch is tried while others change it.
const ATTEMPTS: u32 = 5;

/// Pauses posting for a reason until somebody resumes it. Paused already: the reason and the person are these now.
///
/// # Errors
/// The ledger's and the mapping's. Run again, it ends what is left.
pub async fn pause(ledger: &Ledger, mapping: &Mapping, why: &str, by: &str) -> Result<Switch> {
    let switch = set(ledger, Posting::Paused, why, by).await?;
    mapping.set_enabled(false).await?;
    Ok(switch)
}

/// Lets rows be posted again.
///
/// # Errors
/// As [`pause`].
pub async fn resume(ledger: &Ledger, mapping: &Mapping, by: &str) -> Result<Switch> {
    let switch = set(ledger, Posting::Running, "resumed", by).await?;
    mapping.set_enabled(true).await?;
    Ok(switch)
}

async fn set(ledger: &Ledger, posting: Posting, why: &str, by: &str) -> Result<Switch> {
    for _ in 0..ATTEMPTS {
        let seen = ledger.switch().await?;
        if let Some(switch) = ledger.set_switch(&seen, posting, why, by).await? {
            return Ok(switch);
        }
    }
    Err(Error::SwitchInUse)
}
