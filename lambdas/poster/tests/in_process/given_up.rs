//! The fate of a row that fails to the last receive: looked for once more, then completed, dead-lettered, or uncertain
//! where nobody could look.

use chrono::TimeDelta;
use feeds::{Outcome, Settlement};
use ledger::{RowRecord, Run};
use poster::Answer;
use serde_json::{Value, json};
use simulators::here_to_help::Call;

use crate::lost_answers::{held, person, surname};
use crate::stage::{RECEIVES, Sheet, Stage, event, pointer};

const NOTE: (&str, &str) = ("Comments", "Needs shopping");
const SECOND_NOTE: (&str, &str) = ("Day 4 Outcome", "Well");
const LETTER: (&str, &str) = ("LA Support Letter Received", "yes");

/// A fault of every call of this kind.
fn always(call: &str, answer: &str, after: &str) -> Value {
    json!([{"answer": answer, "after": after, "calls": [call]}])
}

/// The first calls of this kind fail and do nothing, the next one does everything and fails.
fn done_at_last(call: &str, in_vain: u32) -> Value {
    let mut rules = Vec::new();
    if in_vain > 0 {
        rules.push(json!({"answer": "500", "calls": [call], "next": in_vain}));
    }
    rules.push(json!({"answer": "500", "after": "everything", "calls": [call], "next": 1}));
    Value::Array(rules)
}

async fn record(stage: &Stage, run: &Run) -> RowRecord {
    stage.ledger.row(run, 2).await.expect("an answer").expect("a row")
}

fn settled(row: &RowRecord) -> Settlement {
    row.settlement.clone().expect("settled")
}

/// Delivers the row for the last time; gives its outcome and the class of its error.
async fn end(stage: &Stage, run: &Run) -> (Outcome, String) {
    stage.deliver_row(run, 2, RECEIVES).await;
    let row = record(stage, run).await;
    (row.outcome().expect("settled"), row.error_class().unwrap_or_default().to_owned())
}

fn dead(class: &str) -> (Outcome, String) {
    (Outcome::DeadLettered, class.to_owned())
}

fn uncertain(class: &str) -> (Outcome, String) {
    (Outcome::Uncertain, class.to_owned())
}

fn created() -> (Outcome, String) {
    (Outcome::Created, String::new())
}

/// The row is sent again by somebody, and the API works.
async fn redriven(stage: &Stage, run: &Run) -> Outcome {
    stage.faults(json!([]));
    stage.pass(TimeDelta::seconds(40));
    assert_eq!(stage.deliver_until_done(run, 2).await, 1);
    record(stage, run).await.outcome().expect("settled")
}

fn creates(stage: &Stage) -> u64 {
    stage.api.state().calls.by_call.get(&Call::Create).copied().unwrap_or_default()
}

#[tokio::test]
async fn what_was_never_done_is_a_dead_letter() {
    for answer in ["500", "502", "text-400"] {
        let stage = Stage::new().await;
        let run = stage.run(answer, &person(Sheet::of("self-isolation"), 0, &[NOTE])).await;
        stage.faults(always("create", answer, "nothing"));
        for receives in 1..RECEIVES {
            assert_eq!(stage.deliver_row(&run, 2, receives).await, [0], "receive {receives}");
        }
        let posted = creates(&stage);
        assert_eq!(stage.deliver_row(&run, 2, RECEIVES).await, [0], "left for the dead-letter queue");
        assert_eq!(creates(&stage), posted + 3, "the last look does not post");
        let row = record(&stage, &run).await;
        let class = if answer == "text-400" { "not-recorded" } else { "server-error" };
        assert_eq!((row.outcome(), row.error_class()), (Some(Outcome::DeadLettered), Some(class)));
        assert!(row.may_have_been_sent, "who goes on looks first");
        assert_eq!(settled(&row).how_to_fix, "nothing: the technical team sends it again");
        assert_eq!(redriven(&stage, &run).await, Outcome::Created);
        assert_eq!(held(&stage, 0), [1, 1, 0, 1, 1]);
    }
}

/// The API commits the resident before the request, so a 500 may leave one without a request (A.9).
#[tokio::test]
async fn a_resident_without_a_request_is_found_again_by_a_redrive() {
    let stage = Stage::new().await;
    let run = stage.run("half", &person(Sheet::of("self-isolation"), 0, &[])).await;
    stage.faults(always("create", "500", "resident"));
    assert_eq!(end(&stage, &run).await, dead("server-error"));
    assert_eq!(held(&stage, 0)[..2], [1, 0]);
    assert_eq!(redriven(&stage, &run).await, Outcome::Created);
    assert_eq!(held(&stage, 0)[..2], [1, 1]);
}

