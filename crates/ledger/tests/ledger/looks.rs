//! Looks at rows and runs, which claim nothing.

use chrono::TimeDelta;
use feeds::{Feed, Outcome, Settlement};
use ledger::Standing;

use crate::support::{Fixture, new_run, pending_rows, spl};

#[tokio::test]
async fn a_row_is_shown_as_it_stands_and_stays_as_it_is() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=4)).await;
    let look = async |row: u32| fixture.ledger.row(&run, row).await.expect("a look");

    let pending = look(2).await.expect("a row");
    assert_eq!((pending.outcome(), pending.attempts, pending.claimed_until), (None, 0, None));
    assert_eq!(pending.cells, ["9434765902", "Canary2"]);
    assert!(!format!("{pending:?}").contains("Canary"));

    let mine = fixture.mine(&run, 2).await;
    assert_eq!(look(2).await.expect("a row").claimed_until, Some(fixture.until()));
    let settlement =
        Settlement::new(Outcome::DeadLettered).because("it could not be taken", "").of_class("server-error");
    mine.settle(settlement).await.expect("settled");
    let dead = look(2).await.expect("a row");
    assert_eq!((dead.outcome(), dead.attempts, dead.claimed_until), (Some(Outcome::DeadLettered), 1, None));
    assert_eq!(dead.error_class(), Some("server-error"));
    assert_eq!(dead.settled_at, Some(fixture.now()));

    assert!(look(99).await.is_none());
    let mut rows = fixture.ledger.rows(&run);
    let mut all = Vec::new();
    while let Some(row) = rows.next().await.expect("rows") {
        all.push((row.row, row.outcome()));
    }
    assert_eq!(all, [(2, Some(Outcome::DeadLettered)), (3, None), (4, None)]);
    let mut from = fixture.ledger.rows_from(&run, 3, 1);
    assert_eq!(from.next().await.expect("a row").map(|row| (row.row, row.cells.len())), Some((3, 2)));
    assert_eq!(from.next().await.expect("a row").map(|row| row.row), Some(4));
    assert!(from.next().await.expect("no row").is_none());
    fixture.advance(TimeDelta::days(91));
    assert!(look(2).await.is_none(), "its time is over, whether DynamoDB has deleted it or not");
}

#[tokio::test]
async fn rows_of_several_runs_are_looked_up_at_once_in_the_order_asked() {
    let fixture = Fixture::new().await;
    let one = fixture.posting(new_run("one", "a"), &pending_rows(2..=4)).await;
    let two = fixture.posting(new_run("two", "a"), &pending_rows(2..=4)).await;
    fixture.settle(&one, 3, Outcome::Created).await;
    fixture.settle(&two, 2, Outcome::DeadLettered).await;
    let rows = [(&two, 2), (&one, 3), (&one, 2), (&one, 99), (&one, 3)];
    let standings = fixture.ledger.standings(&rows).await.expect("standings");
    let (dead, created) = (Standing::Settled(Outcome::DeadLettered), Standing::Settled(Outcome::Created));
    assert_eq!(standings, [dead, created, Standing::Open, Standing::Gone, created]);
    assert_eq!(fixture.ledger.standings(&[]).await.expect("standings"), []);
    fixture.advance(TimeDelta::days(31));
    assert_eq!(fixture.ledger.standings(&[(&one, 3)]).await.expect("standings"), [Standing::Gone]);
}

#[tokio::test]
async fn runs_are_found_by_how_their_ids_begin() {
    let fixture = Fixture::new().await;
    let open = fixture.posting(new_run("one", "a"), &pending_rows(2..=2)).await;
    fixture.advance(TimeDelta::seconds(1));
    let done = fixture.posting(new_run("two", "a"), &pending_rows(2..=2)).await;
    fixture.settle(&done, 2, Outcome::Created).await;
    fixture.reporting(&done).await.finish().await.expect("finished");
    for run in [&open, &done] {
        let found = fixture.ledger.runs_beginning(&run.id.as_str()[..6]).await.expect("runs");
        assert_eq!(found.iter().collect::<Vec<_>>(), [&run.id]);
    }
    let all = fixture.ledger.runs_beginning("").await.expect("runs");
    assert_eq!(all.len(), 2);
    assert!(fixture.ledger.runs_beginning("0123456789abcdef0123").await.expect("runs").is_empty());
    let runs = fixture.ledger.runs_of_ids(&all).await.expect("runs");
    assert_eq!(runs.len(), 2);
    let latest = async |since| fixture.ledger.latest_run_ids(&[spl()], since).await.expect("ids");
    assert_eq!(latest(open.claimed_at).await, [done.id.clone(), open.id.clone()], "the latest first");
    assert_eq!(latest(done.claimed_at).await, std::slice::from_ref(&done.id));
    let other = Feed::named("nsss").expect("a feed");
    assert!(fixture.ledger.latest_run_ids(&[other], open.claimed_at).await.expect("ids").is_empty());
}
