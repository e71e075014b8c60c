//! A row whose id's request stands under another person.

use feeds::Outcome;

use crate::stage::{Sheet, Stage};

#[tokio::test]
async fn it_is_listed_under_a_class_of_its_own() {
    let stage = Stage::new().await;
    let person =
        |first, last, email| [("ID", "17"), ("first_name", first), ("last_name", last), ("contact_email", email)];
    let sheet =
        Sheet::of("nsss").row(&person("Ann", "Lee", "ann@example.org")).row(&person("Bob", "Grey", "bob@example.org"));
    let run = stage.run("one-id", &sheet).await;
    for row in [2, 3] {
        assert_eq!(stage.deliver_until_done(&run, row).await, 1);
    }
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1), (Outcome::Failed, 1)].into());
    let mut listed = stage.ledger.dead_rows(run.feed, Some("another-person"));
    let row = listed.next().await.expect("an answer").expect("a row").expect("a readable one");
    assert_eq!((row.id.row, row.outcome, row.class.as_str()), (3, Outcome::Failed, "another-person"));
    assert!(listed.next().await.expect("an answer").is_none());
}
