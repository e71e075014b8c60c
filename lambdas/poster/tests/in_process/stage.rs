//! A poster on a stage of its own, and short ways to say what happens to it.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use aws::Clients;
use aws::mapping::Mapping;
use aws::queue::Sqs;
use aws::secrets::Secrets;
use chrono::{DateTime, TimeDelta, Utc};
use feeds::{Cell, Decision, ExcludedIds, Feed, Intake, Judged, Origin, Outcome, Post, Rules, SheetEvidence, SheetRow};
use here_to_help::{MayWait, Pace, Settings};
use lambda_support::invocation::Deadline;
use lambda_support::logs;
use ledger::{Checkpoint, Clock, HashKey, Ledger, NewRow, NewRun, RowMessage, Run, RunClaim};
use poster::{Answer, AtOnce, Poster};
use serde_json::{Value, json};
use simulators::here_to_help::{Options, Simulator};
use testkit::aws::sdk_config;
use testkit::dynamodb::{Dynamodb, TABLE};
use testkit::proxy::Proxy;
use testkit::sqs;

use crate::aws::FakeAws;

const QUEUE: &str = "rows";
/// After this many receives a row is a dead letter.
pub(crate) const RECEIVES: u32 = 8;
/// The client's time-out: a call that hangs is given up soon.
const TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) struct Stage {
    pub(crate) poster: Poster,
    pub(crate) ledger: Ledger,
    pub(crate) api: Simulator,
    pub(crate) aws: FakeAws,
    pub(crate) sqs: sqs::Sqs,
    /// Past the proxy.
    pub(crate) dynamodb: Dynamodb,
    /// Before the ledger's DynamoDB.
    pub(crate) proxy: Proxy,
    ahead: Arc<AtomicI64>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// Before an API of these ways.
    pub(crate) async fn with(api: Options) -> Self {
        Self::waiting(api, TIMEOUT).await
    }

    /// Before an API whose every call is answered, or cut: however slow the machine is, none is given up.
    pub(crate) async fn patient(api: Options) -> Self {
        Self::waiting(api, Duration::from_secs(30)).await
    }

    async fn waiting(api: Options, timeout: Duration) -> Self {
        heard_from_the_beginning();
        let key = api.api_key.clone();
        let dynamodb = Dynamodb::start().await;
        ledger::table::create(&dynamodb.client, TABLE).await.expect("a table");
        dynamodb.without_stream().await;
        let (proxy, client) = dynamodb.proxied().await;

        let api = Simulator::start(api).await.expect("the API");
        let (aws, aws_url) = FakeAws::start(&key).await;
        let clients = Clients::new(&sdk_config(&aws_url));
        let sqs = sqs::Sqs::start().await;
        let queue_url = sqs.queue_url(QUEUE);
        let ahead = Arc::new(AtomicI64::new(0));
        let clock: Clock = {
            let ahead = ahead.clone();
            Arc::new(move || Utc::now() + TimeDelta::seconds(ahead.load(Ordering::SeqCst)))
        };
        let ledger = Ledger::new(client, TABLE, clock.clone());
        let settings = Settings { timeout, ..Settings::new(api.base_url(), key.into()) };
        let pace = Pace::share(number(1000), number(1));
        let poster = Poster {
            ledger: ledger.clone(),
            api: here_to_help::Client::new(&settings, pace).expect("a client"),
            secrets: Secrets::new(clients.ssm),
            api_key_parameter: "key".to_owned(),
            hash_key: HashKey::new(&"hash key".into()),
            queue: Sqs::new(Clients::new(&sdk_config(sqs.url())).sqs, &queue_url),
            mapping: Mapping::new(clients.lambda, "poster", queue_url),
            calls_per_second: number(1000),
            concurrency: number(10),
            at_once: AtOnce::new(number(10), number(1000), MayWait::default()),
            clock,
            max_receives: RECEIVES,
            retry: Duration::from_secs(60),
        };
        Self { poster, ledger, api, aws, sqs, dynamodb, proxy, ahead }
    }

    /// The messages that were sent again, with their delays in seconds.
    pub(crate) fn sent(&self) -> Vec<(String, i64)> {
        self.sqs.messages(QUEUE).into_iter().map(|message| (message.body, message.delay)).collect()
    }

    /// Takes them out of the queue.
    pub(crate) fn take_sent(&self) -> Vec<(String, i64)> {
        let sent = self.sent();
        self.sqs.take(QUEUE);
        sent
    }

    /// Lets time pass for the ledger.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.ahead.fetch_add(time.num_seconds(), Ordering::SeqCst);
    }

    /// A deadline some seconds from now, by the ledger's time.
    pub(crate) fn in_seconds(&self, seconds: u64) -> Deadline {
        let ahead = u64::try_from(self.ahead.load(Ordering::SeqCst)).expect("time passes");
        Deadline::after(Duration::from_secs(ahead + seconds))
    }

    /// A run of which all is enqueued; the rows' numbers begin at 2.
    pub(crate) async fn run(&self, file: &str, sheet: &Sheet) -> Run {
        let rules = rules();
        let new = NewRun {
            feed: sheet.feed,
            file_id: file.to_owned(),
            file_name: format!("{file}.csv"),
            revision: "1".to_owned(),
            file_created: DateTime::UNIX_EPOCH,
            file_modified: DateTime::UNIX_EPOCH,
            rules: rules.clone(),
            rules_version: 1,
            lanes: ledger::LANES,
        };
        let until = Utc::now() + TimeDelta::days(300);
        let RunClaim::Reading(mut reading) = self.ledger.claim_run(new, until).await.expect("a claim") else {
            panic!("the run is not new")
        };
        let (intake, judged) = sheet.judged(rules);
        reading.set_header(intake.header().expect("a header")).await.expect("a header");
        let pending = |one: Judged| NewRow { settlement: None, ..NewRow::from(one) };
        let rows: Vec<NewRow> = judged.into_iter().map(pending).collect();
        let last = rows.last().expect("a row").row;
        reading
            .record(&rows, Checkpoint { last_row: last, evidence: SheetEvidence::default() })
            .await
            .expect("recorded");
        let mut enqueueing = reading.read_whole().await.expect("read whole");
        let all = enqueueing.next_rows(usize::MAX).await.expect("rows");
        enqueueing.enqueued_up_to(last, all.len() as u64).await.expect("a checkpoint");
        enqueueing.all_enqueued().await.expect("posting")
    }

    /// Delivers a batch; gives the places of the messages that SQS is to keep.
    pub(crate) async fn deliver(&self, batch: &[(&str, u32)]) -> Vec<usize> {
        match self.poster.handle(event(batch), long()).await.expect("a batch") {
            Answer::Batch(answer) => {
                let place = |id: String| id.parse().expect("one of ours");
                answer.batch_item_failures.into_iter().map(|failure| place(failure.item_identifier)).collect()
            }
            Answer::Probed { .. } => panic!("not a probe"),
        }
    }

    /// Delivers a row's message for the so-manieth time.
    pub(crate) async fn deliver_row(&self, run: &Run, row: u32, receives: u32) -> Vec<usize> {
        self.deliver(&[(&pointer(run, row), receives)]).await
    }

    /// Delivers a row's message as SQS would, with time passing in between, until it is acknowledged or a dead letter.
    /// Gives how often it was received.
    pub(crate) async fn deliver_until_done(&self, run: &Run, row: u32) -> u32 {
        for receives in 1..=RECEIVES {
            let sent = self.sent().len();
            let kept = self.deliver_row(run, row, receives).await;
            if kept.is_empty() && self.sent().len() == sent {
                return receives;
            }
            self.pass(TimeDelta::seconds(40));
        }
        RECEIVES
    }

    /// Drops a sheet a day after everything before, and delivers its rows in their order until each is done.
    pub(crate) async fn upload(&self, file: &str, sheet: &Sheet) -> Run {
        self.pass(TimeDelta::days(1));
        let run = self.run(file, sheet).await;
        for (_, row) in sheet.rows.iter().skip(1).zip(2..) {
            self.deliver_until_done(&run, row).await;
        }
        run
    }

    /// What the summary says beside a row.
    pub(crate) async fn warnings(&self, run: &Run, row: u32) -> Vec<String> {
        self.ledger.row(run, row).await.expect("an answer").expect("a row").warnings
    }

    /// Staff do this.
    pub(crate) fn staff(&self, order: Value) {
        self.api.staff(serde_json::from_value(order).expect("an order")).expect("done");
    }

    pub(crate) async fn outcomes(&self, run: &Run) -> BTreeMap<Outcome, u64> {
        self.ledger.progress(run).await.expect("progress").settled
    }

    /// Orders faults, as the simulator documents them.
    pub(crate) fn faults(&self, rules: Value) {
        self.api.set_faults(serde_json::from_value(json!({ "seed": 1, "rules": rules })).expect("faults"));
    }

    /// How many calls the rules struck, each.
    pub(crate) fn struck(&self) -> Vec<u64> {
        self.api.state().faults.struck
    }
}

