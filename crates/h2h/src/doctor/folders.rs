//! The feeds' folders in Google Drive.

use drive::{Access, Kind, Look, Scope};
use feeds::Direction;
use feeds::Feed;
use futures::future::join_all;

use super::Line;
use super::functions::{Function, Functions};
use crate::google::Google;
use crate::place::Pipeline;
use crate::show::count;

pub(super) async fn check(pipeline: &Pipeline, functions: &Functions) -> Vec<Line> {
    let (reading, writing) = futures::join!(
        google(pipeline, &functions.splitter, Scope::ReadOnly),
        google(pipeline, &functions.reporter, Scope::ReadWrite)
    );
    let (reading, writing) = match (reading, writing) {
        (Ok(reading), Ok(writing)) => (reading, writing),
        (Err(line), _) | (_, Err(line)) => return vec![line],
    };
    let checks = feeds::all().iter().flat_map(|feed| {
        [
            (*feed, Direction::Inbound, &functions.splitter, &reading),
            (*feed, Direction::Outbound, &functions.reporter, &writing),
        ]
    });
    let mut lines = vec![Line::ok("Google's service account", reading.account())];
    lines.extend(join_all(checks.map(|(feed, which, function, google)| folder(feed, which, function, google))).await);
    lines
}

async fn google<'a>(pipeline: &'a Pipeline, function: &Function, scope: Scope) -> Result<Google<'a>, Line> {
    Google::of(pipeline, |name| function.setting(name).map(ToOwned::to_owned), scope).await.map_err(|error| {
        let to_do = "Write the service account's key into its parameter (docs/deploy.md).";
        Line::problem("Google", format!("{error:#}"), to_do)
    })
}

/// Whether a feed's folder is shared with the account, and whether its files can be read there, or a summary could be
/// written. Only asks: nothing is left there.
async fn folder(feed: &Feed, which: Direction, function: &Function, google: &Google<'_>) -> Line {
    let (what, to_be) = match which {
        Direction::Inbound => (format!("{feed}'s inbound folder"), "read"),
        Direction::Outbound => (format!("{feed}'s outbound folder"), "written to"),
    };
    let setting = which.setting(feed);
    let Some(id) = function.setting(&setting) else {
        return Line::problem(
            what,
            format!("{setting} is not set"),
            "Write the folder's id into its parameter, then deploy.",
        );
    };
    let account = google.account();
    let share = format!("Share the folder with {account}, to be {to_be}.");
    let Look { access, files } = match google.look(id).await {
        Ok(look) => look,
        Err(error) => return Line::problem(what, format!("{error:#}"), share),
    };
    let locked = files.iter().filter(|file| file.kind() != Kind::Other && !file.can_download()).count() as u64;
    let files = count(files.len() as u64, "file", "files");
    match (which, access) {
        (Direction::Inbound, _) if locked > 0 => Line::problem(
            what,
            format!("{} may be looked at and not downloaded", count(locked, "file", "files")),
            format!("The drive forbids it to viewers: make {account} a Contributor of the folder."),
        ),
        (Direction::Inbound, _) => Line::ok(what, format!("shared, {files}")),
        (Direction::Outbound, Access::Write) => Line::ok(what, format!("shared, to be written to, {files}")),
        (Direction::Outbound, Access::ReadOnly) => {
            Line::problem(what, "shared to be looked at only: no summary can be written", share)
        }
        (Direction::Outbound, Access::NotOnSharedDrive) => Line::problem(
            what,
            "on a person's own drive, where the account has no room: no summary can be written",
            "Move the folder to a shared drive.",
        ),
    }
}
