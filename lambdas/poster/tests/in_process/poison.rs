//! Poison: each bad message is handled by itself, and the rest of its batch goes on.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use feeds::Outcome;
use lambda_support::invocation::Deadline;
use poster::Unworkable;
use serde_json::json;

use crate::stage::{RECEIVES, Sheet, Stage, event, long, pointer};

/// People whom nothing is wrong with.
fn people(number: usize) -> Sheet {
    (0..number).fold(Sheet::of("generic"), |sheet, number| {
        let email = format!("person{number}@example.org");
        let surname = format!("Lee{}", "a".repeat(number));
        sheet.row(&[
            ("First name", "Ann"),
            ("Surname", &surname),
            ("Email", &email),
            ("Help Request Type", "EUSS"),
            ("Case Note 1", "Hello"),
        ])
    })
}

#[tokio::test]
async fn what_is_no_message_of_ours_is_left_and_the_others_go_on() {
    let stage = Stage::new().await;
    let run = stage.run("good", &people(6)).await;
    let good: Vec<String> = (2..=7).map(|row| pointer(&run, row)).collect();
    let version_2 = good[0].replace(r#""v":1"#, r#""v":2"#);
    let unknown_run = good[0].replace(&run.id.to_string(), "0123456789abcdef0123");
    let no_run = good[0].replace(&run.id.to_string(), "../secrets");
    let other_feed = good[0].replace(r#""feed":"generic""#, r#""feed":"spl""#);
    let bodies =
        ["not JSON", &good[0], &version_2, &good[1], &unknown_run, &good[2], &no_run, &good[3], &other_feed, &good[4]];
    let calls = stage.api.state().calls.total;
    assert_eq!(calls, 0);
    let batch: Vec<(&str, u32)> = bodies.iter().map(|body| (&**body, 1)).collect();
    assert_eq!(stage.deliver(&batch).await, [0, 2, 4, 6, 8]);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 5)].into());

    // It stays bad, is never tried at the API, and SQS moves it to the dead letters after its receives.
    let calls = stage.api.state().calls.total;
    for receives in 2..=RECEIVES {
        let batch: Vec<(&str, u32)> = batch.iter().step_by(2).map(|(body, _)| (*body, receives)).collect();
        assert_eq!(stage.deliver(&batch).await, [0, 1, 2, 3, 4], "receive {receives}");
    }
    assert_eq!(stage.api.state().calls.total, calls);
    assert!(stage.aws.now().sent.is_empty(), "none is sent again, for that would begin its receives anew");
    let mut waits = stage.aws.now().visibilities.clone();
    waits.sort_unstable();
    // Another version's messages wait for their poster; people need not wait to see what is nobody's.
    assert_eq!(waits.split_off(4 * 8), [60, 120, 240, 480, 960, 1920, 3600, 3600]);
    assert_eq!(waits, [0; 4 * 8]);
}

#[tokio::test]
async fn doubled_in_one_batch_a_row_is_posted_once() {
    let stage = Stage::new().await;
    let run = stage.run("doubled", &people(2)).await;
    let (one, two) = (pointer(&run, 2), pointer(&run, 3));
    assert!(stage.deliver(&[(&one, 1), (&one, 1), (&two, 1), (&one, 3)]).await.is_empty());
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 2)].into());
    let state = stage.api.state();
    assert_eq!((state.residents.len(), state.help_requests.len(), state.case_notes.len()), (2, 2, 2));
    assert_eq!(state.calls.by_call[&simulators::here_to_help::Call::Create], 2);
}

#[tokio::test]
async fn a_row_that_has_expired_is_nothing_to_do() {
    let stage = Stage::new().await;
    let run = stage.run("rows", &people(2)).await;
    let (good, expired) = (pointer(&run, 2), pointer(&run, 3));
    assert!(stage.deliver(&[(&good, 1)]).await.is_empty());
    // DynamoDB deletes expired items within days, not at once: the row may still be there.
    stage.pass(TimeDelta::days(91));
    assert!(stage.deliver(&[(&expired, 1)]).await.is_empty());
    stage.delete(&format!("RUN#{}#3", run.id), "ROW#000000003").await;
    assert!(stage.deliver(&[(&expired, 1)]).await.is_empty());
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into());
    assert_eq!(stage.api.state().help_requests.len(), 1);
}

