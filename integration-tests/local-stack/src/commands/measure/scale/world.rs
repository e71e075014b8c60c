//! What the parts speak to, in a process of its own: DynamoDB, the API without latency, Drive and SQS. It keeps every row, and the
//! parts' memory is to be seen without it.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use local_stack::{processes, spl};
use serde::{Deserialize, Serialize};
use simulators::google::{self, Direction};
use simulators::here_to_help;
use tempfile::TempDir;
use testkit::dynamodb::{Dynamodb, TABLE};
use testkit::sqs::Sqs;

/// The feed of the sheet.
pub(super) const FEED: &str = "spl";

/// Where everything is.
#[derive(Serialize, Deserialize)]
pub(super) struct Places {
    pub(super) dynamodb: String,
    pub(super) api: String,
    pub(super) api_key: String,
    pub(super) sqs: String,
    pub(super) google: String,
    pub(super) google_key: String,
    pub(super) inbound: String,
    pub(super) outbound: String,
}

/// The process, until it is ended.
pub(super) struct World {
    pub(super) at: Places,
    folder: TempDir,
    process: Child,
}

impl World {
    /// Starts it.
    pub(super) async fn start() -> Result<Self> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        for direction in ["inbound", "outbound"] {
            std::fs::create_dir_all(folder.path().join(FEED).join(direction)).context("cannot make the folders")?;
        }
        let mut command = Command::new(std::env::current_exe().context("this program is not found")?);
        command.args(["measure", "scale", "--serve"]).arg(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().context("what the parts speak to does not start")?;
        let out = process.stdout.take().context("it says nothing")?;
        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(out).read_line(&mut line).map(|_| line)
        });
        let at = serde_json::from_str(&line.await??).context("it does not say where everything is")?;
        Ok(Self { at, folder, process })
    }

    /// Puts a sheet of so many people into the inbound folder.
    pub(super) fn drop_sheet(&self, rows: u32) -> Result<()> {
        let inbound = self.folder.path().join(FEED).join("inbound");
        let mut whole = tempfile::NamedTempFile::new_in(self.folder.path()).context("cannot make the sheet")?;
        writeln!(whole, "{}", spl::columns().join(","))?;
        let mut lines = String::new();
        for person in 0..rows {
            writeln!(lines, "{}", spl::row(person, &[]).join(","))?;
            if lines.len() > 1 << 16 {
                whole.write_all(std::mem::take(&mut lines).as_bytes())?;
            }
        }
        whole.write_all(lines.as_bytes())?;
        whole.persist(inbound.join("people.csv")).context("cannot move the sheet into its folder")?;
        Ok(())
    }

    /// How many summaries lie in the outbound folder.
    pub(super) fn summaries(&self) -> Result<usize> {
        let outbound = self.folder.path().join(FEED).join("outbound");
        Ok(std::fs::read_dir(outbound).context("there is no outbound folder")?.count())
    }

    /// Ends it; the most memory that it had, in MB.
    pub(super) async fn end(mut self) -> Result<u64> {
        let peak = processes::peak_memory(self.process.id()).context("its memory is not known")?;
        drop(self.process.stdin.take());
        tokio::task::spawn_blocking(move || self.process.wait()).await??;
        Ok(peak)
    }
}

/// Serves it until standard input ends; says where everything is with one line of JSON.
pub(super) async fn serve(root: PathBuf) -> Result<ExitCode> {
    let dynamodb = Dynamodb::start().await;
    ledger::table::create(&dynamodb.client, TABLE).await.context("cannot make the table")?;
    dynamodb.without_stream().await;
    let api_options = here_to_help::Options::default();
    let (api_key, listen) = (api_options.api_key.clone(), api_options.listen);
    let api = here_to_help::Simulator::start(api_options).await.context("cannot start the API")?;
    let google = google::Simulator::start(google::Options { root, listen }).await.context("cannot start Drive")?;
    let sqs = Sqs::start().await;
    let places = Places {
        dynamodb: dynamodb.url.clone(),
        api: api.base_url(),
        api_key,
        sqs: sqs.url().to_owned(),
        google: google.url().to_owned(),
        google_key: google.service_account_key(),
        inbound: google.folder_id(FEED, Direction::Inbound),
        outbound: google.folder_id(FEED, Direction::Outbound),
    };
    writeln!(io::stdout(), "{}", serde_json::to_string(&places)?)?;
    io::stdout().flush()?;
    tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(ExitCode::SUCCESS)
}
