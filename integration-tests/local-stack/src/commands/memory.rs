//! `local-stack memory`: how much memory the functions take for a sheet of any length.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use local_stack::{Options, Stack};
use serde_json::json;

use super::watch::until_reported;

/// The columns that the SPL feed needs; the others are carried along.
const NEEDED: [&str; 14] = [
    "Traced_NHSNUMBER",
    "PatientFirstName",
    "PatientSurname",
    "DateOfBirth",
    "PatientAddress_Line1",
    "PatientAddress_Line2",
    "PatientAddress_Line3",
    "PatientAddress_PostCode",
    "PatientEmailAddress",
    "mobile",
    "landline",
    "DateOfDeath",
    "category",
    "uprn",
];
/// One row in so many has a valid NHS number and is posted; the others are rejected, and stand in the summary twice.
const POSTED_EVERY: u32 = 500;
const GLANCE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(3600);

/// The options of `memory`.
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
    /// Drops the sheet, waits for its summary and prints one line of JSON: the peak of each function's resident memory
    /// in MB.
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
            never = peaks.watch() => match never {},
        };
        let run = &watched.first().context("there is no run")?.run;
        let line = json!({
            "rows": run.rows_read,
            "columns": self.columns,
            "kind": format!("{:?}", self.kind).to_lowercase(),
            "state": run.state.as_str(),
            "problems": run.problems.iter().map(|problem| &problem.problem).collect::<Vec<_>>(),
            "seconds": begun.elapsed().as_secs(),
            "peak_mb": peaks.by_function,
        });
        writeln!(std::io::stdout(), "{line}")?;
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
    match (NEEDED.get(column), row) {
        (Some(name), 0) => (*name).to_owned(),
        (None, 0) => format!("carried along {column}"),
        (Some(&"Traced_NHSNUMBER"), row) if row % POSTED_EVERY == 0 => nhs_number(row),
        (Some(&"DateOfBirth"), _) => "25/12/1950".to_owned(),
        (Some(&("Traced_NHSNUMBER" | "DateOfDeath")), _) => String::new(),
        (Some(&"uprn"), row) => row.to_string(),
        (Some(name), row) => format!("{name} {row}"),
        (None, row) => format!("text {row} {column}"),
    }
}

/// A valid NHS number for a row: the last digit checks the others.
fn nhs_number(row: u32) -> String {
    let number = |first: u32| {
        let digits = format!("{first:09}");
        let sum: u32 = digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        match (11 - sum % 11) % 11 {
            10 => None,
            check => Some(format!("{digits}{check}")),
        }
    };
    (0..).find_map(|next| number(400_000_000 + row * 10 + next)).unwrap_or_default()
}

/// The peak of each function's resident memory, in MB.
#[derive(Default)]
struct Peaks {
    by_function: BTreeMap<String, u64>,
}

impl Peaks {
    /// Looks at the functions' processes again and again.
    async fn watch(&mut self) -> Infallible {
        loop {
            self.look();
            tokio::time::sleep(GLANCE).await;
        }
    }

    fn look(&mut self) {
        let Ok(processes) = std::fs::read_dir("/proc") else { return };
        for process in processes.flatten() {
            if let Some((function, peak)) = peak_of(&process.path()) {
                let known = self.by_function.entry(function).or_default();
                *known = peak.max(*known);
            }
        }
    }
}

/// The function that a process runs and its peak so far, if it is one of this stack's.
fn peak_of(process: &Path) -> Option<(String, u64)> {
    let executable = std::fs::read_link(process.join("exe")).ok()?;
    let ours: PathBuf = std::env::current_exe().ok()?.parent()?.to_owned();
    let function = executable.file_name()?.to_str()?;
    if executable.parent()? != ours || !["splitter", "poster", "reporter"].contains(&function) {
        return None;
    }
    let status = std::fs::read_to_string(process.join("status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
    Some((function.to_owned(), kilobytes / 1024))
}
