//! `h2h preview`: what files would become, by the splitter's own code, without sending anything.

mod doubles;
mod files;
mod json;
mod people;
mod problems;
mod progress;
mod to_fix;
mod view;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use clap::Args;
use feeds::{ExcludedIds, Feed, FileRejected, Intake, Judged, Rules, SheetEvidence};
use sheets::{Format, Limits, ReadError, no_sheet};

use self::doubles::Doubles;
use self::progress::Progress;
use self::view::{Counts, View};
use crate::args::words::feed_names;
use crate::exit::Exit;

/// Show what files would become, without sending anything
///
/// Reads each file just as the service does, and needs neither an account nor a network. Exits with 0 if all rows
/// are fine, with 1 if there are rows to fix, and with 2 if a whole file is rejected or cannot be read.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h preview --feed spl week-9.csv
  h2h preview --feed nsss --to-fix to-correct.xlsx nsss.xlsx
  h2h preview --feed contact-tracing --excluded 'a1, b2' folder/
  h2h preview --feed spl --json week-9.csv | jq 'select(.decision == \"rejected\")'")]
pub struct Arguments {
    /// The feed that the files are for
    #[arg(long, value_parser = feed_names())]
    feed: &'static Feed,
    /// The files, CSV or XLSX; of a directory, all that are one of these
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The day from which ages and days since a test are counted, as yyyy-mm-dd [default: today in London]
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// The Account IDs that contact tracing leaves out, separated by commas
    #[arg(long, value_name = "LIST", default_value = "", hide_default_value = true)]
    excluded: String,
    /// Write the rows to correct into a new XLSX file, in the form of the summary's tab to_fix: correct and drop it
    #[arg(long, value_name = "OUT.xlsx")]
    to_fix: Option<PathBuf>,
    /// Print one JSON object a line: every row, then the file; only that last line says whether the rows before it count
    #[arg(long)]
    json: bool,
}

/// Runs the command. `today` is the date in London.
pub(crate) fn run(args: &Arguments, today: NaiveDate, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let rules = Rules { as_of: args.as_of.unwrap_or(today), excluded: ExcludedIds::parse(&args.excluded) };
    let files = files::named(&args.files)?;
    ensure!(
        args.to_fix.is_none() || files.len() == 1,
        "--to-fix takes the rows of one file, and there are {}: preview them one by one",
        files.len()
    );
    let mut worst = Exit::Well;
    for (place, file) in files.iter().enumerate() {
        if files.len() > 1 && !args.json {
            writeln!(out, "{}== {} ==", if place > 0 { "\n" } else { "" }, file.display())?;
        }
        worst = worst.max(one(args, &rules, file, out)?);
    }
    Ok(worst)
}

/// Previews one file.
fn one(args: &Arguments, rules: &Rules, file: &Path, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let feed = args.feed;
    let opened = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let mut view: Box<dyn View + '_> = if args.json {
        Box::new(json::Lines::new(out, feed, rules.as_of, file))
    } else {
        Box::new(people::Page::new(out, feed, rules.as_of)?)
    };
    if let Some(path) = &args.to_fix {
        view = Box::new(to_fix::ToFix::new(view, path, feed, rules.as_of)?);
    }
    let mut preview = Preview { feed, rules, counts: Counts::default(), doubles: Doubles::default() };
    match preview.read(opened, file, view.as_mut()) {
        Ok(evidence) => {
            view.accepted(&preview.counts, &preview.doubles, &evidence).context(NOT_WRITTEN)?;
            Ok(Exit::well_if(preview.counts.to_fix == 0))
        }
        Err(error) => {
            view.rejected(&error.downcast::<FileRejected>()?.problems).context(NOT_WRITTEN)?;
            Ok(Exit::Failed)
        }
    }
}

const NOT_WRITTEN: &str = "cannot write the preview";

/// Why a sheet is rejected whole, unless its file cannot be read at all.
fn rejected(error: ReadError, path: &Path) -> anyhow::Error {
    match error {
        ReadError::Io(_) => anyhow::Error::new(error).context(format!("cannot read {}", path.display())),
        _ => FileRejected { problems: vec![error.file_problem()] }.into(),
    }
}

struct Preview<'a> {
    feed: &'static Feed,
    rules: &'a Rules,
    counts: Counts,
    doubles: Doubles,
}

impl Preview<'_> {
    /// Shows the rows; fails with [`FileRejected`] where none of them counts.
    fn read(&mut self, file: File, path: &Path, view: &mut dyn View) -> anyhow::Result<SheetEvidence> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let format = Format::of(&name, None).ok_or_else(|| FileRejected { problems: vec![no_sheet(&name, None)] })?;
        let mut progress = Progress::of(&file);
        let rows = sheets::open(file, format, &Limits::default()).map_err(|error| rejected(error, path))?;
        let mut intake = Intake::new(self.feed, self.rules.clone(), rows.origin.clone());
        for row in rows {
            let row = row.map_err(|error| rejected(error, path))?;
            progress.row();
            self.step(&mut intake, view, |intake| intake.push(row))?;
        }
        drop(progress);
        self.step(&mut intake, view, Intake::finish)?;
        Ok(intake.evidence().clone())
    }

    /// Shows what a step of the intake found.
    fn step(
        &mut self,
        intake: &mut Intake,
        view: &mut dyn View,
        step: impl FnOnce(&mut Intake) -> Result<Vec<Judged>, FileRejected>,
    ) -> anyhow::Result<()> {
        let searching = intake.header().is_none();
        let judged = step(intake);
        if let Some(header) = intake.header().filter(|_| searching) {
            view.header(header, intake.evidence().tab.as_deref()).context(NOT_WRITTEN)?;
        }
        for row in judged? {
            self.counts.add(&row.decision);
            self.doubles.add(&row);
            view.row(&row).context(NOT_WRITTEN)?;
        }
        Ok(())
    }
}
