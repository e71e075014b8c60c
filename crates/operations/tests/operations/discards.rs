//! A discard that is stopped and started again, and a cancelled run.

use feeds::Outcome;
use ledger::RunState;
use operations::Error;
use operations::cancel::{Closing, cancel, close_rows};
use operations::dead::{DeadList, Selection};
use operations::discard::{Discarded, discard};

use crate::support::{DEAD_LETTERS, Fixture, rows};

async fn list(fixture: &Fixture, selection: &Selection) -> DeadList {
    DeadList::read(&fixture.ledger, selection).await.expect("a list")
}

#[tokio::test]
async fn stopped_anywhere_and_started_again_every_row_is_discarded_once_and_no_letter_stays() {
    let fixture = Fixture::new().await;
    let (run, other) = (fixture.run("one", 9).await, fixture.run("two", 2).await);
    for row in 2..=8 {
        fixture.dead(&run, row, "busy").await;
    }
    fixture.settle(&run, 9, Outcome::Failed, "rejected").await;
    fixture.dead(&other, 2, "busy").await;
    let of_run = Selection { run: Some(run.id.clone()), ..Selection::default() };

    // Killed after a few rows, and later between the rows and the dead letters, and among the dead letters.
    let mut first = list(&fixture, &of_run).await;
    assert_eq!(first.rows.len(), 8);
    first.rows.truncate(3);
    let mut shown = 0;
    discard(&fixture.ledger, &first, "discarded: moved away (anna)", || shown += 1).await.expect("discarded");
    assert_eq!(shown, 3);
    fixture.sqs.goes_down_after(fixture.sqs.calls() + 1, true);
    fixture.redriver().take_stale_letters_off(|_| {}).await.expect_err("interrupted");
    fixture.sqs.comes_back();

    let rest = list(&fixture, &of_run).await;
    assert_eq!(rest.rows.len(), 5, "what was discarded is not listed");
    let reason = "discarded: moved away (anna)";
    let done = discard(&fixture.ledger, &rest, reason, || {}).await.expect("discarded");
    assert_eq!(done, Discarded { discarded: 5, ..Discarded::default() });
    let again = discard(&fixture.ledger, &rest, reason, || {}).await.expect("nothing to do");
    assert_eq!(again, Discarded { settled_otherwise: 5, ..Discarded::default() }, "an old list does no harm");
    let letters = fixture.redriver().take_stale_letters_off(|_| {}).await.expect("taken off");
    assert_eq!(letters.left, 1);
    assert_eq!(fixture.once_in(DEAD_LETTERS, &[&run, &other]), rows("two", 2..=2), "another's letter stays");

    let progress = fixture.ledger.progress(&run).await.expect("the progress");
    assert_eq!((progress.settled, progress.moves), ([(Outcome::Skipped, 8)].into(), 8), "once each");
    let row = fixture.ledger.row(&run, 4).await.expect("an answer").expect("the row");
    assert_eq!(
        row.settlement.map(|settled| (settled.outcome, settled.reason)),
        Some((Outcome::Skipped, reason.to_owned()))
    );
}

#[tokio::test]
async fn a_cancelled_run_is_closed_and_not_redriven() {
    let fixture = Fixture::new().await;
    let run = fixture.run("one", 9).await;
    fixture.settle(&run, 2, Outcome::Created, "").await;
    fixture.dead(&run, 3, "busy").await;
    fixture.settle(&run, 4, Outcome::Uncertain, "no-answer").await;
    let cancelled = cancel(&fixture.ledger, &run.id, "the wrong file", "anna").await.expect("cancelled");
    assert_eq!(cancelled.state, RunState::Cancelled);
    let again = cancel(&fixture.ledger, &run.id, "another reason", "bob").await.expect("cancelled before");
    assert_eq!(again.cancelled, cancelled.cancelled, "the first reason stands");

    let mut looked_at = 0;
    let closing = close_rows(&fixture.ledger, &cancelled, |rows| looked_at += rows).await.expect("closed");
    assert_eq!(closing, Closing { closed: 6, uncertain: 0, in_hand: 0 });
    assert_eq!(looked_at, 7);
    let closing = close_rows(&fixture.ledger, &cancelled, |_| {}).await.expect("closed");
    assert_eq!(closing, Closing::default(), "once");
    let progress = fixture.ledger.progress(&cancelled).await.expect("the progress");
    let expected = [(Outcome::Created, 1), (Outcome::Uncertain, 1), (Outcome::Skipped, 6)];
    assert_eq!(progress.settled, expected.into());

    let plan = fixture.redriver().plan(&Selection::default()).await.expect("a plan");
    assert_eq!((plan.rows.len(), plan.cancelled.len()), (0, 1), "what may have arrived is left to people");
}

#[tokio::test]
async fn a_row_that_may_have_been_sent_is_uncertain() {
    let fixture = Fixture::new().await;
    let run = fixture.run("one", 4).await;
    fixture.claim_and_lose_the_answer(&run, 2).await;
    // Its request was made, and then its retries were used up.
    fixture.claim_and_lose_the_answer(&run, 3).await;
    fixture.dead(&run, 3, "server-error").await;
    let cancelled = cancel(&fixture.ledger, &run.id, "the wrong file", "anna").await.expect("cancelled");
    let closing = close_rows(&fixture.ledger, &cancelled, |_| {}).await.expect("closed");
    assert_eq!(closing, Closing { closed: 1, uncertain: 2, in_hand: 0 });
}

#[tokio::test]
async fn a_run_that_is_done_is_not_cancelled_and_the_error_says_what_to_do() {
    let fixture = Fixture::new().await;
    let run = fixture.run("one", 2).await;
    fixture.settle(&run, 2, Outcome::DeadLettered, "busy").await;
    let error = cancel(&fixture.ledger, &run.id, "the wrong file", "anna").await.expect_err("nothing is open");
    assert!(matches!(error, Error::NothingOpen(..)));
    assert!(error.to_string().contains("h2h dlq discard --run"), "{error}");
}
