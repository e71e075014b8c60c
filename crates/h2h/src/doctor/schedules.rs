//! The schedules that call the functions.

use super::Line;
use crate::place::Pipeline;

pub(super) async fn check(pipeline: &Pipeline) -> Vec<Line> {
    let all = match pipeline.schedules().await {
        // A local stack calls its functions itself, as long as it is up.
        Ok(None) => return Vec::new(),
        Ok(Some(all)) => all,
        Err(error) => return vec![Line::problem("schedules", format!("{error:#}"), "Then run the command again.")],
    };
    let line = |(name, is_on): (&str, Option<bool>)| {
        let what = format!("schedule {name}");
        match is_on {
            Some(true) => Line::ok(what, "on"),
            Some(false) => Line::problem(
                what,
                "off: it calls nobody",
                "Deploy infra: it switches on what is not meant to be off (`feeds_off`).",
            ),
            None => Line::problem(what, "it is not there", "Deploy infra."),
        }
    };
    all.all().map(line).collect()
}
