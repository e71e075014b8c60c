//! The schedules that call the functions.

use super::check::Check;
use crate::environment::Environment;
use crate::schedules::Schedule;

pub(super) async fn check(environment: &Environment) -> Vec<Check> {
    let all = match environment.schedules().await {
        // A local stack calls its functions itself, as long as it is up.
        Ok(None) => return Vec::new(),
        Ok(Some(all)) => all,
        Err(error) => return vec![Check::problem("schedules", format!("{error:#}"), "Then run the command again.")],
    };
    let check = |Schedule { name, on, is_there }: Schedule| {
        let what = format!("schedule {name}");
        match on {
            true => Check::ok(what, "on"),
            false if is_there => Check::problem(
                what,
                "off: it calls nobody",
                "Deploy infra: it switches on what is not meant to be off (`feeds_off`).",
            ),
            false => Check::problem(what, "it is not there", "Deploy infra."),
        }
    };
    all.0.into_iter().map(check).collect()
}
