//! `local-stack measure scale`: one sheet of any length through splitter, posters and reporter in this process: the time of a row
//! and the memory, which are to stay as they are. What they speak to is another process, for it keeps every row.

mod part;
mod parts;
mod world;

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use self::part::Took;
use self::parts::Parts;
use self::world::World;
use super::say::each;

/// The options of `measure scale`.
#[derive(Debug, Args)]
pub(crate) struct Scale {
    /// How many rows the sheet has; each number is tried.
    #[arg(long, value_name = "ROWS", value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
    rows: Vec<u32>,
    /// Print JSON, one array
    #[arg(long)]
    json: bool,
    /// Serve what the parts speak to, over this folder: this command starts itself so.
    #[arg(long, value_name = "FOLDER", hide = true)]
    serve: Option<PathBuf>,
}

/// One sheet.
#[derive(Serialize)]
struct Line {
    rows: u32,
    splitter: Took,
    posters: Took,
    reporter: Took,
    /// Of the posters' rows, in milliseconds of the clock: the first tenth and the last.
    first_tenth_ms_a_row: f64,
    last_tenth_ms_a_row: f64,
    /// The summary's spreadsheets.
    parts: usize,
    /// The process of DynamoDB, API, Drive and SQS, which keeps everything.
    world_peak_mb: u64,
}

impl Scale {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        if let Some(folder) = &self.serve {
            return world::serve(folder.clone()).await;
        }
        each(&self.rows, self.json, line).await?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn line(rows: u32) -> Result<Line> {
    let world = World::start().await?;
    world.drop_sheet(rows)?;
    let parts = Parts::of(&world)?;
    let (run, splitter) = part::measured(rows, parts.split()).await?;
    let (tenths, posters) = part::measured(rows, parts.post(&run)).await?;
    let (summaries, reporter) = part::measured(rows, parts.report(&run, &world)).await?;
    let [first, last] = tenths.map(|tenth| part::thousandths(tenth.as_secs_f64() * 1000.0 / (f64::from(rows) / 10.0)));
    let world_peak_mb = world.end().await?;
    Ok(Line {
        rows,
        splitter,
        posters,
        reporter,
        first_tenth_ms_a_row: first,
        last_tenth_ms_a_row: last,
        parts: summaries,
        world_peak_mb,
    })
}

impl Display for Line {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} rows ({} MB in what they speak to)", self.rows, self.world_peak_mb)?;
        for (name, took) in [("splitter", &self.splitter), ("posters", &self.posters), ("reporter", &self.reporter)] {
            let Took { seconds, ms_a_row, cpu_ms_a_row, peak_mb, peak_disk_mb } = took;
            writeln!(
                out,
                "  {name}: {seconds:.1} s, {ms_a_row:.3} ms a row ({cpu_ms_a_row:.3} of processor), {peak_mb} MB, {peak_disk_mb} MB of disk",
            )?;
        }
        let (first, last) = (self.first_tenth_ms_a_row, self.last_tenth_ms_a_row);
        write!(out, "  posters: {first:.3} ms a row in the first tenth, {last:.3} in the last; {} parts", self.parts)
    }
}
