//! The feeds' folders in Google Drive.

use std::time::Duration;

use drive::{Access, Drive, Kind, Scope};
use feeds::Feed;
use futures::future::join_all;
use service::folders::Direction;
use service::invocation::describe;
use tokio::time::Instant;

use super::Line;
use super::functions::{Function, Functions};
use crate::place::Pipeline;
use crate::show::count;

/// How long Google is waited for.
const PATIENCE: Duration = Duration::from_secs(40);

pub(super) async fn check(pipeline: &Pipeline, functions: &Functions) -> Vec<Line> {
    let (reading, writing) = futures::join!(
        google(pipeline, &functions.splitter, Scope::ReadOnly),
        google(pipeline, &functions.reporter, Scope::ReadWrite)
    );
    let (reading, writing) = match (reading, writing) {
        (Ok(reading), Ok(writing)) => (reading, writing),
        (Err(line), _) | (_, Err(line)) => return vec![line],
    };
    let account = reading.account().unwrap_or("this service's account").to_owned();
    let mut lines = vec![Line::ok("Google's service account", account.clone())];
    let checks = feeds::all().iter().flat_map(|feed| {
        [
            (*feed, Direction::Inbound, &functions.splitter, &reading, "read"),
            (*feed, Direction::Outbound, &functions.reporter, &writing, "written to"),
        ]
    });
    let checks =
        checks.map(|(feed, which, function, drive, to_be)| folder(feed, which, function, drive, to_be, &account));
    lines.extend(join_all(checks).await);
    lines
}

async fn google(pipeline: &Pipeline, function: &Function, scope: Scope) -> Result<Drive, Line> {
    pipeline.drive(|name| function.setting(name).map(ToOwned::to_owned), scope).await.map_err(|error| {
        let to_do = "Write the service account's key into its parameter (docs/deploy.md).";
        Line::problem("Google", format!("{error:#}"), to_do)
    })
}

/// Whether a feed's folder is shared with the account, and whether a summary could be written there. Only asks: nothing is
/// left there.
async fn folder(feed: &Feed, which: Direction, function: &Function, drive: &Drive, to_be: &str, account: &str) -> Line {
    let what = match which {
        Direction::Inbound => format!("{feed}'s inbound folder"),
        Direction::Outbound => format!("{feed}'s outbound folder"),
    };
    let setting = which.setting(feed);
    let Some(id) = function.setting(&setting) else {
        return Line::problem(
            what,
            format!("{setting} is not set"),
            "Write the folder's id into its parameter, then deploy.",
        );
    };
    let share = format!("Share the folder with {account}, to be {to_be}.");
    let drive = drive.until(Instant::now() + PATIENCE);
    let files = match drive.list(id).await {
        Ok(files) => files,
        Err(error) => return Line::problem(what, describe(&error), share),
    };
    let locked = files.iter().filter(|file| file.kind() != Kind::Other && !file.can_download()).count() as u64;
    let files = count(files.len() as u64, "file", "files");
    if which == Direction::Inbound && locked > 0 {
        return Line::problem(
            what,
            format!("{} may be looked at and not downloaded", count(locked, "file", "files")),
            format!("The drive forbids it to viewers: make {account} a Contributor of the folder."),
        );
    }
    if which == Direction::Inbound {
        return Line::ok(what, format!("shared, {files}"));
    }
    match drive.access(id).await {
        Ok(Access::Write) => Line::ok(what, format!("shared, to be written to, {files}")),
        Ok(Access::ReadOnly) => Line::problem(what, "shared to be looked at only: no summary can be written", share),
        Ok(Access::NotOnSharedDrive) => Line::problem(
            what,
            "on a person's own drive, where the account has no room: no summary can be written",
            "Move the folder to a shared drive.",
        ),
        Err(error) => Line::problem(what, describe(&error), share),
    }
}
