//! Splitter, posters and reporter in this process.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use aws::queue::Sqs;
use chrono::{DateTime, Utc};
use drive::{Drive, Scope};
use feeds::Feed;
use futures::future::try_join_all;
use here_to_help::MayWait;
use lambda_support::invocation::Deadline;
use lambda_support::settings::{Environment, Folders};
use ledger::{Clock, Ledger, ReportMessage, RowMessage, Run, RunState};
use local_stack::posters::{self, BATCH, Setting};
use reporter::Reporter;
use serde_json::json;
use splitter::{DoneFiles, Splitter};
use testkit::aws::sdk_config;
use testkit::dynamodb::TABLE;
use testkit::sqs;

use super::world::{FEED, Places, World};

/// As many posters as in a stage.
const POSTERS: u32 = 10;
/// More than they can make.
const NO_PACE: NonZeroU32 = NonZeroU32::MAX;
/// As in a stage.
const INVOCATION: Duration = Duration::from_secs(900);
/// No part takes more invocations for a sheet.
const INVOCATIONS: usize = 1_000;

/// All parts.
pub(super) struct Parts<'a> {
    at: &'a Places,
    ledger: Ledger,
    splitter: Splitter,
    reporter: Reporter,
}

impl<'a> Parts<'a> {
    /// Builds them.
    pub(super) fn of(world: &'a World) -> Result<Self> {
        let at = &world.at;
        let clock: Clock = Arc::new(Utc::now);
        let ledger = Ledger::new(aws_sdk_dynamodb::Client::new(&sdk_config(&at.dynamodb)), TABLE, clock.clone());
        let queue = |name: &str| {
            let client = aws_sdk_sqs::Client::new(&sdk_config(&at.sqs));
            Sqs::new(client, format!("{}/000000000000/{name}", at.sqs))
        };
        let drive = |scope| {
            let mut signed_in = drive::Settings::new(at.google_key.clone().into(), scope);
            signed_in.api_url = Some(at.google.clone());
            Drive::new(&signed_in).context("no client of Drive")
        };
        let inbound = [("SPL_INBOUND_FOLDER_ID", at.inbound.as_str()), ("QUIET_SECONDS", "0")];
        let splitter = Splitter {
            drive: drive(Scope::ReadOnly)?,
            ledger: ledger.clone(),
            queue: queue("rows"),
            clock: clock.clone(),
            done: DoneFiles::default(),
            settings: splitter::Settings::from_env(&Environment::Of(&inbound))?,
        };
        let outbound = [("SPL_OUTBOUND_FOLDER_ID", at.outbound.as_str())];
        let reporter = Reporter {
            drive: drive(Scope::ReadWrite)?,
            ledger: ledger.clone(),
            queue: queue("reports"),
            rows: queue("rows"),
            dead_letters: queue("rows-dead-letters"),
            notices: None,
            clock,
            patience: ledger::PATIENCE,
            retry: Duration::from_secs(60),
            outbound: Folders::from_env(&Environment::Of(&outbound), feeds::Direction::Outbound),
        };
        Ok(Self { at, ledger, splitter, reporter })
    }

    /// Reads the sheet; the run, all of which is enqueued.
    pub(super) async fn split(&self) -> Result<Run> {
        let feed = Feed::named(FEED).context("no such feed")?;
        for _ in 0..INVOCATIONS {
            let polled = self.splitter.event(json!({ "feed": FEED }), Deadline::after(INVOCATION)).await;
            polled.map_err(|error| anyhow!("the splitter: {error}"))?;
            let runs = self.ledger.runs(feed, DateTime::UNIX_EPOCH).await?;
            if let Some(run) = runs.into_iter().find(|run| run.state == RunState::Posting) {
                return Ok(run);
            }
        }
        Err(anyhow!("the sheet is not read"))
    }

    /// Posts its rows; how long the first tenth of them took and the last.
    pub(super) async fn post(&self, run: &Run) -> Result<[Duration; 2]> {
        let places =
            posters::Places { ledger: &self.ledger, api: &self.at.api, api_key: &self.at.api_key, sqs: &self.at.sqs };
        let setting = Setting {
            posters: NonZeroU32::new(POSTERS).context("no posters")?,
            calls_per_second: NO_PACE,
            may_wait: MayWait::default(),
        };
        let rows: Vec<u32> = (2..).take(usize::try_from(run.rows_enqueued)?).collect();
        let (batches, began) = (Mutex::new(rows.chunks(BATCH).enumerate()), Instant::now());
        let next = || batches.lock().map_err(|_| anyhow!("a poster panicked")).map(|mut batches| batches.next());
        let (in_a_tenth, all) = ((rows.len() / BATCH / 10).max(1), rows.len().div_ceil(BATCH));
        let reached = Mutex::new([Duration::ZERO; 2]);
        let working = (0..POSTERS).map(async |_| {
            let poster = posters::poster(&places, setting)?;
            while let Some((place, rows)) = next()? {
                let batch: Vec<String> =
                    rows.iter().map(|row| RowMessage::new(&run.id, *row, run.feed).body()).collect();
                ensure!(posters::deliver(&poster, &batch).await?.is_empty(), "a message is kept");
                let mut reached = reached.lock().map_err(|_| anyhow!("a poster panicked"))?;
                for (at, end) in reached.iter_mut().zip([in_a_tenth, all - in_a_tenth]) {
                    if place + 1 == end {
                        *at = began.elapsed();
                    }
                }
            }
            anyhow::Ok(())
        });
        try_join_all(working).await?;
        let progress = self.ledger.progress(run).await?;
        ensure!(progress.settled.values().sum::<u64>() == run.rows_enqueued, "not every row is settled: {progress:?}");
        let [first, last] = *reached.lock().map_err(|_| anyhow!("a poster panicked"))?;
        Ok([first, began.elapsed() - last])
    }

    /// Writes the summary; how many files it is.
    pub(super) async fn report(&self, run: &Run, world: &World) -> Result<usize> {
        let message = sqs::record("report", &ReportMessage { run: run.id.clone() }.body(), 1);
        for _ in 0..INVOCATIONS {
            let written = self.reporter.event(json!({ "Records": [message] }), Deadline::after(INVOCATION)).await;
            written.map_err(|error| anyhow!("the reporter: {error}"))?;
            if self.ledger.run(&run.id).await?.is_some_and(|run| run.state == RunState::Reported) {
                return world.summaries();
            }
        }
        Err(anyhow!("the summary is not written"))
    }
}