/// A sheet of a feed.
pub(crate) struct Sheet {
    feed: &'static Feed,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Without rows: the feed's own columns.
    pub(crate) fn of(feed: &str) -> Self {
        let feed = Feed::named(feed).expect("a feed");
        let header = feed.columns().iter().map(|column| column.name.to_owned()).collect();
        Self { feed, rows: vec![header] }
    }

    /// With one row more: the cells by their columns, the others blank.
    pub(crate) fn row(mut self, cells: &[(&str, &str)]) -> Self {
        let cell = |column: &String| {
            let given = cells.iter().find(|(name, _)| name == column);
            given.map(|(_, text)| (*text).to_owned()).unwrap_or_default()
        };
        for (name, _) in cells {
            assert!(self.rows[0].iter().any(|column| column == name), "no column {name}");
        }
        let row = self.rows[0].iter().map(cell).collect();
        self.rows.push(row);
        self
    }

    fn judged(&self, rules: Rules) -> (Intake, Vec<Judged>) {
        let mut intake = Intake::new(self.feed, rules, Origin::Separated);
        let mut judged = Vec::new();
        for (number, cells) in (1..).zip(&self.rows) {
            let cells = cells.iter().map(|cell| Cell::text(cell.as_str())).collect();
            judged.extend(intake.push(SheetRow::new(number, cells)).expect("a row"));
        }
        judged.extend(intake.finish().expect("a sheet"));
        (intake, judged)
    }

