//! The list of dead rows.

use feeds::Outcome;
use operations::dead::{DeadList, Group, Selection};
use operations::discard::{Discarded, discard};
use operations::redrive::Redriven;

use crate::support::{Fixture, ROWS, rows};

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
    let groups: Vec<_> =
        Group::of(&list.rows).into_iter().map(|group| (group.class, group.outcome, group.rows)).collect();
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
    let of_index = DeadList::of_index(&fixture.ledger, &Selection::default()).await.expect("a list");
    assert_eq!(of_index.rows, list.rows);
    assert_eq!(of_index.with_runs(&fixture.ledger).await.expect("its runs").runs, list.runs);
    let of_two = Selection { run: Some(two.id.clone()), ..Selection::default() };
    let of_two = DeadList::read(&fixture.ledger, &of_two).await.expect("a list");
    assert_eq!(of_two.rows.len(), 1);
    assert_eq!(of_two.runs.keys().collect::<Vec<_>>(), [&two.id]);

    let depth = fixture.letters().depth().await.expect("a depth");
    assert_eq!((depth.visible, depth.in_flight), (3, 0));
}

#[tokio::test]
async fn what_a_newer_version_wrote_is_listed_as_unreadable_and_a_redrive_leaves_it_alone() {
    let fixture = Fixture::new().await;
    let (one, newer) = (fixture.run("one", 5).await, fixture.run("newer", 3).await);
    for (run, row) in [(&one, 2), (&one, 3), (&one, 4), (&newer, 2)] {
        fixture.dead(run, row, "server-error").await;
    }
    fixture.tamper_with_row(&one, 3).await;
    fixture.tamper_with_outcome(&one, 4).await;
    fixture.tamper_with_run(&newer).await;

    let list = DeadList::read(&fixture.ledger, &Selection::default()).await.expect("a list");
    assert_eq!(list.rows.iter().map(|dead| (&dead.id.run, dead.id.row)).collect::<Vec<_>>(), [(&one.id, 2)]);
    let unreadable = |list: &DeadList| {
        let mut rows: Vec<_> = list.unreadable.iter().map(|row| (row.id.run.clone(), row.id.row)).collect();
        rows.sort();
        rows
    };
    let mut expected = [(one.id.clone(), 3), (one.id.clone(), 4), (newer.id.clone(), 2)];
    expected.sort();
    assert_eq!(unreadable(&list), expected);
    assert!(list.unreadable.iter().all(|row| row.why.contains("version of the ledger")), "{:?}", list.unreadable);
    let of_one = Selection { run: Some(one.id.clone()), ..Selection::default() };
    let of_one = DeadList::read(&fixture.ledger, &of_one).await.expect("a list");
    assert_eq!(unreadable(&of_one), [(one.id.clone(), 3), (one.id.clone(), 4)]);

    let redriver = fixture.redriver();
    let plan = redriver.plan(&Selection::default()).await.expect("a plan");
    assert_eq!(plan.unreadable, list.unreadable);
    let redriven = redriver.redrive(&plan, None, |_| {}).await.expect("redriven");
    assert_eq!(redriven, Redriven { sent: 1, taken_off: 1, left: 3, ..Redriven::default() });
    assert_eq!(fixture.once_in(ROWS, &[&one, &newer]), rows("one", [2]));

    let discarded = discard(&fixture.ledger, &list, "moved away", || {}).await.expect("discarded");
    assert_eq!(discarded, Discarded { discarded: 1, ..Discarded::default() });
}
