//! The rows that a redrive sends, and the dead letters that it takes off.

use chrono::{TimeDelta, Utc};
use feeds::Outcome;
use ledger::RowId;
use operations::dead::Selection;
use operations::redrive::Redriven;

use crate::support::{DEAD_LETTERS, Fixture, ROWS, rows};

async fn redrive(fixture: &Fixture, selection: Selection) -> Redriven {
    let redriver = fixture.redriver();
    let plan = redriver.plan(&selection).await.expect("a plan");
    redriver.redrive(&plan, None, |_| {}).await.expect("redriven")
}

#[tokio::test]
async fn a_selection_is_sent_again_and_the_other_letters_stay() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.run("one", 14).await, fixture.run("two", 14).await);
    for row in 2..=14 {
        fixture.dead(&one, row, if row % 2 == 0 { "busy" } else { "server-error" }).await;
        fixture.dead(&two, row, "server-error").await;
    }
    let runs = [&one, &two];
    let all = Selection::default();

    let row = RowId { run: two.id.clone(), row: 9 };
    let redriven = redrive(&fixture, Selection { row: Some(row), ..all.clone() }).await;
    assert_eq!(redriven, Redriven { sent: 1, taken_off: 1, left: 25, ..Redriven::default() });
    assert_eq!(fixture.once_in(ROWS, &runs), rows("two", [9]));

    let by_class = Selection { class: Some("busy".to_owned()), ..all.clone() };
    let redriven = redrive(&fixture, by_class).await;
    assert_eq!(redriven, Redriven { sent: 7, taken_off: 7, left: 18, ..Redriven::default() });
    let busy = rows("one", (2..=14).step_by(2));
    assert_eq!(fixture.once_in(ROWS, &runs), &rows("two", [9]) | &busy);

    let by_run = Selection { run: Some(two.id.clone()), ..all };
    let redriven = redrive(&fixture, by_run).await;
    // The row that was sent before is dead still, for no poster runs here: it is sent once more.
    assert_eq!(redriven, Redriven { sent: 13, taken_off: 12, left: 6, ..Redriven::default() });
    assert_eq!(fixture.once_in(DEAD_LETTERS, &runs), rows("one", (3..=13).step_by(2)));
}

#[tokio::test]
async fn what_sqs_refuses_of_a_batch_is_sent_and_deleted_in_the_end() {
    let fixture = Fixture::new().await;
    let run = fixture.run("one", 24).await;
    for row in 2..=24 {
        fixture.dead(&run, row, "busy").await;
    }
    fixture.sqs.refuses_every_other_once();
    let redriven = redrive(&fixture, Selection::default()).await;
    assert_eq!(redriven, Redriven { sent: 23, taken_off: 23, ..Redriven::default() });
    assert_eq!(fixture.once_in(ROWS, &[&run]), rows("one", 2..=24));
    assert!(fixture.sqs.messages(DEAD_LETTERS).is_empty());
}

#[tokio::test]
async fn stale_letters_go_and_those_that_somebody_must_look_at_stay() {
    let fixture = Fixture::new().await;
    let run = fixture.run("one", 8).await;
    let before = Utc::now() - TimeDelta::hours(1);
    fixture.dead(&run, 2, "busy").await;
    for (row, outcome) in [(3, Outcome::Created), (4, Outcome::Failed), (5, Outcome::DeadLettered)] {
        fixture.settle(&run, row, outcome, "server-error").await;
        fixture.letter(&run, row, before);
    }
    // Not settled yet (its poster died), and never there.
    fixture.letter(&run, 6, before);
    fixture.letter(&run, 99, before);
    fixture.sqs.put(DEAD_LETTERS, "hello", before);
    fixture.sqs.put(DEAD_LETTERS, r#"{"v":1,"run":"0123456789abcdef0123","row":1,"feed":"spl"}"#, before);

    let busy = Selection { class: Some("busy".to_owned()), ..Selection::default() };
    let redriven = redrive(&fixture, busy).await;
    let expected = Redriven { sent: 1, taken_off: 1, stale: 3, left: 2, foreign: 2, not_deleted: 0 };
    assert_eq!(redriven, expected);
    let left = fixture.sqs.bodies(DEAD_LETTERS);
    assert_eq!(left.len(), 4);
    assert!(left[0].contains(r#""row":5"#) && left[1].contains(r#""row":6"#), "{left:?}");
}

#[tokio::test]
async fn failed_rows_are_not_sent_for_the_poster_would_not_try_them() {
    let fixture = Fixture::new().await;
    let run = fixture.run("one", 3).await;
    fixture.settle(&run, 2, Outcome::Failed, "refused").await;
    fixture.settle(&run, 3, Outcome::Uncertain, "lost-answer").await;
    let plan = fixture.redriver().plan(&Selection::default()).await.expect("a plan");
    assert_eq!(plan.to_correct.iter().map(|dead| dead.id.row).collect::<Vec<_>>(), [2]);
    assert_eq!(plan.rows.iter().map(|dead| dead.id.row).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn a_row_that_is_dead_again_meanwhile_keeps_its_new_letter() {
    let fixture = Fixture::new().await;
    let run = fixture.run("one", 2).await;
    fixture.dead(&run, 2, "busy").await;
    let redriver = fixture.redriver();
    let plan = redriver.plan(&Selection::default()).await.expect("a plan");
    // The pointer that this redrive sends is tried, and dead, before the dead letters are looked at.
    let redriven = redriver.redrive(&plan, None, |step| {
        if matches!(step, operations::redrive::Step::Sent(_)) {
            fixture.letter(&run, 2, Utc::now() + TimeDelta::seconds(1));
        }
    });
    let redriven = redriven.await.expect("redriven");
    assert_eq!(redriven, Redriven { sent: 1, taken_off: 1, left: 1, ..Redriven::default() });
    assert_eq!(fixture.once_in(DEAD_LETTERS, &[&run]), rows("one", [2]));
}

#[tokio::test]
async fn a_rate_does_not_change_what_is_sent() {
    let fixture = Fixture::new().await;
    let run = fixture.run("one", 6).await;
    for row in 2..=6 {
        fixture.dead(&run, row, "busy").await;
    }
    let redriver = fixture.redriver();
    let plan = redriver.plan(&Selection::default()).await.expect("a plan");
    let mut batches = Vec::new();
    let step = |step| {
        if let operations::redrive::Step::Sent(rows) = step {
            batches.push(rows);
        }
    };
    redriver.redrive(&plan, "3".parse().ok(), step).await.expect("redriven");
    assert_eq!(batches, [3, 2]);
    assert_eq!(fixture.once_in(ROWS, &[&run]), rows("one", 2..=6));
}