    /// What the feed sends for its rows.
    pub(crate) fn posts(&self) -> Vec<Post> {
        let (_, judged) = self.judged(rules());
        let post = |one: Judged| match one.decision {
            Decision::Post(post) => *post,
            other => panic!("row {} is not posted: {other:?}", one.row),
        };
        judged.into_iter().map(post).collect()
    }
}

fn rules() -> Rules {
    Rules { as_of: "2021-03-08".parse().expect("a date"), excluded: ExcludedIds::parse("ctas-excluded") }
}

/// A line of the log that is reached for the first time while nobody listens may stay silent in the whole process, for the tests too
/// that read the log: so somebody listens always.
fn heard_from_the_beginning() {
    static HEARD: Once = Once::new();
    HEARD.call_once(|| {
        let _is_first = tracing::subscriber::set_global_default(logs::lines("info", io::sink));
    });
}

/// The message of a row.
pub(crate) fn pointer(run: &Run, row: u32) -> String {
    RowMessage::new(&run.id, row, run.feed).body()
}

/// Longer than any test makes time pass.
pub(crate) fn long() -> Deadline {
    Deadline::after(Duration::from_secs(300 * 24 * 3600))
}

pub(crate) fn event(batch: &[(&str, u32)]) -> Value {
    let record = |(place, (body, receives)): (usize, &(&str, u32))| sqs::record(&place.to_string(), body, *receives);
    json!({ "Records": batch.iter().enumerate().map(record).collect::<Vec<_>>() })
}

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("not zero")
}
