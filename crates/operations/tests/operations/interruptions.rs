//! A redrive that ends at any call, and is started again.

use operations::dead::Selection;

use crate::support::{DEAD_LETTERS, Fixture, ROWS, rows};

#[tokio::test]
async fn interrupted_at_any_call_and_started_again_nothing_is_lost_and_no_letter_stays() {
    let last = 24;
    let whole = calls_of_a_whole_one(last).await;
    assert!(whole > 8, "{whole} calls");
    let fixture = Fixture::new().await;
    let run = fixture.run("one", last).await;
    for row in 2..=last {
        fixture.dead(&run, row, "busy").await;
    }
    let letters = fixture.sqs.messages(DEAD_LETTERS);
    for (calls, loses_an_answer) in (0..whole).flat_map(|calls| [(calls, false), (calls, true)]) {
        let case = || format!("interrupted after {calls} of {whole} calls, an answer lost: {loses_an_answer}");
        for message in letters.iter().filter(|letter| !fixture.has_letter(&letter.body)) {
            fixture.sqs.put(DEAD_LETTERS, &message.body, message.sent_at);
        }
        fixture.sqs.take(ROWS);
        let redriver = fixture.redriver();
        let plan = redriver.plan(&Selection::default()).await.expect("a plan");
        fixture.sqs.goes_down_after(calls, loses_an_answer);
        redriver.redrive(&plan, None, |_| {}).await.expect_err(&case());
        let sent = fixture.rows_in(ROWS, &[&run]);
        let with_letter = fixture.rows_in(DEAD_LETTERS, &[&run]);
        for row in rows("one", 2..=last) {
            assert!(sent.contains_key(&row) || with_letter.contains_key(&row), "{}: {row:?} is lost", case());
        }

        fixture.sqs.comes_back();
        let plan = redriver.plan(&Selection::default()).await.expect("a plan");
        redriver.redrive(&plan, None, |_| {}).await.expect("redriven");
        let sent: Vec<_> = fixture.rows_in(ROWS, &[&run]).into_keys().collect();
        assert_eq!(sent, rows("one", 2..=last).into_iter().collect::<Vec<_>>(), "{}", case());
        assert!(fixture.sqs.messages(DEAD_LETTERS).is_empty(), "{}", case());
    }
}

async fn calls_of_a_whole_one(last: u32) -> usize {
    let fixture = Fixture::new().await;
    let run = fixture.run("one", last).await;
    for row in 2..=last {
        fixture.dead(&run, row, "busy").await;
    }
    let redriver = fixture.redriver();
    let plan = redriver.plan(&Selection::default()).await.expect("a plan");
    let before = fixture.sqs.calls();
    redriver.redrive(&plan, None, |_| {}).await.expect("redriven");
    fixture.sqs.calls() - before
}
