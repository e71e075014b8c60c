//! The stage's hash key.

use anyhow::bail;
use aws::secrets::Secrets;
use ledger::HashKey;

use crate::environment::Environment;
use crate::functions::Function;

/// The key that the posters hash with what people are known by. Without it nothing that is remembered of them is found.
///
/// # Errors
/// The poster is not told where it is, it is not there, or it cannot be read. It is never made here.
pub(crate) async fn read(environment: &Environment) -> anyhow::Result<HashKey> {
    let poster = Function::read(environment, &environment.names.poster).await?;
    let parameter = poster.needed("HASH_KEY_PARAMETER")?;
    match Secrets::new(environment.clients.ssm.clone()).read(parameter).await {
        Ok(secret) => Ok(HashKey::new(&secret)),
        Err(error) if error.is_not_found() => bail!(
            "the hash key {parameter} is missing: the poster makes it when it starts (`h2h doctor` starts it), but what was \
             remembered under a key that is gone is not found again (docs/deploy.md, The hash key)"
        ),
        Err(error) => Err(error.into()),
    }
}
