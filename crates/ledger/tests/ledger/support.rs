//! A table of one's own, and short ways to the states that tests begin with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use feeds::{ExcludedIds, Feed, Header, Outcome, Rules, Settlement, SheetEvidence};
use ledger::{
    Checkpoint, ClaimedRow, Clock, Enqueueing, Ledger, NewRow, NewRun, Reading, ReportClaim, Reporting, RowClaim, Run,
    RunClaim, RunId,
};
pub(crate) use testkit::dynamodb::TABLE;
use testkit::dynamodb::{Dynamodb, Item};
use testkit::proxy::Proxy;

/// A fresh table, with a clock that stands still until it is moved.
pub(crate) struct Fixture {
    pub(crate) ledger: Ledger,
    pub(crate) client: Client,
    /// Past the proxy, to look at the table and to change it by hand.
    pub(crate) direct: Dynamodb,
    pub(crate) proxy: Proxy,
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let direct = Dynamodb::start().await;
        let (proxy, client) = direct.proxied().await;
        ledger::table::create(&client, TABLE).await.expect("a table");
        direct.without_stream().await;
        let now = Arc::new(Mutex::new("2021-03-08T09:00:00Z".parse().expect("an instant")));
        let clock: Clock = {
            let now = now.clone();
            Arc::new(move || *now.lock().expect("no panic"))
        };
        Self { ledger: Ledger::new(client.clone(), TABLE, clock), client, direct, proxy, now }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("no panic")
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.now.lock().expect("no panic") += by;
    }

    /// When a claim that is taken now expires.
    pub(crate) fn until(&self) -> DateTime<Utc> {
        self.now() + TimeDelta::minutes(15)
    }

    pub(crate) async fn claim_run(&self, new: NewRun) -> RunClaim {
        self.ledger.claim_run(new, self.until()).await.expect("a claim")
    }

    pub(crate) async fn reading(&self, new: NewRun) -> Reading {
        match self.claim_run(new).await {
            RunClaim::Reading(reading) => *reading,
            other => panic!("not ours to read: {other:?}"),
        }
    }

    /// A run that a person cancelled while it was read.
    pub(crate) async fn cancelled(&self, new: NewRun) {
        let id = new.id();
        self.reading(new).await.release().await.expect("released");
        self.ledger.cancel_run(&id, "the wrong file", "anna").await.expect("cancelled");
    }

    /// A run that was read whole, with these rows.
    pub(crate) async fn enqueueing(&self, new: NewRun, rows: &[NewRow]) -> Enqueueing {
        let mut reading = self.reading(new).await;
        reading.set_header(&header()).await.expect("a header");
        let last_row = rows.last().map_or(1, |row| row.row);
        reading.record(rows, checkpoint(last_row)).await.expect("recorded");
        reading.read_whole().await.expect("read whole")
    }

    /// A run of which all is enqueued.
    pub(crate) async fn posting(&self, new: NewRun, rows: &[NewRow]) -> Run {
        let mut enqueueing = self.enqueueing(new, rows).await;
        let pending = enqueueing.next_rows(usize::MAX).await.expect("rows");
        let last = pending.last().copied().unwrap_or(0);
        enqueueing.enqueued_up_to(last, pending.len() as u64).await.expect("a checkpoint");
        enqueueing.all_enqueued().await.expect("posting")
    }

    pub(crate) async fn claim_row(&self, run: &Run, row: u32) -> RowClaim {
        self.ledger.claim_row(run, row, self.until()).await.expect("a claim")
    }

    pub(crate) async fn mine(&self, run: &Run, row: u32) -> ClaimedRow {
        match self.claim_row(run, row).await {
            RowClaim::Mine(row) => *row,
            other => panic!("not ours: {other:?}"),
        }
    }

    pub(crate) async fn settle(&self, run: &Run, row: u32, outcome: Outcome) {
        self.mine(run, row).await.settle(Settlement::new(outcome)).await.expect("settled");
    }

    pub(crate) async fn settled(&self, run: &Run) -> BTreeMap<Outcome, u64> {
        self.ledger.progress(run).await.expect("progress").settled
    }

    pub(crate) async fn tamper_run(&self, run: &RunId, name: &str, value: AttributeValue) {
        self.direct.set(&format!("RUN#{run}"), "RUN", name, value).await;
    }

    pub(crate) async fn tamper_row(&self, run: &Run, row: u32, name: &str, value: AttributeValue) {
        let (pk, sk) = row_key(run, row);
        self.direct.set(&pk, &sk, name, value).await;
    }

    pub(crate) async fn row_item(&self, run: &Run, row: u32) -> Item {
        let (pk, sk) = row_key(run, row);
        self.direct.item(&pk, &sk).await.expect("a row")
    }

    /// As DynamoDB does once a row has expired.
    pub(crate) async fn delete_row(&self, run: &Run, row: u32) {
        let (pk, sk) = row_key(run, row);
        self.direct.delete(&pk, &sk).await;
    }

    /// All items of one sort key.
    pub(crate) async fn scan(&self, sk: &str) -> Vec<Item> {
        let request = self.direct.client.scan().table_name(TABLE).filter_expression("sk = :sk");
        let request = request.expression_attribute_values(":sk", AttributeValue::S(sk.into()));
        request.send().await.expect("an answer").items.unwrap_or_default()
    }

    pub(crate) async fn resume_enqueueing(&self, new: NewRun) -> Enqueueing {
        match self.claim_run(new).await {
            RunClaim::Enqueueing(enqueueing) => *enqueueing,
            other => panic!("not ours to enqueue: {other:?}"),
        }
    }

    pub(crate) async fn claim_report(&self, run: &RunId) -> ReportClaim {
        self.ledger.claim_report(run, self.until()).await.expect("a claim")
    }

    pub(crate) async fn reporting(&self, run: &Run) -> Reporting {
        match self.claim_report(&run.id).await {
            ReportClaim::Mine(reporting) => *reporting,
            other => panic!("not ours to report: {other:?}"),
        }
    }

    /// The outcomes that a report would show, row by row.
    pub(crate) async fn report_rows(&self, run: &Run) -> Vec<(u32, Outcome)> {
        let reporting = self.reporting(run).await;
        let mut rows = reporting.rows();
        let mut all = Vec::new();
        while let Some(row) = rows.next().await.expect("a row") {
            all.push((row.row, row.settlement.outcome));
        }
        reporting.release().await.expect("released");
        all
    }
}

