//! The switch.

use chrono::TimeDelta;
use futures::future::join_all;
use ledger::Posting;

use crate::proxy::Fate;
use crate::support::Fixture;

#[tokio::test]
async fn of_many_who_pause_at_once_one_does() {
    let fixture = Fixture::new().await;
    let seen = fixture.ledger.switch().await.expect("a switch");
    assert_eq!(seen.posting, Posting::Running);
    for round in 0..2 {
        let seen = fixture.ledger.switch().await.expect("a switch");
        let pause = || fixture.ledger.set_switch(&seen, Posting::Paused, "403 from the API", "poster");
        let done = join_all((0..8).map(|_| pause())).await;
        let done: Vec<_> = done.into_iter().filter_map(|result| result.expect("an answer")).collect();
        assert_eq!(done.len(), 1, "round {round}");
        let now = fixture.ledger.switch().await.expect("a switch");
        assert_eq!(now, done[0]);
        assert_eq!((now.posting, now.why.as_str(), now.by.as_str()), (Posting::Paused, "403 from the API", "poster"));
        assert_eq!(now.since, fixture.now());
        fixture.advance(TimeDelta::minutes(1));
    }
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_made_once() {
    let fixture = Fixture::new().await;
    let seen = fixture.ledger.switch().await.expect("a switch");
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    let trying = fixture.ledger.set_switch(&seen, Posting::Trying, "the probe is well", "probe").await;
    let trying = trying.expect("an answer").expect("it was us");
    let running = fixture.ledger.set_switch(&trying, Posting::Running, "well again", "probe").await;
    assert_eq!(running.expect("an answer").map(|switch| switch.posting), Some(Posting::Running));
    assert_eq!(fixture.ledger.set_switch(&seen, Posting::Paused, "late", "poster").await.expect("an answer"), None);
}
