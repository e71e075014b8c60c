//! Five sheets that have people in common, dropped at once before an API that races: nothing is lost, nothing twice, no field of
//! anybody is missing, and the resident at the end is what the newest rows say.
//!
//! How ten posters meet differs each time. `HOLDOUT_SEEDS`, `HOLDOUT_FROM` and `HOLDOUT_PEOPLE` make it larger by hand.

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use simulators::here_to_help::Options;

use crate::crowd::{FEEDS, Listed, Person, Queue, faults, findings, given};
use crate::stage::Stage;

/// How long the API waits between looking and writing.
const RACE: Duration = Duration::from_millis(300);

async fn five_sheets_at_once(seed: u64, faults: Value) -> Vec<String> {
    let stage = Stage::patient(Options { race_window: RACE, ..Options::default() }).await;
    let mut rng = StdRng::seed_from_u64(seed);
    let people = Person::all(given("HOLDOUT_PEOPLE", 40));
    let mut rows = Vec::new();
    for feed in FEEDS {
        rows.extend(Listed::of_most(feed, &people, &mut rng).drop_at(&stage, feed).await);
    }
    stage.faults(faults);
    Queue::new(&stage, seed, &rows).drain().await;
    let found = findings(&stage, &rows).await;
    found.into_iter().map(|finding| format!("seed {seed}: {finding}")).collect()
}

async fn all_seeds(faults: Value) {
    let mut found = Vec::new();
    for seed in (given("HOLDOUT_FROM", 1) as u64..).take(given("HOLDOUT_SEEDS", 1)) {
        found.extend(five_sheets_at_once(seed, faults.clone()).await);
    }
    assert!(found.is_empty(), "{} wrong:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn five_sheets_at_once_before_an_api_that_races() {
    all_seeds(json!([])).await;
}

#[tokio::test]
async fn five_sheets_at_once_before_an_api_that_races_and_fails() {
    all_seeds(faults()).await;
}
