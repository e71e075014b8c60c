//! How long the API took of late.

use crate::stage::{Sheet, Stage};

#[tokio::test]
async fn how_long_a_post_took_is_noted_for_those_who_ask() {
    let stage = Stage::new().await;
    assert_eq!(stage.ledger.api_speed().await.expect("an answer"), None);
    let person = |first| {
        [("First name", first), ("Surname", "Lee"), ("Email", "lee@example.org"), ("Help Request Type", "EUSS")]
    };
    let run = stage.run("some", &Sheet::of("generic").row(&person("Ann")).row(&person("Bob"))).await;
    stage.deliver(&[(&crate::stage::pointer(&run, 2), 1), (&crate::stage::pointer(&run, 3), 1)]).await;
    let speed = stage.ledger.api_speed().await.expect("an answer").expect("noted");
    assert_eq!((speed.posts, speed.calls_per_second.get(), speed.posters.get()), (2, 1000, 10));

    // Within the minute it is not noted again.
    let run = stage.run("more", &Sheet::of("generic").row(&person("Eve"))).await;
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    assert_eq!(stage.ledger.api_speed().await.expect("an answer"), Some(speed));
}
