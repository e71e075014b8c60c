//! The circuit breaker.

use chrono::TimeDelta;
use futures::future::join_all;
use ledger::{BreakerState, By};

use crate::support::Fixture;
use testkit::proxy::Fate;

fn poster() -> By {
    By::Function("poster".to_owned())
}

#[tokio::test]
async fn of_many_who_pause_at_once_one_does() {
    let fixture = Fixture::new().await;
    let seen = fixture.ledger.breaker().await.expect("a circuit breaker");
    assert_eq!(seen.state, BreakerState::Closed);
    for round in 0..2 {
        let seen = fixture.ledger.breaker().await.expect("a circuit breaker");
        let pause = || fixture.ledger.set_breaker(&seen, BreakerState::Open, "403 from the API", poster());
        let done = join_all((0..8).map(|_| pause())).await;
        let done: Vec<_> = done.into_iter().filter_map(|result| result.expect("an answer")).collect();
        assert_eq!(done.len(), 1, "round {round}");
        let now = fixture.ledger.breaker().await.expect("a circuit breaker");
        assert_eq!(now, done[0]);
        assert_eq!((now.state, now.why.as_str()), (BreakerState::Open, "403 from the API"));
        assert_eq!(now.by, By::Function("poster".to_owned()));
        assert_eq!(now.since, fixture.now());
        fixture.advance(TimeDelta::minutes(1));
    }
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_made_once() {
    let fixture = Fixture::new().await;
    let seen = fixture.ledger.breaker().await.expect("a circuit breaker");
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    let trying = fixture.ledger.set_breaker(&seen, BreakerState::HalfOpen, "the probe is well", poster()).await;
    let trying = trying.expect("an answer").expect("it was us");
    let running = fixture.ledger.set_breaker(&trying, BreakerState::Closed, "well again", poster()).await;
    assert_eq!(running.expect("an answer").map(|breaker| breaker.state), Some(BreakerState::Closed));
    assert_eq!(fixture.ledger.set_breaker(&seen, BreakerState::Open, "late", poster()).await.expect("an answer"), None);
}

#[tokio::test]
async fn a_name_alone_is_a_persons() {
    let fixture = Fixture::new().await;
    let seen = fixture.ledger.breaker().await.expect("a circuit breaker");
    assert_eq!(seen.by, By::Nobody);
    fixture.ledger.set_breaker(&seen, BreakerState::Open, "a new address", "ann").await.expect("an answer");
    let now = fixture.ledger.breaker().await.expect("a circuit breaker");
    assert_eq!((now.by.clone(), now.by.to_string().as_str()), (By::Person("ann".to_owned()), "ann"));
}

#[tokio::test]
async fn that_a_row_went_through_counts_for_the_try_that_it_belongs_to() {
    let fixture = Fixture::new().await;
    let seen = fixture.ledger.breaker().await.expect("a circuit breaker");
    let set = async |seen, posting| {
        let set = fixture.ledger.set_breaker(&seen, posting, "", poster()).await;
        set.expect("an answer").expect("it was us")
    };
    let first = set(seen, BreakerState::HalfOpen).await;
    fixture.ledger.row_went_through(&first).await.expect("noted");
    let noted = fixture.ledger.breaker().await.expect("a circuit breaker");
    assert!(noted.row_went_through);
    let paused = set(noted, BreakerState::Open).await;
    let second = set(paused, BreakerState::HalfOpen).await;
    fixture.ledger.row_went_through(&first).await.expect("an answer");
    assert!(!second.row_went_through && !fixture.ledger.breaker().await.expect("a circuit breaker").row_went_through);
}