#[tokio::test]
async fn a_row_that_its_run_never_had_is_left_for_the_dead_letter_queue() {
    let stage = Stage::new().await;
    let run = stage.run("rows", &people(1)).await;
    let (good, unknown) = (pointer(&run, 2), pointer(&run, 4711));
    assert_eq!(stage.deliver(&[(&unknown, 1), (&good, 1)]).await, [0]);
    assert_eq!(stage.deliver(&[(&unknown, RECEIVES)]).await, [0]);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into());
    assert!(stage.aws.now().sent.is_empty());
}

#[tokio::test]
async fn a_row_of_a_newer_version_is_left_for_the_poster_that_knows_it() {
    let stage = Stage::new().await;
    let run = stage.run("newer", &people(2)).await;
    let newer = AttributeValue::N("2".to_owned());
    stage.tamper(&format!("RUN#{}#2", run.id), "ROW#000000002", "v", newer).await;
    let (newer, good) = (pointer(&run, 2), pointer(&run, 3));
    assert_eq!(stage.deliver(&[(&newer, 1), (&good, 1)]).await, [0]);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into());
}

#[tokio::test]
async fn a_run_of_a_newer_version_is_left_for_the_poster_that_knows_it() {
    let stage = Stage::new().await;
    let newer_run = stage.run("newer", &people(1)).await;
    let run = stage.run("good", &people(1)).await;
    stage.tamper(&format!("RUN#{}", newer_run.id), "RUN", "v", AttributeValue::N("2".to_owned())).await;
    let (newer, good) = (pointer(&newer_run, 2), pointer(&run, 2));
    assert_eq!(stage.deliver(&[(&newer, 1), (&good, 1)]).await, [0]);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into());
}

/// `h2h cancel` sets the run's state: its messages are taken off the queue, the other runs' rows are posted.
#[tokio::test]
async fn a_cancelled_run_posts_no_more() {
    let stage = Stage::new().await;
    let cancelled = stage.run("cancelled", &people(2)).await;
    let run = stage.run("good", &people(1)).await;
    assert!(stage.deliver_row(&cancelled, 2, 1).await.is_empty());
    let state = AttributeValue::S("cancelled".to_owned());
    stage.tamper(&format!("RUN#{}", cancelled.id), "RUN", "state", state).await;
    assert!(stage.deliver(&[(&pointer(&cancelled, 3), 1), (&pointer(&run, 2), 1)]).await.is_empty());
    assert_eq!(stage.outcomes(&cancelled).await, [(Outcome::Created, 1)].into());
    assert_eq!(stage.outcomes(&run).await.values().sum::<u64>(), 1);
}

#[tokio::test]
async fn an_event_of_the_wrong_type_is_refused_whole() {
    let stage = Stage::new().await;
    for wrong in [json!({}), json!([]), json!("probe"), json!({"feed": "spl"}), json!({"probe": false})] {
        let refused = stage.poster.handle(wrong.clone(), long()).await.expect_err("no event of ours");
        assert!(matches!(refused, Unworkable::NoBatch(_)), "{wrong}: {refused}");
    }
}

/// With less time than one row needs, everything would be sent again for ever.
#[tokio::test]
async fn a_function_with_too_short_a_time_out_says_so() {
    let stage = Stage::new().await;
    let run = stage.run("short", &people(1)).await;
    let batch = event(&[(&pointer(&run, 2), 1)]);
    let short = Deadline::after(std::time::Duration::from_secs(40));
    let refused = stage.poster.handle(batch, short).await.expect_err("too short");
    assert!(refused.to_string().contains("raise the poster's time-out"), "{refused}");
    assert!(stage.aws.now().sent.is_empty());
}
