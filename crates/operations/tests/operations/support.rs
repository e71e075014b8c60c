//! A ledger with dead rows, and their dead letters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws::queue::Sqs as Queue;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use feeds::{ExcludedIds, Feed, Header, Outcome, Rules, Settlement, SheetEvidence};
use ledger::{Checkpoint, Clock, GiveBack, LANES, Ledger, NewRow, NewRun, RowClaim, RowMessage, Run, RunClaim};
use operations::dead_letter_queue::DeadLetterQueue;
use operations::redrive::Redriver;
use testkit::aws::sdk_config_without_retries;
use testkit::dynamodb::{Dynamodb, TABLE};
use testkit::sqs::Sqs;

pub(crate) const ROWS: &str = "rows";
pub(crate) const DEAD_LETTERS: &str = "rows-dead-letters";

pub(crate) struct Fixture {
    pub(crate) ledger: Ledger,
    pub(crate) sqs: Sqs,
    dynamodb: Dynamodb,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let dynamodb = Dynamodb::start().await;
        ledger::table::create(&dynamodb.client, TABLE).await.expect("a table");
        dynamodb.without_stream().await;
        let ledger = Ledger::new(dynamodb.client.clone(), TABLE, clock());
        Self { ledger, sqs: Sqs::start().await, dynamodb }
    }

    /// Makes a run's item one of a newer version.
    pub(crate) async fn tamper_with_run(&self, run: &Run) {
        self.dynamodb.set_newer_version(&format!("RUN#{}", run.id), "RUN").await;
    }

    /// Makes a row's item one of a newer version.
    pub(crate) async fn tamper_with_row(&self, run: &Run, row: u32) {
        let (pk, sk) = row_key(run, row);
        self.dynamodb.set_newer_version(&pk, &sk).await;
    }

    /// Gives a row an outcome that only a newer version knows.
    pub(crate) async fn tamper_with_outcome(&self, run: &Run, row: u32) {
        let (pk, sk) = row_key(run, row);
        self.dynamodb.set(&pk, &sk, "outcome", AttributeValue::S("postponed".to_owned())).await;
    }

    pub(crate) fn redriver(&self) -> Redriver {
        Redriver {
            ledger: self.ledger.clone(),
            rows: Queue::new(self.client(), self.sqs.queue_url(ROWS)),
            letters: self.letters(),
            clock: clock(),
        }
    }

    pub(crate) fn letters(&self) -> DeadLetterQueue {
        DeadLetterQueue::new(self.client(), self.sqs.queue_url(DEAD_LETTERS))
    }

    fn client(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&sdk_config_without_retries(self.sqs.url()))
    }

    /// A run of the spl feed with rows 2 to `last`, all enqueued.
    pub(crate) async fn run(&self, file: &str, last: u32) -> Run {
        let new = NewRun {
            feed: Feed::named("spl").expect("a feed"),
            file_id: file.to_owned(),
            file_name: format!("{file}.csv"),
            revision: "a".to_owned(),
            file_created: Utc::now(),
            file_modified: Utc::now(),
            rules: Rules { as_of: Utc::now().date_naive(), excluded: ExcludedIds::parse("") },
            rules_version: 1,
            lanes: LANES,
        };
        let RunClaim::Reading(mut reading) = self.ledger.claim_run(new, until()).await.expect("a claim") else {
            panic!("the run is new")
        };
        reading.set_header(&Header { row: 1, columns: vec!["Name".to_owned()] }).await.expect("a header");
        let row = |row| NewRow { row, cells: vec![format!("Canary{row}")], warnings: vec![], settlement: None };
        let rows: Vec<NewRow> = (2..=last).map(row).collect();
        reading
            .record(&rows, Checkpoint { last_row: last, evidence: SheetEvidence::default() })
            .await
            .expect("recorded");
        let mut enqueueing = reading.read_whole().await.expect("read whole");
        let pending = enqueueing.next_rows(usize::MAX).await.expect("rows");
        enqueueing.enqueued_up_to(last, pending.len() as u64).await.expect("a checkpoint");
        enqueueing.all_enqueued().await.expect("posting")
    }

    pub(crate) async fn settle(&self, run: &Run, row: u32, outcome: Outcome, class: &str) {
        let RowClaim::Mine(mine) = self.ledger.claim_row(run, row, until()).await.expect("a claim") else {
            panic!("row {row} is nobody's")
        };
        let settlement = Settlement { error_class: Some(class.to_owned()), ..Settlement::new(outcome) };
        mine.settle(settlement).await.expect("settled");
    }

    /// A poster has sent the row, and never learnt the answer.
    pub(crate) async fn claim_and_lose_the_answer(&self, run: &Run, row: u32) {
        let RowClaim::Mine(mine) = self.ledger.claim_row(run, row, until()).await.expect("a claim") else {
            panic!("row {row} is nobody's")
        };
        let lost = GiveBack::MayHaveBeenSent { error_class: "no-answer".to_owned() };
        mine.give_back(lost).await.expect("given back");
    }

    /// A row that is dead-lettered, with its message in the dead-letter queue.
    pub(crate) async fn dead(&self, run: &Run, row: u32, class: &str) {
        self.settle(run, row, Outcome::DeadLettered, class).await;
        self.letter(run, row, Utc::now() - TimeDelta::hours(1));
    }

    pub(crate) fn letter(&self, run: &Run, row: u32, sent_at: DateTime<Utc>) {
        let body = RowMessage::new(&run.id, row, run.feed).body();
        self.sqs.put(DEAD_LETTERS, &body, sent_at);
    }

    pub(crate) fn has_letter(&self, body: &str) -> bool {
        self.sqs.messages(DEAD_LETTERS).iter().any(|letter| letter.body == body)
    }

    /// How often each row is in a queue, by file and row.
    pub(crate) fn rows_in(&self, queue: &str, runs: &[&Run]) -> BTreeMap<(String, u32), usize> {
        let mut rows = BTreeMap::new();
        for message in self.sqs.messages(queue) {
            let row = RowMessage::parse(&message.body).expect("a row message").row;
            let run = runs.iter().find(|run| run.id == row.run).expect("a run");
            *rows.entry((run.file_id.clone(), row.row)).or_default() += 1;
        }
        rows
    }

    /// Which rows are in a queue; all of them visible, and each once.
    pub(crate) fn once_in(&self, queue: &str, runs: &[&Run]) -> BTreeSet<(String, u32)> {
        assert!(self.sqs.messages(queue).iter().all(|message| !message.is_hidden), "{queue} hides messages");
        let rows = self.rows_in(queue, runs);
        assert!(rows.values().all(|times| *times == 1), "{queue}: {rows:?}");
        rows.into_keys().collect()
    }
}

fn row_key(run: &Run, row: u32) -> (String, String) {
    (format!("RUN#{}#{}", run.id, row % run.lanes), format!("ROW#{row:09}"))
}

fn clock() -> Clock {
    Arc::new(Utc::now)
}

fn until() -> DateTime<Utc> {
    Utc::now() + TimeDelta::minutes(15)
}

pub(crate) fn rows(file: &str, rows: impl IntoIterator<Item = u32>) -> BTreeSet<(String, u32)> {
    rows.into_iter().map(|row| (file.to_owned(), row)).collect()
}
