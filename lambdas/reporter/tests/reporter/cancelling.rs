//! A run that a person cancelled ends in one summary, whoever closes its rows.

use chrono::TimeDelta;
use feeds::{Outcome, Settlement};
use ledger::{Cancelled, RunState};

use crate::support::{Fixture, PATIENCE};

pub(crate) async fn cancel(fixture: &Fixture, run: &ledger::Run) {
    let cancelled = fixture.ledger.cancel_run(&run.id, "the wrong file", "anna").await.expect("an answer");
    assert!(matches!(cancelled, Cancelled::Done(_)), "{cancelled:?}");
}

#[tokio::test]
async fn the_sweep_closes_what_is_open_and_the_summary_says_why() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=5).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    let posted = fixture.claim(&run, 3).await;
    cancel(&fixture, &run).await;
    fixture.sweep().await;
    assert_eq!(fixture.totals(&run).await, [(Outcome::Created, 1), (Outcome::Skipped, 2)]);
    assert!(fixture.report(&run).await);
    assert!(fixture.summaries().is_empty(), "a row is in a poster's hands");
    posted.settle(Settlement::new(Outcome::Created)).await.expect("settled");
    assert!(fixture.report(&run).await);
    let run = fixture.run(&run.id).await;
    assert_eq!((run.state, run.report.map(|report| report.version)), (RunState::Cancelled, Some(1)));
    assert_eq!(fixture.totals(&run).await.iter().map(|(_, rows)| rows).sum::<u64>(), run.rows_read);
    assert_eq!(fixture.summaries().len(), 1);
    fixture.advance(PATIENCE + TimeDelta::days(1));
    fixture.sweep().await;
    assert!(fixture.queues.bodies("reports").is_empty() && fixture.queues.bodies("rows").is_empty(), "it is done");
}

#[tokio::test]
async fn one_that_was_cancelled_while_it_was_read_says_that_nothing_was_sent() {
    let fixture = Fixture::new().await;
    let run = fixture.reading("file").await.run().clone();
    cancel(&fixture, &run).await;
    assert!(fixture.report(&run).await);
    let summaries = fixture.summaries();
    assert_eq!(summaries.len(), 1);
    assert!(summaries[0].name.starts_with("CANCELLED_file.csv"), "{}", summaries[0].name);
    assert_eq!(fixture.run(&run.id).await.state, RunState::Cancelled);
}
