//! Messages that nobody can work on reach the dead-letter queue by themselves, and the rows beside them are posted.

use std::fs;
use std::time::Duration;

use feeds::Outcome;
use local_stack::{Options, Stack};

use crate::common;

/// How often a message is received before it is a dead letter.
const RECEIVES: u32 = 2;
const POISON: [&str; 4] = [
    "not JSON",
    r#"{"v":2,"run":"0123456789abcdef0123","row":2,"feed":"generic"}"#,
    r#"{"v":1,"run":"0123456789abcdef0123","row":2,"feed":"generic"}"#,
    r#"{"v":1,"run":"","row":2,"feed":""}"#,
];
const SHEET: &str = "\
First name,Surname,d.o.b,Help Request Type,Address Line 1,Address Line 2,City,Postcode,Email,Phone number,Phone number 2,UPRN,Subtype,Case Note 1,Case Note 2,Case Note 3,Case Note 4
Ann,Leeone,,EUSS,,,,,one@example.org,,,,,Hello,,,
Ann,Leetwo,,EUSS,,,,,two@example.org,,,,,Hello,,,
Ann,Leethree,,EUSS,,,,,three@example.org,,,,,Hello,,,
";

#[tokio::test]
async fn poison_goes_to_the_dead_letters_and_takes_nothing_along() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = Options::new(folder.path());
    options.tempo.visibility = Duration::from_secs(15);
    options.row_receives = RECEIVES;
    let stack = Stack::start(options).await.expect("the stack starts");
    let sqs = aws_sdk_sqs::Client::new(&stack.aws);
    for poison in POISON {
        sqs.send_message().queue_url(&stack.endpoints.rows_queue).message_body(poison).send().await.expect("sent");
    }
    fs::write(folder.path().join("generic/inbound/week 9.csv"), SHEET).expect("the sheet");

    let runs = common::reported(&stack, 1).await;
    let (run, progress) = &runs[0];
    assert_eq!(progress.totals(run), [(Outcome::Created, 3)].into());
    let mut dead = Vec::new();
    let all = async {
        while dead.len() < POISON.len() {
            let queue = &stack.endpoints.dead_letter_queue;
            let received =
                sqs.receive_message().queue_url(queue).max_number_of_messages(10).wait_time_seconds(1).send().await;
            dead.extend(
                received
                    .expect("the queue answers")
                    .messages
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|one| one.body),
            );
        }
    };
    tokio::time::timeout(common::PATIENCE, all).await.expect("the poison is in the dead-letter queue");
    dead.sort();
    let mut poison = POISON.to_vec();
    poison.sort_unstable();
    assert_eq!(dead, poison);
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");
    assert_eq!(api.state().help_requests.len(), 3);
    stack.stop().await.expect("the stack stops");
}
