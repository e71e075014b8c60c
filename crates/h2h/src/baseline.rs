//! `h2h baseline`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args;
use drive::{Entry, Kind, Scope};
use feeds::Direction;
use feeds::{ExcludedIds, Feed, RULES_VERSION, Rules};
use ledger::{KnownRevision, LANES, NewRun, Revision};
use serde_json::json;
use sheets::Format;

use crate::consent::{Consent, who};
use crate::feed::feed_names;
use crate::google::Google;
use crate::place::Place;
use crate::show::{count, plain};

const BECAUSE: &str = "it lay in the folder before this service was switched on";

/// Count what lies in a feed's folder now as done: it will never be ingested
///
/// For the day of the switch-over: the files that the earlier system ingested still lie there. A file whose content changes
/// later is a new one; a Google Sheet is not taken again. Run again, it takes what has come since. Exits with 0 if it is
/// done, with 1 if it was not agreed to, and with 2 if it failed.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h baseline --feed spl --stage production")]
pub(crate) struct Arguments {
    /// The feed
    #[arg(long, value_parser = feed_names())]
    feed: &'static Feed,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON object a line, one for each file
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { feed, place, consent, json } = arguments;
    let pipeline = place.connect().await?;
    let settings = pipeline.settings_of_splitter().await?;
    let setting = Direction::Inbound.setting(feed);
    let folder = settings.get(&setting).ok_or_else(|| anyhow!("the splitter is not told {setting}: deploy infra"))?;
    let google = Google::of(&pipeline, |name| settings.get(name).cloned(), Scope::ReadOnly).await?;
    let files = google.look(folder).await.context("the folder cannot be listed: `h2h doctor` says why")?.files;
    let ids: Vec<String> = files.iter().map(|file| file.id.clone()).collect();
    let known = pipeline.ledger.known_files(&ids).await.context("cannot look which files are known")?;
    let new: Vec<NewRun> = files
        .into_iter()
        .filter(|file| !known.unreadable.contains_key(&file.id))
        .filter_map(|file| {
            let revisions = known.revisions.get(&file.id).map(Vec::as_slice).unwrap_or_default();
            let revision = revision(&file, revisions)?;
            Some(new_run(feed, file, revision))
        })
        .collect();
    let left_alone = match known.unreadable.len() as u64 {
        0 => String::new(),
        files => format!("\n{} left alone, for a newer version wrote of it.", count(files, "more is", "more are")),
    };
    let what = format!(
        "{} in the inbound folder of {feed} in {place} would count as done, and never be ingested:",
        count(new.len() as u64, "file", "files")
    );
    let names: String = new.iter().map(|run| format!("\n  {}", plain(&run.file_name))).collect();
    if new.is_empty() {
        writeln!(out, "Every file in the inbound folder of {feed} in {place} is known already.{left_alone}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if !consent.ask(&format!("{what}{names}{left_alone}"))? {
        return Ok(ExitCode::FAILURE);
    }
    let mut done = 0;
    for run in new {
        let (id, name) = (run.id(), run.file_name.clone());
        let again = || format!("stopped at {}: run the command again, it goes on there", plain(&name));
        let is_new = pipeline.ledger.leave_out(run, BECAUSE, &who()).await.with_context(again)?;
        done += u64::from(is_new);
        if json {
            writeln!(out, "{}", json!({ "run": id.as_str(), "file": name, "left_out": is_new }))?;
        }
    }
    if !json {
        writeln!(out, "{} as done.", count(done, "file counts", "files count"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The revision that the splitter would take next, if there is one.
fn revision(file: &Entry, known: &[KnownRevision]) -> Option<String> {
    let is_sheet = match file.kind() {
        _ if file.trashed => return None,
        Kind::Sheet => true,
        Kind::Blob => Format::of(&file.name, Some(&file.mime_type)).is_some(),
        Kind::Document => false,
        Kind::Other => return None,
    };
    match Revision::of(Revision::name(file.md5.as_deref(), is_sheet).as_deref(), known) {
        Revision::New(revision) | Revision::IfModifiedSince(_, revision) => Some(revision),
        Revision::Known => None,
    }
}

fn new_run(feed: &'static Feed, file: Entry, revision: String) -> NewRun {
    NewRun {
        feed,
        file_id: file.id,
        file_name: file.name,
        revision,
        file_created: file.created,
        file_modified: file.modified,
        rules: Rules { as_of: crate::today(), excluded: ExcludedIds::parse("") },
        rules_version: RULES_VERSION,
        lanes: LANES,
    }
}
