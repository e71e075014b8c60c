//! `local-stack measure cost`: what each row of a sheet uses up of what AWS charges for.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use local_stack::invocations::Invocations;
use local_stack::proxy::{Decide, Fate};
use local_stack::{HereToHelp, Options, Stack, processes};
use serde_json::{Map, Value, json};

use crate::commands::watch::until_reported;

const FUNCTIONS: [&str; 3] = ["splitter", "poster", "reporter"];
const PATIENCE: Duration = Duration::from_secs(3600);
/// No schedule comes twice: what an idle pipeline uses up is not the rows'.
const ONCE: Duration = Duration::from_secs(3600);

/// The options of `measure cost`.
#[derive(Debug, Args)]
pub(crate) struct Cost {
    /// How many rows the sheet has; all of them are posted.
    #[arg(long, default_value_t = 500)]
    rows: u32,
    /// How long the API takes for a call.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 150)]
    latency: u64,
    /// A folder with other builds of the functions, `FOLDER/<function>/bootstrap` (default: those of this build).
    #[arg(long, value_name = "FOLDER")]
    functions: Option<PathBuf>,
    /// Print JSON in one line, for programs
    #[arg(long)]
    json: bool,
}

impl Cost {
    /// Prints what was counted.
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let inbound = folder.path().join("generic/inbound");
        std::fs::create_dir_all(&inbound).context("cannot make the folder")?;
        std::fs::write(inbound.join("people.csv"), people(self.rows)?).context("cannot write the sheet")?;
        let mut options = Options::new(folder.path());
        let latency = Duration::from_millis(self.latency);
        options.here_to_help = HereToHelp::Simulated { race_window: Duration::ZERO, latency };
        (options.tempo.poll, options.tempo.sweep, options.tempo.probe) = (ONCE, ONCE, ONCE);
        options.tempo.quiet = Duration::ZERO;
        options.decide = Some(Decide::by(|_| Fate::Pass));
        options.functions = self.functions.clone();
        let stack = Stack::start(options).await?;
        let watched = until_reported(&stack.ledger, 1, PATIENCE).await?;
        let posted = watched.first().map(|one| one.progress.totals(&one.run)).context("there is no run")?;
        let line = json!({
            "rows": self.rows,
            "outcomes": posted.iter().map(|(outcome, rows)| (outcome.as_str().to_owned(), Value::from(*rows))).collect::<Map<_, _>>(),
            "a_row": self.by_row(&stack).await?,
        });
        super::say::say(&line, self.json)?;
        stack.stop().await?;
        Ok(ExitCode::SUCCESS)
    }

    async fn by_row(&self, stack: &Stack) -> Result<Value> {
        let rows = f64::from(self.rows);
        let a_row = |count: f64| (count / rows * 1000.0).round() / 1000.0;
        let mut line = Map::new();
        let units = stack.journal.units();
        for function in FUNCTIONS {
            let units = units.get(function).copied().unwrap_or_default();
            let invocations = Invocations::of(stack, function).await?;
            let deeds = stack.journal.deeds();
            let requests =
                deeds.iter().filter(|(deed, _)| deed.function == function && deed.action.starts_with("sqs:"));
            // Of the processes that are there at the end: the local AWS keeps them, as Lambda does.
            let processes = processes::of(&stack.endpoints.aws).into_iter().filter(|one| one.function == function);
            let cpu: u64 = processes.filter_map(|one| processes::cpu_milliseconds(one.id)).sum();
            // The mapping's own: it receives a batch and deletes it.
            let polls = if function == "poster" { 2 * invocations.count } else { 0 };
            let requests = requests.map(|(_, times)| *times).sum::<u64>() + polls;
            line.insert(
                function.to_owned(),
                json!({
                    "write_units": a_row(units.write),
                    "read_units": a_row(units.read),
                    "sqs_requests": a_row(requests as f64),
                    "invocations": a_row(invocations.count as f64),
                    "milliseconds": a_row(invocations.milliseconds as f64),
                    "cpu_milliseconds": a_row(cpu as f64),
                    "log_bytes": a_row(invocations.log_bytes as f64),
                }),
            );
        }
        Ok(line.into())
    }
}

/// A sheet of people who are all different.
fn people(rows: u32) -> Result<String> {
    let feed = feeds::Feed::named("generic").context("no such feed")?;
    let columns: Vec<&str> = feed.columns().iter().map(|column| column.name).collect();
    let mut sheet = columns.join(",") + "\n";
    for row in 0..rows {
        let cell = |column: &&str| match *column {
            "First name" => "Ann".to_owned(),
            "Surname" => format!("Lee-{row}"),
            "Email" => format!("person{row}@example.org"),
            "Help Request Type" => "EUSS".to_owned(),
            "Case Note 1" => format!("Note {row}"),
            _ => String::new(),
        };
        writeln!(sheet, "{}", columns.iter().map(cell).collect::<Vec<_>>().join(","))?;
    }
    Ok(sheet)
}
