//! `local-stack measure memory`: how much memory, and room on the disk, the functions take for a sheet of any length.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use feeds::Feed;
use local_stack::{Options, Stack, nhs_number, processes};
use serde_json::json;

use crate::commands::watch::until_reported;

/// One row in so many has a valid NHS number and is posted; the others are rejected, and stand in the summary twice.
const POSTED_EVERY: u32 = 500;
const GLANCE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(3600);

/// The options of `measure memory`.
#[derive(Debug, Args)]
pub(crate) struct Memory {
    /// How many rows the sheet has.
    #[arg(long, default_value_t = 10_000)]
    rows: u32,
    /// How many columns it has.
    #[arg(long, default_value_t = 60)]
    columns: usize,
    /// What the sheet is.
    #[arg(long, value_enum, default_value_t = Kind::Csv)]
    kind: Kind,
    /// The splitter's time-out in seconds: shorter than the reading of a long sheet takes, so that it needs several
    /// invocations.
    #[arg(long, default_value_t = 60)]
    splitter_timeout: u64,
    /// Print JSON in one line, for programs
    #[arg(long)]
    json: bool,
}

/// What a sheet is.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// A CSV file.
    Csv,
    /// An XLSX file.
    Xlsx,
    /// A Google Sheet.
    Sheet,
}

impl Memory {
    /// Drops the sheet, waits for its summary and prints the peaks of each function's resident memory
    /// and of its temporary files, in MB.
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let drive = tempfile::tempdir().context("cannot make a folder")?;
        let mut options = Options::new(drive.path());
        options.tempo.splitter_timeout = Duration::from_secs(self.splitter_timeout);
        options.tempo.reporter_timeout = Duration::from_secs(900);
        let stack = Stack::start(options).await?;
        self.write(&drive.path().join("spl/inbound"))?;
        let begun = Instant::now();
        let mut peaks = Peaks::default();
        let reported = until_reported(&stack.ledger, 1, PATIENCE);
        let watched = tokio::select! {
            watched = reported => watched?,
            never = peaks.watch(&stack.endpoints.aws) => match never {},
        };
        let run = &watched.first().context("there is no run")?.run;
        let line = json!({
            "rows": run.rows_read,
            "columns": self.columns,
            "kind": format!("{:?}", self.kind).to_lowercase(),
            "state": run.state.as_str(),
            "problems": run.problems.iter().map(|problem| &problem.problem).collect::<Vec<_>>(),
            "seconds": begun.elapsed().as_secs(),
            "peak_mb": peaks.memory,
            "peak_disk_mb": peaks.disk,
        });
        super::say::say(&line, self.json)?;
        stack.stop().await?;
        Ok(ExitCode::SUCCESS)
    }

    /// Writes the sheet whole beside the folder, and moves it in.
    fn write(&self, inbound: &Path) -> Result<()> {
        let name = match self.kind {
            Kind::Csv => "long.csv",
            Kind::Xlsx => "long.xlsx",
            Kind::Sheet => "long.gsheet.csv",
        };
        let whole =
            tempfile::NamedTempFile::new_in(inbound.parent().unwrap_or(inbound)).context("cannot make a file")?;
        match self.kind {
            Kind::Csv | Kind::Sheet => self.write_csv(whole.path()),
            Kind::Xlsx => self.write_xlsx(whole.path()),
        }?;
        whole.persist(inbound.join(name)).context("cannot move the sheet into its folder")?;
        Ok(())
    }

    fn write_csv(&self, path: &Path) -> Result<()> {
        let mut sheet = csv::Writer::from_path(path).context("cannot write the sheet")?;
        for row in 0..=self.rows {
            sheet.write_record((0..self.columns).map(|column| cell(row, column))).context("cannot write the sheet")?;
        }
        sheet.flush().context("cannot write the sheet")
    }

    fn write_xlsx(&self, path: &Path) -> Result<()> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().context("cannot write the sheet")?;
        for row in 0..=self.rows {
            for (column, place) in (0..self.columns).zip(0u16..) {
                sheet.write_string(row, place, cell(row, column)).context("cannot write the sheet")?;
            }
        }
        book.save(path).context("cannot write the sheet")
    }
}

/// The text of a cell; row 0 is the header.
fn cell(row: u32, column: usize) -> String {
    let needed = Feed::named("spl").and_then(|feed| feed.columns().get(column)).map(|column| column.name);
    match (needed, row) {
        (Some(name), 0) => name.to_owned(),
        (None, 0) => format!("carried along {column}"),
        (Some("Traced_NHSNUMBER"), row) if row.is_multiple_of(POSTED_EVERY) => nhs_number(row),
        (Some("DateOfBirth"), _) => "25/12/1950".to_owned(),
        (Some("Traced_NHSNUMBER" | "DateOfDeath"), _) => String::new(),
        (Some("uprn"), row) => row.to_string(),
        (Some(name), row) => format!("{name} {row}"),
        (None, row) => format!("text {row} {column}"),
    }
}

/// The peaks of each function, in MB.
#[derive(Default)]
struct Peaks {
    /// Of its resident memory.
    memory: BTreeMap<&'static str, u64>,
    /// Of its temporary files, which in a stage lie in /tmp.
    disk: BTreeMap<&'static str, u64>,
}

impl Peaks {
    /// Looks at the processes of a local AWS's functions again and again.
    async fn watch(&mut self, aws: &str) -> Infallible {
        loop {
            for process in processes::of(aws) {
                let memory = self.memory.entry(process.function).or_default();
                *memory = processes::peak_memory(process.id).unwrap_or_default().max(*memory);
                let disk = self.disk.entry(process.function).or_default();
                *disk = processes::temporary_files(process.id).max(*disk);
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}