#[tokio::test]
async fn a_resident_whom_nothing_finds_again_is_uncertain() {
    let stage = Stage::new().await;
    let surname = surname(0);
    let sheet = Sheet::of("self-isolation").row(&[
        ("ID", "si-0"),
        ("Forename", "Ann"),
        ("Surname", &surname),
        ("LA Support Required", "yes"),
        ("Date Tested", "07/03/2021"),
        ("Status Report", "completed"),
    ]);
    let run = stage.run("names alone", &sheet).await;
    stage.faults(always("create", "500", "resident"));
    assert_eq!(end(&stage, &run).await, uncertain("lost-answer"));
    assert_eq!((held(&stage, 0)[..2].to_vec(), creates(&stage)), (vec![1, 0], 1));
    let to_do = settled(&record(&stage, &run).await).how_to_fix;
    assert!(to_do.starts_with("nothing: the technical team"), "{to_do}");
}

/// Whatever fails at last but was done: it is found, and the row goes on from there.
#[tokio::test]
async fn what_was_done_after_all_is_found_and_gone_on_from() {
    let answered: Vec<_> =
        ["create", "patch", "add-note", "follow-up"].map(|call| (call, done_at_last(call, 2))).into();
    let unanswered = [("create", "closed"), ("create", "hang"), ("add-note", "closed"), ("follow-up", "504")]
        .map(|(call, answer)| (call, always(call, answer, "everything")));
    // The request is found at last, and then the same happens to its note.
    let both = [done_at_last("create", 2), done_at_last("add-note", 0)];
    let both = both.into_iter().flat_map(|rules| rules.as_array().cloned().unwrap_or_default()).collect();
    for (call, faults) in answered.into_iter().chain(unanswered).chain([("both", both)]) {
        let stage = Stage::new().await;
        // A note of the follow-up would be the second call of its kind.
        let more: &[(&str, &str)] = if call == "follow-up" { &[LETTER] } else { &[NOTE] };
        let run = stage.run(call, &person(Sheet::of("self-isolation"), 0, more)).await;
        stage.faults(faults.clone());
        assert!(stage.deliver_row(&run, 2, RECEIVES).await.is_empty(), "{faults}");
        let row = record(&stage, &run).await;
        assert_eq!((row.outcome(), row.error_class()), (Some(Outcome::Created), None), "{faults}");
        let shielding = usize::from(call == "follow-up");
        assert_eq!(held(&stage, 0), [1, 1, shielding, 1, 1], "{faults}");
    }
}

/// The request is there, and a later step fails to the end.
#[tokio::test]
async fn a_step_that_was_never_done_is_a_dead_letter_that_a_redrive_completes() {
    // Of two notes the first goes with the address.
    for (call, more) in [("patch", &[NOTE][..]), ("add-note", &[NOTE, SECOND_NOTE]), ("follow-up", &[LETTER])] {
        let stage = Stage::new().await;
        let run = stage.run(call, &person(Sheet::of("self-isolation"), 0, more)).await;
        stage.faults(always(call, "500", "nothing"));
        assert_eq!(end(&stage, &run).await, dead("server-error"), "{call}");
        assert_eq!((redriven(&stage, &run).await, creates(&stage)), (Outcome::Created, 1), "{call}");
        assert_eq!(held(&stage, 0), [1, 1, usize::from(call == "follow-up"), more.len(), 1], "{call}");
    }
}

/// Two notes: the first is found, the second is tried and was never done.
#[tokio::test]
async fn each_note_is_looked_for_by_itself() {
    let stage = Stage::new().await;
    let sheet = Sheet::of("generic").row(&[
        ("First name", "Ann"),
        ("Surname", "Lee"),
        ("Email", "a@example.org"),
        ("Help Request Type", "EUSS"),
        ("Case Note 1", "One"),
        ("Case Note 2", "Two"),
    ]);
    let run = stage.run("notes", &sheet).await;
    stage.faults(done_at_last("add-note", 2));
    assert_eq!(end(&stage, &run).await, created());
    assert_eq!(stage.api.state().case_notes.len(), 2);
}

/// Without an answer the call may be on its way yet: not to find it says nothing, and its leases stay.
#[tokio::test]
async fn what_may_be_on_its_way_is_uncertain_where_it_is_not_found() {
    for (answer, class) in [("closed", "connection-lost"), ("hang", "timed-out"), ("504", "server-error")] {
        let stage = Stage::new().await;
        let run = stage.run(answer, &person(Sheet::of("self-isolation"), 0, &[])).await;
        stage.faults(always("create", answer, "nothing"));
        assert_eq!(end(&stage, &run).await, uncertain(class));
        let sent = stage.sent().len();
        assert!(stage.deliver_row(&run, 2, 1).await.is_empty());
        assert_eq!((stage.sent().len(), creates(&stage)), (sent + 1, 1), "it waits for the leases");
        assert_eq!(redriven(&stage, &run).await, Outcome::Created);
    }
}

/// An earlier claim's call has arrived by now, and this claim looked: the last POST surely did nothing.
#[tokio::test]
async fn what_an_earlier_claim_lost_and_this_one_looked_for_is_a_dead_letter() {
    let stage = Stage::new().await;
    let run = stage.run("earlier", &person(Sheet::of("self-isolation"), 0, &[])).await;
    stage.faults(always("create", "closed", "nothing"));
    assert_eq!(stage.deliver_row(&run, 2, 1).await, [0]);
    stage.pass(TimeDelta::seconds(40));
    stage.faults(always("create", "403", "nothing"));
    assert_eq!(end(&stage, &run).await, dead("forbidden"));
    assert!(record(&stage, &run).await.may_have_been_sent);
}

