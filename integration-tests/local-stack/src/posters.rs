//! Posters in this process, over a DynamoDB in this process: what a local AWS takes is not measured with them.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use aws::Clients;
use aws::mapping::Mapping;
use aws::queue::Sqs;
use aws::secrets::Secrets;
use chrono::{DateTime, TimeDelta, Utc};
use feeds::{Cell, ExcludedIds, Feed, Intake, Judged, Origin, Rules, SheetEvidence, SheetRow};
use futures::future::try_join_all;
use here_to_help::{MayWait, Pace, Settings};
use lambda_support::invocation::Deadline;
use ledger::{Checkpoint, HashKey, Ledger, NewRow, NewRun, RowMessage, RunClaim};
use poster::{Answer, AtOnce, Poster};
use serde_json::json;
use simulators::here_to_help::{Options, Simulator};
use testkit::aws::sdk_config;
use testkit::dynamodb::{Dynamodb, TABLE};
use testkit::sqs;

use crate::spl;

const QUEUE: &str = "rows";
/// As many messages as a poster takes at once, as in a stage.
pub const BATCH: usize = 10;
const INVOCATION: Duration = Duration::from_secs(300);

/// How many posters there are, and what they keep to.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// As many posters.
    pub posters: NonZeroU32,
    /// The calls a second that are agreed.
    pub calls_per_second: NonZeroU32,
    /// How many calls may wait at the API.
    pub may_wait: MayWait,
}

/// The posters before an API of their own, with a sheet of new people to post.
pub struct Posters {
    /// The API.
    pub api: Simulator,
    /// The ledger.
    pub ledger: Ledger,
    posters: Vec<Poster>,
    queue: Mutex<VecDeque<String>>,
    sqs: sqs::Sqs,
}

impl Posters {
    /// Starts them with a sheet of so many rows of the Shielding Patient List, all enqueued.
    pub async fn start(api: Options, setting: Setting, rows: u32) -> Result<Self> {
        let key = api.api_key.clone();
        let dynamodb = Dynamodb::start().await;
        ledger::table::create(&dynamodb.client, TABLE).await.context("cannot make the table")?;
        dynamodb.without_stream().await;
        let ledger = Ledger::new(dynamodb.client.clone(), TABLE, Arc::new(Utc::now));
        let api = Simulator::start(api).await.context("cannot start the API")?;
        let sqs = sqs::Sqs::start().await;
        let messages = sheet(&ledger, rows).await?;
        let places = Places { ledger: &ledger, api: &api.base_url(), api_key: &key, sqs: sqs.url() };
        let poster = |_| poster(&places, setting);
        let posters = (0..setting.posters.get()).map(poster).collect::<Result<_>>()?;
        Ok(Self { api, ledger, posters, queue: Mutex::new(messages.into()), sqs })
    }

    /// Lets each poster take one batch after the other, as its event source mapping would, until nothing is left or the time is over.
    ///
    /// # Errors
    /// A poster fails.
    pub async fn work(&self, time: Duration) -> Result<()> {
        let working = try_join_all(self.posters.iter().map(|poster| self.batches(poster)));
        tokio::time::timeout(time, working).await.map_or(Ok(()), |done| done.map(drop))
    }

    async fn batches(&self, poster: &Poster) -> Result<()> {
        loop {
            let batch = self.take();
            if batch.is_empty() {
                return Ok(());
            }
            let kept = deliver(poster, &batch).await?;
            self.queue().extend(kept);
        }
    }

