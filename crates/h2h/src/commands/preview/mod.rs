mod ahead;
mod files;
mod json;
mod people;
mod progress;
mod to_fix;
mod view;

use std::fs::File;

use feeds::{ExcludedIds, FileRejected, Intake, Judged, Rules, SheetEvidence};
use preview::Findings;
use sheets::{Format, Limits, ReadError, no_sheet};

use self::progress::Progress;
use self::to_fix::ToFix;
use self::view::View;
use crate::command_prelude::*;

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
pub(crate) struct Arguments {
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

/// `today` is the date in London.
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

fn one(args: &Arguments, rules: &Rules, path: &Path, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let feed = args.feed;
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let view: Box<dyn View + '_> = if args.json {
        Box::new(json::Lines::new(out, feed, rules.as_of, path))
    } else {
        Box::new(people::Page::new(out, feed, rules.as_of)?)
    };
    let to_fix = args.to_fix.as_deref().map(|path| ToFix::new(path, feed, rules.as_of)).transpose()?;
    let mut preview = Preview { view, to_fix, has_header: false, findings: Findings::default() };
    let read = preview.read(file, path, feed, rules);
    let Preview { mut view, to_fix, findings, .. } = preview;
    let end = |has_rows| to_fix.map_or(Ok(()), |to_fix| to_fix.end(has_rows).context(NOT_WRITTEN));
    match read {
        Ok(evidence) => {
            let to_fix = findings.counts.to_fix;
            end(to_fix > 0)?;
            view.accepted(&findings, &evidence).context(NOT_WRITTEN)?;
            Ok(Exit::well_if(to_fix == 0))
        }
        Err(error) => {
            let FileRejected { problems } = error.downcast()?;
            end(false)?;
            view.rejected(&problems).context(NOT_WRITTEN)?;
            Ok(Exit::Failed)
        }
    }
}

const NOT_WRITTEN: &str = "cannot write the preview";

struct Preview<'a> {
    view: Box<dyn View + 'a>,
    to_fix: Option<ToFix>,
    has_header: bool,
    findings: Findings,
}

impl Preview<'_> {
    /// Shows the rows; fails with [`FileRejected`] where none of them counts.
    fn read(&mut self, file: File, path: &Path, feed: &'static Feed, rules: &Rules) -> anyhow::Result<SheetEvidence> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let format = Format::of(&name, None).ok_or_else(|| FileRejected { problems: vec![no_sheet(&name, None)] })?;
        // The sheet is rejected whole, unless its file cannot be read at all.
        let rejected = |error| match error {
            ReadError::Io(_) => anyhow::Error::new(error).context(format!("cannot read {}", path.display())),
            _ => FileRejected { problems: vec![error.file_problem()] }.into(),
        };
        let mut progress = Progress::of(&file);
        let rows = sheets::open(file, format, &Limits::default()).map_err(rejected)?;
        let mut intake = Intake::new(feed, rules.clone(), rows.origin.clone());
        ahead::each(rows, |row| {
            let row = row.map_err(rejected)?;
            progress.row();
            let judged = intake.push(row);
            self.show(&intake, judged)
        })?;
        drop(progress);
        let judged = intake.finish();
        self.show(&intake, judged)?;
        Ok(intake.evidence().clone())
    }

    fn show(&mut self, intake: &Intake, judged: Result<Vec<Judged>, FileRejected>) -> anyhow::Result<()> {
        if let Some(header) = intake.header().filter(|_| !self.has_header) {
            self.has_header = true;
            self.to_fix.iter_mut().try_for_each(|to_fix| to_fix.header(header)).context(NOT_WRITTEN)?;
            self.view.header(header, intake.evidence().tab.as_deref()).context(NOT_WRITTEN)?;
        }
        for row in judged? {
            self.findings.add(&row);
            self.to_fix.iter_mut().try_for_each(|to_fix| to_fix.row(&row)).context(NOT_WRITTEN)?;
            self.view.row(&row).context(NOT_WRITTEN)?;
        }
        Ok(())
    }
}
