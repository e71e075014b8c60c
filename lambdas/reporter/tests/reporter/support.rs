//! A reporter of one's own, and short ways to the states that tests begin with.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::notices::Topic;
use aws::queue::Sqs;
use aws_sdk_dynamodb::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{Builder, ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use drive::{Drive, Scope};
use feeds::{ExcludedIds, Feed, Header, Outcome, Rules, Settlement, SheetEvidence};
use lambda_support::invocation::Deadline;
use lambda_support::settings::{Environment, Folders};
use ledger::{
    Checkpoint, ClaimedRow, Clock, Ledger, NewRow, NewRun, Reading, ReportMessage, RowClaim, Run, RunClaim, RunId,
};
use reporter::Reporter;
use serde_json::{Value, json};
use simulators::google::{Direction, FileState, Options, Simulator};
use tempfile::TempDir;
use testkit::aws::sdk_config;
use testkit::dynamodb::{Dynamodb, Item, TABLE};
use testkit::sqs;

use crate::sns::Topics;

/// The topic of the notices.
pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-2:000000000000:notices";
/// How long nothing happens to a run before the sweep takes it for stuck, as in a stage.
pub(crate) const PATIENCE: TimeDelta = TimeDelta::minutes(30);

/// The kind of the summary's one spreadsheet.
pub(crate) const KIND: &str = "processed";

/// The notes on the first part of a summary's spreadsheet of this kind.
pub(crate) fn properties(run: &Run, kind: &str) -> BTreeMap<String, String> {
    let properties = [("run", run.id.as_str()), ("kind", kind), ("part", "1")];
    properties.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

pub(crate) struct Fixture {
    pub(crate) reporter: Reporter,
    pub(crate) ledger: Ledger,
    pub(crate) queues: sqs::Sqs,
    pub(crate) topics: Topics,
    pub(crate) google: Simulator,
    dynamodb: Dynamodb,
    reads: Reads,
    now: Arc<Mutex<DateTime<Utc>>>,
    _tree: TempDir,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let reads = Reads::default();
        let dynamodb = Dynamodb::start().await;
        ledger::table::create(&dynamodb.client, TABLE).await.expect("a table");
        dynamodb.without_stream().await;
        // A reporter's claims expire by the real deadline: the clock begins there.
        let now = Arc::new(Mutex::new(Utc::now().trunc_subsecs(3)));
        let clock: Clock = {
            let now = now.clone();
            Arc::new(move || *now.lock().expect("no panic"))
        };
        let counted = Builder::from(&sdk_config(&dynamodb.url)).interceptor(reads.clone()).build();
        let ledger = Ledger::new(aws_sdk_dynamodb::Client::from_conf(counted), TABLE, clock.clone());
        let queues = sqs::Sqs::start().await;
        let sqs = aws_sdk_sqs::Client::new(&sdk_config(queues.url()));
        let (topics, sns_url) = Topics::start().await;
        let queue = |name: &str| Sqs::new(sqs.clone(), queues.queue_url(name));

        let tree = tempfile::tempdir().expect("a folder");
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let google = Simulator::start(Options { root: tree.path().to_owned(), listen }).await.expect("a simulator");
        let mut signed_in = drive::Settings::new(google.service_account_key().into(), Scope::ReadWrite);
        signed_in.api_url = Some(google.url().to_owned());
        signed_in.first_wait = Duration::from_millis(1);
        let [outbound, of_contact_tracing] =
            ["spl", "contact-tracing"].map(|feed| google.folder_id(feed, Direction::Outbound));
        let folders = [("SPL_OUTBOUND_FOLDER_ID", &*outbound), ("CT_OUTBOUND_FOLDER_ID", &of_contact_tracing)];
        let reporter = Reporter {
            drive: Drive::new(&signed_in).expect("a client"),
            ledger: ledger.clone(),
            queue: queue("reports"),
            rows: queue("rows"),
            dead_letters: queue("rows-dead-letters"),
            notices: Some(Topic::new(&sdk_config(&sns_url), TOPIC)),
            clock,
            patience: PATIENCE,
            retry: Duration::from_secs(60),
            outbound: Folders::from_env(&Environment::Of(&folders), feeds::Direction::Outbound),
        };
        Self { reporter, ledger, queues, topics, google, dynamodb, reads, now, _tree: tree }
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.now.lock().expect("no panic") += by;
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("no panic")
    }

    pub(crate) async fn event(&self, event: Value) -> Result<Value, String> {
        // The deadline that Lambda would give at the test's time.
        let ahead = (self.now() - Utc::now()).to_std().unwrap_or_default();
        let answer = self.reporter.event(event, Deadline::after(ahead + Duration::from_secs(300))).await;
        answer.map_err(|error| error.to_string())
    }

    pub(crate) async fn sweep(&self) {
        self.event(json!({ "sweep": true })).await.expect("a sweep");
    }

    /// How many items of the table a sweep reads.
    pub(crate) async fn reads_of_sweep(&self) -> usize {
        self.reads_of(json!({ "sweep": true })).await
    }

    /// How many items of the table an event makes the reporter read.
    pub(crate) async fn reads_of(&self, event: Value) -> usize {
        self.reads.0.store(0, Ordering::Relaxed);
        self.event(event).await.expect("handled");
        self.reads.0.load(Ordering::Relaxed)
    }

    /// Delivers a message of the reports queue; whether it was acknowledged.
    pub(crate) async fn deliver(&self, body: &str) -> bool {
        let answer = self.event(json!({ "Records": [sqs::record("m", body, 1)] })).await.expect("an answer");
        answer["batchItemFailures"].as_array().is_none_or(Vec::is_empty)
    }

    /// Delivers what lies in the reports queue.
    pub(crate) async fn deliver_reports(&self) {
        for body in self.queues.take("reports") {
            assert!(self.deliver(&body).await, "acknowledged");
        }
    }

    pub(crate) async fn report(&self, run: &Run) -> bool {
        self.deliver(&ReportMessage { run: run.id.clone() }.body()).await
    }

    /// The summaries that are there, without those in the bin.
    pub(crate) fn summaries(&self) -> Vec<FileState> {
        let files = self.google.state().expect("the folders").files;
        files.into_iter().filter(|file| file.folder.direction == Direction::Outbound && !file.trashed).collect()
    }
}

impl Fixture {
    pub(crate) async fn reading(&self, file: &str) -> Reading {
        self.reading_of(spl(), file).await
    }

    async fn reading_of(&self, feed: &'static Feed, file: &str) -> Reading {
        let new = NewRun {
            feed,
            file_id: file.to_owned(),
            file_name: format!("{file}.csv"),
            revision: "a".to_owned(),
            file_created: self.now(),
            file_modified: self.now(),
            rules: Rules { as_of: self.now().date_naive(), excluded: ExcludedIds::parse("") },
            rules_version: 1,
            lanes: ledger::LANES,
        };
        match self.ledger.claim_run(new, self.until()).await.expect("a claim") {
            RunClaim::Reading(reading) => *reading,
            other => panic!("not ours: {other:?}"),
        }
    }

    /// A run of which all is enqueued; nothing of it lies in the queue.
    pub(crate) async fn posting(&self, file: &str, rows: std::ops::RangeInclusive<u32>) -> Run {
        self.posting_of(spl(), file, rows).await
    }

    pub(crate) async fn posting_of(&self, feed: &'static Feed, file: &str, rows: std::ops::RangeInclusive<u32>) -> Run {
        self.posting_from_tab(feed, file, rows, None).await
    }

    /// As [`Fixture::posting_of`], of a workbook in which this tab was read.
    pub(crate) async fn posting_from_tab(
        &self,
        feed: &'static Feed,
        file: &str,
        rows: std::ops::RangeInclusive<u32>,
        tab: Option<&str>,
    ) -> Run {
        let mut reading = self.reading_of(feed, file).await;
        let columns = vec!["Traced_NHSNUMBER".to_owned(), "PatientSurname".to_owned()];
        reading.set_header(&Header { row: 1, columns }).await.expect("a header");
        let last_row = *rows.end();
        let rows: Vec<NewRow> = rows.map(pending).collect();
        let mut evidence = SheetEvidence::default();
        evidence.tab = tab.map(ToOwned::to_owned);
        let checkpoint = Checkpoint { last_row, evidence };
        reading.record(&rows, checkpoint).await.expect("recorded");
        let mut enqueueing = reading.read_whole().await.expect("read whole");
        enqueueing.enqueued_up_to(last_row, rows.len() as u64).await.expect("a checkpoint");
        enqueueing.all_enqueued().await.expect("posting")
    }

    /// When a claim that is taken now expires.
    pub(crate) fn until(&self) -> DateTime<Utc> {
        self.now() + TimeDelta::minutes(6)
    }

    pub(crate) async fn claim(&self, run: &Run, row: u32) -> ClaimedRow {
        match self.ledger.claim_row(run, row, self.until()).await.expect("a claim") {
            RowClaim::Mine(row) => *row,
            other => panic!("not ours: {other:?}"),
        }
    }

    pub(crate) async fn settle(&self, run: &Run, row: u32, outcome: Outcome) {
        self.claim(run, row).await.settle(Settlement::new(outcome)).await.expect("settled");
    }

    pub(crate) async fn run(&self, id: &RunId) -> Run {
        self.ledger.run(id).await.expect("an answer").expect("a run")
    }

    pub(crate) async fn totals(&self, run: &Run) -> Vec<(Outcome, u64)> {
        let run = self.run(&run.id).await;
        self.ledger.progress(&run).await.expect("the progress").totals(&run).into_iter().collect()
    }

    /// A run's item as it lies in the table.
    pub(crate) async fn image_of(&self, run: &Run) -> Item {
        self.dynamodb.item(&format!("RUN#{}", run.id), "RUN").await.expect("a run")
    }

    /// Deletes a row, as DynamoDB does when its time is over.
    pub(crate) async fn delete_row(&self, run: &Run, row: u32) {
        let lane = row % run.lanes;
        self.dynamodb.delete(&format!("RUN#{}#{lane}", run.id), &format!("ROW#{row:09}")).await;
    }

    /// Makes a run's item one of a newer version.
    pub(crate) async fn tamper_with_version(&self, run: &Run) {
        self.dynamodb.set_newer_version(&format!("RUN#{}", run.id), "RUN").await;
    }
}

/// How many items were read, of the table and of its index.
#[derive(Clone, Debug, Default)]
struct Reads(Arc<AtomicUsize>);

impl Intercept for Reads {
    fn name(&self) -> &'static str {
        "Reads"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else { return Ok(()) };
        let one = output.downcast_ref::<GetItemOutput>().and_then(GetItemOutput::item).map(|_| 1);
        let listed = output.downcast_ref::<QueryOutput>().map(|page| page.items().len());
        let batch = output.downcast_ref::<BatchGetItemOutput>().and_then(BatchGetItemOutput::responses);
        let batch = batch.map(|tables| tables.values().map(Vec::len).sum());
        self.0.fetch_add(one.or(listed).or(batch).unwrap_or_default(), Ordering::Relaxed);
        Ok(())
    }
}

pub(crate) fn spl() -> &'static Feed {
    Feed::named("spl").expect("a feed")
}

fn pending(row: u32) -> NewRow {
    let cells = vec![format!("94347659{row:02}"), format!("Person {row}")];
    NewRow { row, cells, warnings: Vec::new(), settlement: None }
}
