use drive::{Entry, Kind, Scope};
use feeds::{Direction, ExcludedIds, RULES_VERSION, Rules};
use ledger::{KnownRevision, LANES, NewRun, Revision};
use sheets::Format;

use crate::command_prelude::*;

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
    environment: EnvironmentArgs,
    #[command(flatten)]
    confirm: Confirm,
    /// Print one JSON object a line, one for each file
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct LeftOut {
    run: RunId,
    file: String,
    left_out: bool,
}

/// `today` is the date in London.
pub(crate) async fn run(args: &Arguments, today: NaiveDate, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (feed, environment) = (args.feed, args.environment.connect().await?);
    let (new, unreadable) = look(&environment, feed, today).await?;
    let left_alone = match unreadable {
        0 => String::new(),
        files => format!("\n{} left alone, for a newer version wrote of it.", count(files, "more is", "more are")),
    };
    if new.is_empty() {
        writeln!(out, "Every file in the inbound folder of {feed} in {environment} is known already.{left_alone}")?;
        return Ok(Exit::Well);
    }
    let names: String = new.iter().map(|run| format!("\n  {}", plain(&run.file_name))).collect();
    args.confirm.ask(&format!(
        "{} in the inbound folder of {feed} in {environment} would count as done, and never be ingested:{names}{left_alone}",
        count(new.len(), "file", "files")
    ))?;
    let mut done = 0;
    for new_run in new {
        let (run, file) = (new_run.id(), new_run.file_name.clone());
        let again = || format!("stopped at {}: run the command again, it goes on there", plain(&file));
        let left_out = environment.ledger.leave_out(new_run, BECAUSE, &who()).await.with_context(again)?;
        done += u64::from(left_out);
        if args.json {
            line(out, &LeftOut { run, file, left_out })?;
        }
    }
    if !args.json {
        writeln!(out, "{} as done.", count(done, "file counts", "files count"))?;
    }
    Ok(Exit::Well)
}

/// The files that are not known yet, and how many more there are of which a newer version wrote.
async fn look(
    environment: &Environment,
    feed: &'static Feed,
    as_of: NaiveDate,
) -> anyhow::Result<(Vec<NewRun>, usize)> {
    let splitter = Function::read(environment, &environment.names.splitter).await?;
    let folder = splitter.needed(&Direction::Inbound.setting(feed))?;
    let google = Google::of(environment, &splitter, Scope::ReadOnly).await?;
    let files = google.look(folder).await.context("the folder cannot be listed: `h2h doctor` says why")?.files;
    let ids: Vec<String> = files.iter().map(|file| file.id.clone()).collect();
    let known = environment.ledger.known_files(&ids).await.context("cannot look which files are known")?;
    let readable = files.into_iter().filter(|file| !known.unreadable.contains_key(&file.id));
    let new = readable.filter_map(|file| {
        let revision = revision(&file, known.revisions.get(&file.id).map(Vec::as_slice).unwrap_or_default())?;
        Some(NewRun {
            feed,
            file_id: file.id,
            file_name: file.name,
            revision,
            file_created: file.created,
            file_modified: file.modified,
            rules: Rules { as_of, excluded: ExcludedIds::parse("") },
            rules_version: RULES_VERSION,
            lanes: LANES,
        })
    });
    Ok((new.collect(), known.unreadable.len()))
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
