//! The data team is notified of each run once.

use feeds::{FileProblem, Outcome};

use crate::cancelling::cancel;
use crate::support::{Fixture, TOPIC};

#[tokio::test]
async fn a_run_is_told_once_with_its_counts_and_the_summary() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("week 9", 2..=4).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.settle(&run, 3, Outcome::Created).await;
    fixture.settle(&run, 4, Outcome::DeadLettered).await;
    assert!(fixture.topics.published().is_empty());
    assert!(fixture.report(&run).await);
    let published = fixture.topics.published();
    assert_eq!(published.len(), 1, "{published:?}");
    assert_eq!((published[0].topic.as_str(), published[0].subject.as_str()), TOLD);
    let expected = format!(
        "The file \"week 9.csv\" was ingested. 2 of 3 people are in Here to Help; 1 is with the technical team.\n\n\
         created: 2 (new in Here to Help)\ndead-lettered: 1 (did not get through: the technical team sends them again)\n\
         total: 3\n\nWhat became of each row, and what to fix, stands in the summary:\nhttps://drive.google.com/open?id={}\n\nfeed: spl\nrun: {}\n",
        fixture.summaries()[0].id,
        run.id
    );
    assert_eq!(published[0].text, expected);

    // The message is delivered again; a row is redriven.
    assert!(fixture.report(&run).await);
    fixture.settle(&run, 4, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    assert_eq!(fixture.run(&run.id).await.report.map(|report| report.version), Some(2));
    assert_eq!(fixture.topics.published().len(), 1, "of the first summary only");
}

const TOLD: (&str, &str) = (TOPIC, "Here to Help: a file for spl was ingested");

#[tokio::test]
async fn a_rejected_file_is_told_without_a_word_of_what_it_holds() {
    let fixture = Fixture::new().await;
    let reading = fixture.reading("list\nof\u{e4}").await;
    let run = reading.run().clone();
    let problem = FileProblem { problem: "CANARY".to_owned(), how_to_fix: "CANARY".to_owned() };
    reading.reject(&[problem]).await.expect("rejected");
    assert!(fixture.report(&run).await);
    let published = fixture.topics.published();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].subject, "Here to Help: a file for spl was rejected");
    let text = &published[0].text;
    assert!(text.starts_with("The file \"list of\u{e4}.csv\" was rejected. No row of it was sent."), "{text}");
    assert!(text.contains(&fixture.summaries()[0].id) && !text.contains("CANARY"), "{text}");
}

#[tokio::test]
async fn a_cancelled_file_is_told_as_one_and_not_as_ingested() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("wrong list", 2..=4).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    cancel(&fixture, &run).await;
    fixture.sweep().await;
    assert!(fixture.report(&run).await);
    let published = fixture.topics.published();
    assert_eq!(published[0].subject, "Here to Help: a file for spl was cancelled");
    let told = "The file \"wrong list.csv\" was cancelled.\n\ncreated: 1 (new in Here to Help)\n\
                skipped: 2 (left out by a rule, or cancelled: nothing to do)\ntotal: 3\n";
    assert!(published[0].text.starts_with(told), "{}", published[0].text);
}

/// SNS may have taken what it did not answer: sent again, each subscriber would have it twice.
#[tokio::test]
async fn a_notice_that_is_lost_is_not_repeated_and_keeps_no_summary_back() {
    let fixture = Fixture::new().await;
    fixture.topics.break_down();
    let run = fixture.posting("file", 2..=2).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    assert!(fixture.report(&run).await, "acknowledged");
    assert_eq!(fixture.topics.published().len(), 1);
    assert!(fixture.run(&run.id).await.report.is_some());
}

#[tokio::test]
async fn without_a_topic_nothing_is_told() {
    let mut fixture = Fixture::new().await;
    fixture.reporter.notices = None;
    let run = fixture.posting("file", 2..=2).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    assert!(fixture.topics.published().is_empty());
}
