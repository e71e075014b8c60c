//! The lists of the sparse index.

use chrono::TimeDelta;
use feeds::{Feed, FileProblem, Outcome, Settlement};
use ledger::DeadRow;

use crate::support::{Fixture, new_run, pending_rows, skipped, spl};

async fn dead(fixture: &Fixture, class: Option<&str>) -> Vec<DeadRow> {
    let rows = fixture.ledger.dead_rows(spl(), class).await.expect("a list");
    rows.into_iter().map(|row| row.expect("readable")).collect()
}

#[tokio::test]
async fn dead_rows_are_listed_by_class_until_they_are_redriven() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=6)).await;
    let settle = async |row: u32, outcome, class: Option<&str>| {
        let settlement = Settlement { error_class: class.map(str::to_owned), ..Settlement::new(outcome) };
        fixture.mine(&run, row).await.settle(settlement).await.expect("settled");
        fixture.advance(TimeDelta::seconds(1));
    };
    settle(2, Outcome::DeadLettered, Some("retry")).await;
    settle(3, Outcome::Failed, Some("reject")).await;
    settle(4, Outcome::Uncertain, None).await;
    settle(5, Outcome::DeadLettered, Some("retry")).await;
    settle(6, Outcome::Created, None).await;

    let rows = |list: Vec<DeadRow>| list.into_iter().map(|row| (row.id.row, row.class)).collect::<Vec<_>>();
    let listed = |row, class: &str| (row, class.to_owned());
    let all = [listed(3, "reject"), listed(2, "retry"), listed(5, "retry"), listed(4, "uncertain")];
    assert_eq!(rows(dead(&fixture, None).await), all);
    let retry = dead(&fixture, Some("retry")).await;
    assert_eq!(
        (retry[0].id.run.clone(), retry[0].outcome, retry[0].attempts),
        (run.id.clone(), Outcome::DeadLettered, 1)
    );
    assert_eq!(retry[1].settled_at - retry[0].settled_at, TimeDelta::seconds(3));
    assert_eq!(rows(retry), [listed(2, "retry"), listed(5, "retry")]);
    assert_eq!(rows(dead(&fixture, Some("ret")).await), []);

    settle(2, Outcome::Created, None).await;
    settle(5, Outcome::Failed, Some("reject")).await;
    assert_eq!(rows(dead(&fixture, None).await), [listed(3, "reject"), listed(5, "reject"), listed(4, "uncertain")]);
    let other = Feed::named("nsss").expect("a feed");
    assert!(fixture.ledger.dead_rows(other, None).await.expect("a list").is_empty());
}

#[tokio::test]
async fn open_runs_are_those_that_something_is_left_to_do_for() {
    let fixture = Fixture::new().await;
    let open = async || {
        let runs = fixture.ledger.open_runs(spl()).await.expect("a list");
        runs.into_iter().map(|run| run.file_id).collect::<Vec<_>>()
    };
    let problems = [FileProblem { problem: "no header".to_owned(), how_to_fix: "add one".to_owned() }];
    for file in ["reading", "rejected", "superseded", "done"] {
        let reading = fixture.reading(new_run(file, "a")).await;
        match file {
            "rejected" => reading.reject(&problems).await.expect("rejected"),
            "superseded" => reading.supersede().await.expect("superseded"),
            _ => reading.release().await.expect("released"),
        }
        fixture.advance(TimeDelta::seconds(1));
    }
    assert_eq!(open().await, ["reading", "rejected", "done"]);

    let done = fixture.posting(new_run("done", "a"), &[skipped(2)]).await;
    fixture.reporting(&done).await.finish().await.expect("finished");
    let rejected = fixture.ledger.runs(spl(), fixture.now() - TimeDelta::seconds(3)).await.expect("a list");
    let since: Vec<_> = rejected.iter().map(|run| run.file_id.as_str()).collect();
    assert_eq!(since, ["rejected", "superseded", "done"]);
    fixture.reporting(&rejected[0]).await.finish().await.expect("finished");
    assert_eq!(open().await, ["reading"]);
    assert_eq!(fixture.ledger.runs(spl(), fixture.now() - TimeDelta::days(1)).await.expect("a list").len(), 4);
    let other = Feed::named("nsss").expect("a feed");
    assert!(fixture.ledger.open_runs(other).await.expect("a list").is_empty());
}

#[tokio::test]
async fn the_runs_before_one_are_the_done_ones_of_its_feed_the_latest_first() {
    let fixture = Fixture::new().await;
    let mut runs = Vec::new();
    for file in ["first", "second", "open", "third", "this", "later"] {
        let run = fixture.posting(new_run(file, "a"), &[skipped(2)]).await;
        if file != "open" {
            fixture.reporting(&run).await.finish().await.expect("finished");
        }
        runs.push(run);
        fixture.advance(TimeDelta::seconds(1));
    }
    let before = async |run, most| {
        let runs = fixture.ledger.done_runs_before(run, most).await.expect("a list");
        runs.into_iter().map(|run| run.file_id).collect::<Vec<_>>()
    };
    assert_eq!(before(&runs[4], 20).await, ["third", "second", "first"]);
    assert_eq!(before(&runs[4], 2).await, ["third", "second"]);
    assert!(before(&runs[0], 20).await.is_empty());
}
