//! The feeds' folders in Google Drive.

use drive::{Access, Kind, Look, Scope};
use feeds::Direction;
use futures::future::join_all;

use super::check::Check;
use super::functions::Functions;
use crate::command_prelude::*;

pub(super) async fn check(environment: &Environment, functions: &Functions) -> Vec<Check> {
    let (reading, writing) = futures::join!(
        google(environment, &functions.splitter, Scope::ReadOnly),
        google(environment, &functions.reporter, Scope::ReadWrite)
    );
    let (reading, writing) = match (reading, writing) {
        (Ok(reading), Ok(writing)) => (reading, writing),
        (Err(check), _) | (_, Err(check)) => return vec![check],
    };
    let each = feeds::all().iter().flat_map(|feed| {
        let inbound = folder(feed, Direction::Inbound, &functions.splitter, &reading);
        [inbound, folder(feed, Direction::Outbound, &functions.reporter, &writing)]
    });
    let mut checks = vec![Check::ok("Google's service account", reading.account())];
    checks.extend(join_all(each).await);
    checks
}

async fn google<'a>(environment: &'a Environment, function: &Function, scope: Scope) -> Result<Google<'a>, Check> {
    Google::of(environment, function, scope).await.map_err(|error| {
        let to_do = "Write the service account's key into its parameter (docs/deploy.md).";
        Check::problem("Google", format!("{error:#}"), to_do)
    })
}

/// Checks that a feed's folder is shared with the account, and that its files can be read there, or a summary could be
/// written. Only asks: nothing is left there.
async fn folder(feed: &Feed, which: Direction, function: &Function, google: &Google<'_>) -> Check {
    let (what, to_be) = match which {
        Direction::Inbound => (format!("{feed}'s inbound folder"), "read"),
        Direction::Outbound => (format!("{feed}'s outbound folder"), "written to"),
    };
    let setting = which.setting(feed);
    let Some(id) = function.setting(&setting) else {
        let to_do = "Write the folder's id into its parameter, then deploy.";
        return Check::problem(what, format!("{setting} is not set"), to_do);
    };
    let account = google.account();
    let share = format!("Share the folder with {account}, to be {to_be}.");
    let Look { access, files } = match google.look(id).await {
        Ok(look) => look,
        Err(error) => return Check::problem(what, format!("{error:#}"), share),
    };
    let locked = files.iter().filter(|file| file.kind() != Kind::Other && !file.can_download()).count();
    let files = count(files.len(), "file", "files");
    let (problem, to_do) = match (which, access) {
        (Direction::Inbound, _) if locked > 0 => (
            &*format!("{} may be looked at and not downloaded", count(locked, "file", "files")),
            format!("The drive forbids it to viewers: make {account} a Contributor of the folder."),
        ),
        (Direction::Inbound, _) => return Check::ok(what, format!("shared, {files}")),
        (Direction::Outbound, Access::Write) => return Check::ok(what, format!("shared, to be written to, {files}")),
        (Direction::Outbound, Access::ReadOnly) => ("shared to be looked at only: no summary can be written", share),
        (Direction::Outbound, Access::NotOnSharedDrive) => (
            "on a person's own drive, where the account has no room: no summary can be written",
            "Move the folder to a shared drive.".to_owned(),
        ),
    };
    Check::problem(what, problem, to_do)
}