fn row_key(run: &Run, row: u32) -> (String, String) {
    (format!("RUN#{}#{}", run.id, row % run.lanes), format!("ROW#{row:09}"))
}

pub(crate) fn spl() -> &'static Feed {
    Feed::named("spl").expect("a feed")
}

pub(crate) fn new_run(file_id: &str, revision: &str) -> NewRun {
    NewRun {
        feed: spl(),
        file_id: file_id.to_owned(),
        file_name: format!("{file_id}.csv"),
        revision: revision.to_owned(),
        file_created: "2021-03-08T08:00:00Z".parse().expect("an instant"),
        file_modified: "2021-03-08T08:30:00Z".parse().expect("an instant"),
        rules: Rules {
            as_of: NaiveDate::from_ymd_opt(2021, 3, 8).expect("a date"),
            excluded: ExcludedIds::parse("ctas-excluded"),
        },
        rules_version: 1,
        lanes: ledger::LANES,
    }
}

pub(crate) fn header() -> Header {
    Header { row: 1, columns: vec!["Traced_NHSNUMBER".to_owned(), "PatientSurname".to_owned()] }
}

pub(crate) fn checkpoint(last_row: u32) -> Checkpoint {
    Checkpoint { last_row, evidence: SheetEvidence::default() }
}

pub(crate) fn pending(row: u32) -> NewRow {
    let cells = vec![format!("94347659{row:02}"), format!("Canary{row}")];
    NewRow { row, cells, warnings: Vec::new(), settlement: None }
}

pub(crate) fn skipped(row: u32) -> NewRow {
    NewRow { settlement: Some(Settlement::skipped("another council".to_owned())), ..pending(row) }
}

pub(crate) fn rejected(row: u32) -> NewRow {
    let settlement = Settlement::new(Outcome::Rejected).because("no surname", "write it");
    NewRow { settlement: Some(settlement), ..pending(row) }
}

pub(crate) fn pending_rows(rows: std::ops::RangeInclusive<u32>) -> Vec<NewRow> {
    rows.map(pending).collect()
}
