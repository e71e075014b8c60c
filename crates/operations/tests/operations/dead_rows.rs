//! The list of dead rows.

use feeds::Outcome;
use operations::dead::{DeadList, Selection};

use crate::support::Fixture;

#[tokio::test]
async fn dead_rows_are_grouped_and_come_with_their_runs_and_a_look_touches_no_letter() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.run("one", 5).await, fixture.run("two", 3).await);
    fixture.dead(&one, 2, "server-error").await;
    fixture.dead(&one, 3, "server-error").await;
    fixture.dead(&two, 2, "busy").await;
    fixture.settle(&one, 4, Outcome::Failed, "refused").await;
    fixture.settle(&one, 5, Outcome::Created, "none").await;

    let list = DeadList::read(&fixture.ledger, &Selection::default()).await.expect("a list");
    let groups: Vec<_> = list.groups().into_iter().map(|group| (group.class, group.outcome, group.rows)).collect();
    let group = |class: &str, outcome, rows| (class.to_owned(), outcome, rows);
    assert_eq!(
        groups,
        [
            group("busy", Outcome::DeadLettered, 1),
            group("refused", Outcome::Failed, 1),
            group("server-error", Outcome::DeadLettered, 2)
        ]
    );
    assert_eq!(list.runs.values().map(|run| run.file_name.as_str()).collect::<Vec<_>>().len(), 2);
    let of_two = Selection { run: Some(two.id.clone()), ..Selection::default() };
    let of_two = DeadList::read(&fixture.ledger, &of_two).await.expect("a list");
    assert_eq!(of_two.rows.len(), 1);
    assert_eq!(of_two.runs.keys().collect::<Vec<_>>(), [&two.id]);

    let depth = fixture.letters().depth().await.expect("a depth");
    assert_eq!((depth.visible, depth.in_flight), (3, 0));
}
