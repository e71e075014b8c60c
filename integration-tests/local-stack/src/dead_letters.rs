//! Dead letters by the thousand, straight into the ledger and the dead-letter queue: what thousands of failed attempts leave
//! behind, in a minute.

use anyhow::{Context, Result, bail};
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use chrono::{TimeDelta, Utc};
use feeds::{ExcludedIds, Feed, Header, Outcome, Rules, Settlement, SheetEvidence};
use futures::{StreamExt, TryStreamExt, stream};
use ledger::{Checkpoint, LANES, Ledger, NewRow, NewRun, RowClaim, RowMessage, Run, RunClaim};

use crate::Endpoints;
use crate::resources::sdk_config;
use crate::spl;

/// The error classes that the rows have in turn.
pub const CLASSES: [&str; 3] = ["server-error", "not-recorded", "connection-lost"];
/// SQS takes so many messages at once.
const BATCH: usize = 10;
/// The ledger is given so many rows at once.
const CHUNK: usize = 500;

/// Makes a run of the spl feed whose rows are all dead-lettered, each with its dead letter. Its residents are numbered
/// from `first` on; they do not exist.
pub async fn make(endpoints: &Endpoints, first: u32, rows: u32) -> Result<Run> {
    let aws = sdk_config(&endpoints.aws);
    let clock: ledger::Clock = std::sync::Arc::new(Utc::now);
    let ledger = Ledger::new(aws_sdk_dynamodb::Client::new(&aws), endpoints.table.as_str(), clock);
    let run = posting(&ledger, first, rows).await.context("cannot make the run")?;
    let settled = (2..2 + rows).map(|row| die(&ledger, &run, row));
    stream::iter(settled).buffer_unordered(LANES as usize).try_collect::<()>().await?;
    let bodies: Vec<String> = (2..2 + rows).map(|row| RowMessage::new(&run.id, row, run.feed).body()).collect();
    let sqs = aws_sdk_sqs::Client::new(&aws);
    for batch in bodies.chunks(BATCH) {
        let entry = |(index, body): (usize, &String)| {
            SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body).build()
        };
        let entries = batch.iter().enumerate().map(entry).collect::<Result<_, _>>()?;
        let request = sqs.send_message_batch().queue_url(&endpoints.dead_letter_queue).set_entries(Some(entries));
        request.send().await.context("cannot send the letters")?;
    }
    Ok(run)
}

/// A run that is read and enqueued, but for the messages.
async fn posting(ledger: &Ledger, first: u32, rows: u32) -> Result<Run> {
    let feed = Feed::named("spl").context("there is no such feed")?;
    let columns = spl::columns();
    let new = NewRun {
        feed,
        file_id: format!("dead-letters-from-{first}"),
        file_name: format!("dead letters from {first}.csv"),
        revision: "1".to_owned(),
        file_created: Utc::now(),
        file_modified: Utc::now(),
        rules: Rules { as_of: Utc::now().date_naive(), excluded: ExcludedIds::parse("") },
        rules_version: feeds::RULES_VERSION,
        lanes: LANES,
    };
    let until = Utc::now() + TimeDelta::minutes(15);
    let RunClaim::Reading(mut reading) = ledger.claim_run(new, until).await? else {
        bail!("the dead letters from {first} on are there already");
    };
    reading.set_header(&Header { row: 1, columns: columns.iter().copied().map(str::to_owned).collect() }).await?;
    let row = |row| NewRow {
        row,
        cells: columns.iter().map(|column| spl::cell(first + row, column)).collect(),
        warnings: Vec::new(),
        settlement: None,
    };
    let all: Vec<u32> = (2..2 + rows).collect();
    for chunk in all.chunks(CHUNK) {
        let last_row = chunk.last().copied().unwrap_or_default();
        let chunk: Vec<NewRow> = chunk.iter().copied().map(row).collect();
        reading.record(&chunk, Checkpoint { last_row, evidence: SheetEvidence::default() }).await?;
    }
    let mut enqueueing = reading.read_whole().await?;
    loop {
        let next = enqueueing.next_rows(CHUNK).await?;
        let Some(last) = next.last() else { return Ok(enqueueing.all_enqueued().await?) };
        enqueueing.enqueued_up_to(*last, next.len() as u64).await?;
    }
}

/// Settles a row as a poster does whose last attempt failed.
async fn die(ledger: &Ledger, run: &Run, row: u32) -> Result<()> {
    let until = Utc::now() + TimeDelta::minutes(15);
    let RowClaim::Mine(mine) = ledger.claim_row(run, row, until).await? else { bail!("row {row} is not free") };
    let class = CLASSES[row as usize % CLASSES.len()];
    let settlement = Settlement::new(Outcome::DeadLettered).of_class(class);
    Ok(mine.settle(settlement).await?)
}