    fn take(&self) -> Vec<String> {
        let mut queue = self.queue();
        queue.extend(self.sqs.take(QUEUE));
        let batch = queue.len().min(BATCH);
        queue.drain(..batch).collect()
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a poster speaks to.
#[derive(Clone, Copy)]
pub struct Places<'a> {
    /// The ledger.
    pub ledger: &'a Ledger,
    /// The API's address.
    pub api: &'a str,
    /// The API's key.
    pub api_key: &'a str,
    /// The address of a stand-in for SQS.
    pub sqs: &'a str,
}

/// A poster in this process.
///
/// # Errors
/// Its client cannot be built.
pub fn poster(places: &Places<'_>, setting: Setting) -> Result<Poster> {
    let settings = Settings::new(places.api.to_owned(), places.api_key.into());
    let pace = Pace::share(setting.calls_per_second, setting.posters);
    let clients = Clients::new(&sdk_config(places.sqs));
    let queue_url = format!("{}/000000000000/{QUEUE}", places.sqs);
    Ok(Poster {
        ledger: places.ledger.clone(),
        api: here_to_help::Client::new(&settings, pace)?,
        secrets: Secrets::new(clients.ssm),
        api_key_parameter: "key".to_owned(),
        hash_key: HashKey::new(&"hash key".into()),
        queue: Sqs::new(clients.sqs, &queue_url),
        mapping: Mapping::new(clients.lambda, "poster", queue_url),
        calls_per_second: setting.calls_per_second,
        concurrency: setting.posters,
        at_once: AtOnce::new(setting.posters, setting.calls_per_second, setting.may_wait),
        clock: Arc::new(Utc::now),
        max_receives: 8,
        retry: Duration::from_secs(60),
    })
}

/// Delivers a batch of messages to a poster; gives those that SQS is to keep.
///
/// # Errors
/// The poster fails.
pub async fn deliver(poster: &Poster, batch: &[String]) -> Result<Vec<String>> {
    let record = |(place, body): (usize, &String)| sqs::record(&place.to_string(), body, 1);
    let event = json!({ "Records": batch.iter().enumerate().map(record).collect::<Vec<_>>() });
    let Answer::Batch(answer) = poster.handle(event, Deadline::after(INVOCATION)).await? else {
        bail!("a batch is no probe");
    };
    let kept = |id: String| batch.get(id.parse::<usize>().ok()?).cloned();
    let kept = answer.batch_item_failures.into_iter().map(|failure| kept(failure.item_identifier));
    kept.collect::<Option<_>>().context("an id that was not given")
}

/// Ledgers a sheet; gives its messages.
async fn sheet(ledger: &Ledger, rows: u32) -> Result<Vec<String>> {
    let feed = Feed::named("spl").context("no such feed")?;
    let rules = Rules { as_of: Utc::now().date_naive(), excluded: ExcludedIds::parse("") };
    let new = NewRun {
        feed,
        file_id: "people".to_owned(),
        file_name: "people.csv".to_owned(),
        revision: "1".to_owned(),
        file_created: DateTime::UNIX_EPOCH,
        file_modified: DateTime::UNIX_EPOCH,
        rules: rules.clone(),
        rules_version: 1,
        lanes: ledger::LANES,
    };
    let RunClaim::Reading(mut reading) = ledger.claim_run(new, Utc::now() + TimeDelta::days(1)).await? else {
        bail!("the run is not new");
    };
    let mut intake = Intake::new(feed, rules, Origin::Separated);
    let mut judged = Vec::new();
    let header = spl::columns().into_iter().map(ToOwned::to_owned).collect();
    for (number, cells) in (1..).zip(std::iter::once(header).chain((0..rows).map(|person| spl::row(person, &[])))) {
        let cells = cells.iter().map(|cell| Cell::text(cell.as_str())).collect();
        judged.extend(intake.push(SheetRow::new(number, cells))?);
    }
    judged.extend(intake.finish()?);
    reading.set_header(intake.header().context("no header")?).await?;
    let pending = |one: Judged| NewRow { settlement: None, ..NewRow::from(one) };
    let judged: Vec<NewRow> = judged.into_iter().map(pending).collect();
    let last = judged.last().context("no row")?.row;
    reading.record(&judged, Checkpoint { last_row: last, evidence: SheetEvidence::default() }).await?;
    let mut enqueueing = reading.read_whole().await?;
    let all = enqueueing.next_rows(usize::MAX).await?;
    enqueueing.enqueued_up_to(last, all.len() as u64).await?;
    let run = enqueueing.all_enqueued().await?;
    Ok(judged.iter().map(|row| RowMessage::new(&run.id, row.row, run.feed).body()).collect())
}
