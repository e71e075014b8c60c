//! `h2h export`.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use feeds::Outcome;
use ledger::{Ledger, RowRecord, Run};
use serde_json::json;
use sheets::Workbook;

use crate::name::RunName;
use crate::place::Place;

/// What stands before the sheet's own columns.
const COLUMNS: [&str; 11] = [
    "row",
    "outcome",
    "reason",
    "how_to_fix",
    "warnings",
    "class",
    "attempts",
    "settled_at",
    "resident_id",
    "help_request_id",
    "follow_up_id",
];

/// Write all that the ledger holds of a run's rows into a file
///
/// One line a row: what became of it, then the sheet's own cells. It holds residents' data: keep it as you keep the sheet. A
/// file is made for you alone to read, and one that is there already stays as it is.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h export 3f2a --stage staging --xlsx              writes 3f2a….xlsx
  h2h export 3f2a --stage staging --csv week-9.csv
  h2h export 3f2a --stage staging --json | jq .outcome")]
pub(crate) struct Arguments {
    /// The first digits of the run's id
    #[arg(value_name = "RUN")]
    name: RunName,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
    /// Where to [default: RUN.xlsx here; standard output for CSV and JSON]
    file: Option<PathBuf>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Form {
    /// Write CSV
    #[arg(long)]
    csv: bool,
    /// Write one JSON object a line
    #[arg(long)]
    json: bool,
    /// Write an Excel workbook
    #[arg(long)]
    xlsx: bool,
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { name, place, form, file } = arguments;
    let ledger = place.connect().await?.ledger;
    let run = name.find(&ledger).await?;
    if run.rows_read > 0 && !run.has_rows() {
        bail!("run {} is {}: none of its rows counts", run.id, run.state.as_str());
    }
    let file = file.or_else(|| form.xlsx.then(|| PathBuf::from(format!("{}.xlsx", run.id))));
    let mut made = file.as_deref().map(make).transpose()?;
    let rows = match (&mut made, form.xlsx) {
        (Some(file), true) => xlsx(&ledger, &run, file).await,
        (Some(file), false) => text(&ledger, &run, form.csv, file).await,
        (None, _) => text(&ledger, &run, form.csv, out).await,
    };
    let rows = rows.with_context(|| format!("run {} is not exported whole", run.id))?;
    if let Some(path) = file {
        writeln!(out, "{}: {rows} rows of run {}.", path.display(), run.id)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A new file that nobody else can read.
fn make(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("cannot write {}: name a file that is not there", path.display()))
}

async fn xlsx(ledger: &Ledger, run: &Run, file: &mut File) -> anyhow::Result<u64> {
    let mut book = Workbook::new();
    let tab = book.add_tab("rows", &header(run))?;
    let mut rows = ledger.rows(run);
    let mut written = 0;
    while let Some(row) = rows.next().await? {
        book.push(tab, cells(&row))?;
        written += 1;
    }
    book.save(file)?;
    Ok(written)
}

async fn text(ledger: &Ledger, run: &Run, is_csv: bool, to: &mut dyn Write) -> anyhow::Result<u64> {
    let mut rows = ledger.rows(run);
    let mut written = 0;
    if !is_csv {
        while let Some(row) = rows.next().await? {
            writeln!(to, "{}", object(run, &row))?;
            written += 1;
        }
        return Ok(written);
    }
    let mut sheet = csv::WriterBuilder::new().flexible(true).from_writer(to);
    sheet.write_record(header(run))?;
    while let Some(row) = rows.next().await? {
        sheet.write_record(cells(&row))?;
        written += 1;
    }
    sheet.flush()?;
    Ok(written)
}

fn own_columns(run: &Run) -> &[String] {
    run.header.as_ref().map_or(&[], |header| &header.columns)
}

fn header(run: &Run) -> Vec<String> {
    COLUMNS.iter().map(|name| (*name).to_owned()).chain(own_columns(run).iter().cloned()).collect()
}

fn cells(row: &RowRecord) -> Vec<String> {
    let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    let settled = row.settlement.as_ref();
    let what_became = [
        row.row.to_string(),
        row.outcome().map_or("open", Outcome::as_str).to_owned(),
        settled.map(|settled| settled.reason.clone()).unwrap_or_default(),
        settled.map(|settled| settled.how_to_fix.clone()).unwrap_or_default(),
        row.warnings.join("; "),
        row.error_class().unwrap_or_default().to_owned(),
        row.attempts.to_string(),
        row.settled_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
        number(settled.and_then(|settled| settled.resident_id)),
        number(row.delivery.help_request_id),
        number(settled.and_then(|settled| settled.follow_up_id)),
    ];
    what_became.into_iter().chain(row.cells.iter().cloned()).collect()
}

fn object(run: &Run, row: &RowRecord) -> serde_json::Value {
    let cells: serde_json::Map<_, _> =
        own_columns(run).iter().zip(&row.cells).map(|(column, cell)| (column.clone(), cell.as_str().into())).collect();
    let settled = row.settlement.as_ref();
    json!({
        "row": row.id(&run.id).to_string(), "outcome": row.outcome(), "reason": settled.map_or("", |settled| &settled.reason),
        "how_to_fix": settled.map_or("", |settled| &settled.how_to_fix),
        "warnings": row.warnings, "class": row.error_class(), "attempts": row.attempts, "settled_at": row.settled_at,
        "resident_id": settled.and_then(|settled| settled.resident_id), "help_request_id": row.delivery.help_request_id,
        "follow_up_id": settled.and_then(|settled| settled.follow_up_id),
        "cells": cells,
    })
}
