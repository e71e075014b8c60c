//! `local-stack demo`: the main job, from sheets in a folder to summaries in a folder.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use comfy_table::{CellAlignment, Table};
use feeds::Outcome;
use ledger::RunState;
use local_stack::calls::Calls;
use local_stack::proxy::{Decide, Fate};
use local_stack::web::Web;
use local_stack::{Options, Stack};
use simulators::google::Direction;

use super::samples;
use super::up::until_ended;
use super::watch::{Watched, until_reported};

/// The check of a sheet, where it is built.
const PAGE: &str = "target/web/here-to-help-check.html";

const PATIENCE: Duration = Duration::from_secs(300);

/// The options of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where the folder tree is made; what an earlier demo left there goes.
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    drive: PathBuf,
    /// Stay up afterwards, to look at it with h2h and its page.
    #[arg(long)]
    stay: bool,
}

impl Demo {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let mut out = std::io::stdout();
        if self.drive.exists() {
            anyhow::ensure!(
                self.drive.join("endpoints.json").exists() || self.drive.read_dir()?.next().is_none(),
                "{} is not empty and not from a demo: name another folder with --drive",
                self.drive.display()
            );
            std::fs::remove_dir_all(&self.drive).with_context(|| format!("cannot empty {}", self.drive.display()))?;
        }
        writeln!(out, "Building the Lambda functions and starting the stack …")?;
        let mut options = Options::new(&self.drive);
        options.as_of = Some(samples::AS_OF.parse().context("the samples' date")?);
        // Nothing goes wrong; what the functions call is written down.
        options.decide = Some(Decide::by(|_| Fate::Pass));
        let stack = Stack::start(options).await?;
        let begun = Instant::now();
        let (mut files, mut watched) = (0, Vec::new());
        for week in samples::WEEKS {
            samples::drop_into(&self.drive, week)?;
            files += week.len();
            writeln!(out, "{} dropped into {}/<feed>/inbound\n", sheets(week.len()), self.drive.display())?;
            watched = match until_reported(&stack.ledger, files, PATIENCE).await {
                Ok(watched) => watched,
                Err(error) => {
                    writeln!(out, "What the functions logged is in {}", stack.logs.display())?;
                    return Err(error);
                }
            };
        }
        let seconds = begun.elapsed().as_secs();
        writeln!(out, "\n{}\n", table(&watched))?;
        let summaries = summaries(&stack)?;
        let api = stack.here_to_help.as_ref().map(|api| api.state());
        if let Some(state) = api {
            let (residents, requests) = (state.residents.len(), state.help_requests.len());
            writeln!(out, "Here to Help now holds {residents} residents with {requests} help requests.")?;
        }
        let calls = Calls::listed();
        let mut problems = problems(&watched, &summaries, files);
        problems.extend(calls.unlisted(&stack.journal));
        problems.extend(calls.missed(&stack.journal));
        for problem in &problems {
            writeln!(out, "PROBLEM: {problem}")?;
        }
        if self.stay {
            let web = Web::serve(&self.drive).await?;
            writeln!(out, "{}", web.says)?;
            until_ended().await?;
        }
        stack.stop().await?;
        if problems.is_empty() {
            writeln!(
                out,
                "Every row settled and every run has its one summary, {seconds} s after the first sheets were dropped."
            )?;
        }
        what_next(&mut out, &summaries)?;
        Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn sheets(count: usize) -> String {
    if count == 1 { "1 sheet".to_owned() } else { format!("{count} sheets") }
}

/// What a person wants to look at next.
fn what_next(out: &mut impl Write, summaries: &[Summary]) -> std::io::Result<()> {
    writeln!(out, "\nThe summaries, to open with any spreadsheet program:")?;
    for summary in summaries {
        writeln!(out, "  {}", summary.path.display())?;
    }
    writeln!(out, "The check of a sheet before it is dropped, to open with a double click:")?;
    let how = if Path::new(PAGE).exists() { "" } else { "  (web/check/build makes it)" };
    writeln!(out, "  {PAGE}{how}")
}

/// The table of what happened, by feed and outcome.
fn table(watched: &[Watched]) -> Table {
    let mut table = Table::new();
    let words = Outcome::ALL.iter().map(|outcome| outcome.as_str());
    table.set_header(["feed", "file"].into_iter().chain(words).chain(["rows"]));
    for one in watched {
        let totals = one.progress.totals(&one.run);
        let mut cells = vec![one.run.feed.name().to_owned(), one.run.file_name.clone()];
        if one.run.state == RunState::Rejected {
            cells.push("the file is rejected: its summary says why".to_owned());
        } else {
            let count = |outcome| totals.get(outcome).map_or_else(|| "·".to_owned(), u64::to_string);
            cells.extend(Outcome::ALL.iter().map(count));
            cells.push(one.run.rows_read.to_string());
        }
        table.add_row(cells);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A spreadsheet in an outbound folder.
struct Summary {
    run: String,
    kind: String,
    path: PathBuf,
}

fn summaries(stack: &Stack) -> Result<Vec<Summary>> {
    let files = stack.google.state().context("cannot look into the folders")?.files;
    let outbound = files.into_iter().filter(|file| file.folder.direction == Direction::Outbound && !file.trashed);
    let property = |file: &simulators::google::FileState, name| file.properties.get(name).cloned().unwrap_or_default();
    Ok(outbound
        .map(|file| Summary { run: property(&file, "run"), kind: property(&file, "kind"), path: file.path })
        .collect())
}

/// The problems: a row that did not settle, a run without its one summary.
fn problems(watched: &[Watched], summaries: &[Summary], files: usize) -> Vec<String> {
    let mut problems = Vec::new();
    if watched.len() != files {
        problems.push(format!("{files} files became {} runs", watched.len()));
    }
    for Watched { run, progress } in watched {
        let settled: u64 = progress.totals(run).values().sum();
        if run.state != RunState::Rejected && settled != run.rows_read {
            problems.push(format!("{}: {settled} of {} rows settled", run.file_name, run.rows_read));
        }
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for summary in summaries.iter().filter(|summary| summary.run == run.id.as_str()) {
            *kinds.entry(&summary.kind).or_default() += 1;
        }
        if kinds.is_empty() || kinds.values().any(|count| *count != 1) {
            problems.push(format!("{}: not exactly one summary ({kinds:?})", run.file_name));
        }
    }
    problems
}