#[tokio::test]
async fn who_cannot_look_at_last_says_uncertain_with_the_class_of_what_failed() {
    let stage = Stage::new().await;
    let run = stage.run("no look", &person(Sheet::of("self-isolation"), 0, &[])).await;
    stage.faults(json!([{"answer": "closed", "calls": ["create"]}, {"answer": "403", "calls": ["search"]}]));
    assert_eq!(end(&stage, &run).await, uncertain("connection-lost"));
    let to_do = settled(&record(&stage, &run).await).how_to_fix;
    assert!(to_do.starts_with("nothing: the technical team looks it up"), "{to_do}");

    // Known by the NHS number alone: the search wants names.
    let stage = Stage::new().await;
    let run = stage.run("no names", &Sheet::of("spl").row(&[("Traced_NHSNUMBER", "9434765919")])).await;
    stage.faults(always("create", "500", "nothing"));
    assert_eq!(end(&stage, &run).await, uncertain("server-error"));
    assert_eq!(redriven(&stage, &run).await, Outcome::Created);
}

/// An outage makes no dead letter, and nobody looks while it lasts.
#[tokio::test]
async fn while_every_row_would_fail_nobody_looks() {
    let stage = Stage::new().await;
    let run = stage.run("outage", &person(Sheet::of("self-isolation"), 0, &[])).await;
    stage.faults(json!([{"answer": "closed"}]));
    assert!(stage.deliver_row(&run, 2, RECEIVES).await.is_empty());
    assert!(stage.outcomes(&run).await.is_empty());
    assert!(!stage.api.state().calls.by_call.contains_key(&Call::Search));
}

/// No retry helps, and the request is made: who mends the row must know of it.
#[tokio::test]
async fn who_is_refused_a_note_is_told_of_the_request_that_is_made() {
    let stage = Stage::new().await;
    let run = stage.run("note", &person(Sheet::of("self-isolation"), 0, &[NOTE, SECOND_NOTE])).await;
    stage.faults(always("add-note", "object-400", "nothing"));
    assert!(stage.deliver_row(&run, 2, 1).await.is_empty());
    let row = record(&stage, &run).await;
    let request = stage.api.state().help_requests[0].id;
    assert_eq!((row.outcome(), row.delivery.help_request_id), (Some(Outcome::Failed), Some(request)));
    assert!(settled(&row).reason.contains(&format!("help request {request}")), "{}", settled(&row).reason);
    assert!(
        settled(&row).how_to_fix.contains(&format!("complete help request {request}")),
        "{}",
        settled(&row).how_to_fix
    );
}

/// The first POST may have been done, whatever the answer to the second one.
#[tokio::test]
async fn a_refusal_after_a_lost_answer_that_nobody_can_look_up_is_uncertain() {
    let stage = Stage::new().await;
    let run = stage.run("no names", &Sheet::of("spl").row(&[("Traced_NHSNUMBER", "9434765919")])).await;
    stage.faults(json!([{"answer": "closed", "calls": ["create"], "next": 1}]));
    assert_eq!(stage.deliver_row(&run, 2, 1).await, [0]);
    stage.pass(TimeDelta::seconds(40));
    stage.faults(always("create", "object-400", "nothing"));
    assert!(stage.deliver_row(&run, 2, 2).await.is_empty());
    let row = record(&stage, &run).await;
    assert_eq!((row.outcome(), row.may_have_been_sent), (Some(Outcome::Uncertain), true));
    assert_eq!(redriven(&stage, &run).await, Outcome::Created);
}

/// To be asked to slow down is not a failure, also where it is the last look that is.
#[tokio::test]
async fn a_last_look_that_is_asked_to_slow_down_is_made_later() {
    let stage = Stage::new().await;
    let run = stage.run("busy", &person(Sheet::of("self-isolation"), 0, &[])).await;
    stage.faults(json!([
        {"answer": "closed", "after": "everything", "calls": ["create"], "next": 1},
        {"answer": "429", "retry_after": 100, "calls": ["search"], "next": 1},
    ]));
    let message = pointer(&run, 2);
    let batch = event(&[(&message, RECEIVES)]);
    let answer = stage.poster.handle(batch, stage.in_seconds(56)).await.expect("a batch");
    assert!(matches!(answer, Answer::Batch(answer) if answer.batch_item_failures.is_empty()));
    assert_eq!(stage.sent().len(), 1, "it waits");

    // Its connection broke: the POST may be on its way, whatever was said last, and nobody speaks about the resident.
    assert!(stage.outcomes(&run).await.is_empty());
    let calls = stage.api.state().calls.total;
    assert!(stage.deliver_row(&run, 2, 1).await.is_empty());
    assert_eq!((stage.sent().len(), stage.api.state().calls.total), (2, calls), "it waits for the leases");
}
