//! An answer that was lost, at each of the calls: what was done is completed, nothing is done twice.

use chrono::TimeDelta;
use feeds::Outcome;
use ledger::Run;
use serde_json::{Value, json};
use simulators::here_to_help::Call;

use crate::stage::{RECEIVES, Sheet, Stage, event, pointer};

/// A self-isolation row: case note, address, follow-up request and its note.
pub(crate) fn person(sheet: Sheet, number: usize, more: &[(&str, &str)]) -> Sheet {
    let (id, surname) = (format!("si-{number}"), surname(number));
    let base = [
        ("ID", id.as_str()),
        ("Forename", "Ann"),
        ("Surname", &surname),
        ("Date of Birth", "04/07/1948"),
        ("Address Line 1", "1 Mare Street"),
        ("Postcode", "E8 1AB"),
        ("LA Support Required", "yes"),
        ("Date Tested", "07/03/2021"),
        ("Status Report", "completed"),
    ];
    sheet.row(&[&base, more].concat())
}

pub(crate) fn surname(number: usize) -> String {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).expect("small"));
    format!("Lee{}{}", letter(number / 26), letter(number))
}

/// Counts of what the API holds of one person: residents, welfare requests, shielding requests, notes, addresses.
pub(crate) fn held(stage: &Stage, number: usize) -> [usize; 5] {
    let state = stage.api.state();
    let of_theirs: Vec<_> =
        state.residents.iter().filter(|one| one.text("LastName") == Some(&surname(number))).collect();
    let requests: Vec<_> =
        state.help_requests.iter().filter(|one| of_theirs.iter().any(|their| their.id == one.resident_id)).collect();
    let of_kind = |kind: &str| requests.iter().filter(|one| one.text("HelpNeeded") == Some(kind)).count();
    let notes = requests.iter().map(|one| state.notes_of(one.id).count()).sum();
    let addresses = of_theirs.iter().filter(|one| one.text("AddressFirstLine") == Some("1 Mare Street")).count();
    [of_theirs.len(), of_kind("Welfare Call"), of_kind("Shielding"), notes, addresses]
}

/// A row with two notes of its own, of which the first goes with the address, and one with a follow-up request and its note: what
/// they hold, and what becomes of them.
const NOTED: Kind = Kind { cells: &[("Comments", "Needs shopping"), ("Day 4 Outcome", "Well")], held: [1, 1, 0, 2, 1] };
const FOLLOWED_UP: Kind = Kind { cells: &[("LA Support Letter Received", "yes")], held: [1, 1, 1, 1, 1] };

struct Kind {
    cells: &'static [(&'static str, &'static str)],
    held: [usize; 5],
}

/// Each call that writes, with all ways in which its answer can be lost after each of its steps.
fn cases() -> Vec<(&'static Kind, Value)> {
    let anything = ["closed", "502", "504", "500", "hang"].as_slice();
    let or_a_text = ["closed", "502", "504", "500", "hang", "text-400"].as_slice();
    let steps = ["nothing", "resident", "help-request", "everything"].as_slice();
    let whole = ["nothing", "everything"].as_slice();
    let calls = [
        (&NOTED, "create", steps, or_a_text),
        (&NOTED, "patch", whole, or_a_text),
        (&NOTED, "add-note", whole, anything),
        (&FOLLOWED_UP, "follow-up", whole, anything),
        (&FOLLOWED_UP, "add-note", whole, anything),
    ];
    let mut cases = Vec::new();
    for (kind, call, afters, answers) in calls {
        for after in afters {
            for answer in answers {
                cases.push((kind, json!({"answer": answer, "after": after, "calls": [call], "next": 1})));
            }
        }
    }
    cases
}

#[tokio::test]
async fn each_step_is_completed_and_not_repeated() {
    let stage = Stage::new().await;
    let cases = cases();
    let add = |sheet, (number, (kind, _)): (usize, &(&Kind, Value))| person(sheet, number, kind.cells);
    let sheet = cases.iter().enumerate().fold(Sheet::of("self-isolation"), add);
    let run = stage.run("lost answers", &sheet).await;
    for (number, (kind, case)) in cases.iter().enumerate() {
        stage.faults(json!([case]));
        let row = u32::try_from(number + 2).expect("small");
        stage.deliver_until_done(&run, row).await;
        assert_eq!(stage.struck(), [1], "{case}");
        assert_eq!(held(&stage, number), kind.held, "row {row}, {case}");
    }
    let all = u64::try_from(cases.len()).expect("small");
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, all)].into());
    let doubles = stage.api.state().doubles;
    assert!(doubles.residents.is_empty() && doubles.help_requests.is_empty() && doubles.case_notes.is_empty());
}

/// Ends the poster in the middle of a call, as Lambda or a kill does.
pub(crate) async fn killed_at(stage: &Stage, run: &Run, row: u32, call: &str) {
    stage.faults(json!([{"answer": "hang", "after": "everything", "calls": [call], "next": 1}]));
    killed_once_struck(stage, run, row, 1).await;
}

/// Ends the poster once each of the faults has struck.
async fn killed_once_struck(stage: &Stage, run: &Run, row: u32, receives: u32) {
    let message = pointer(run, row);
    let struck = async {
        while stage.struck().contains(&0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = struck => {}
        answer = stage.poster.handle(event(&[(&message, receives)]), stage.in_seconds(60)) => {
            panic!("it was not killed: {answer:?}")
        }
    }
    stage.faults(json!([]));
    // The claim and the leases of the dead poster expire.
    stage.pass(TimeDelta::seconds(100));
}

#[tokio::test]
async fn a_poster_killed_after_any_call_leaves_a_row_that_is_completed() {
    let stage = Stage::new().await;
    let calls = ["create", "read", "patch", "add-note", "resident-requests", "follow-up"];
    let mut sheet = Sheet::of("self-isolation");
    for number in 0..calls.len() {
        let both = [("Comments", "Needs shopping"), ("LA Support Letter Received", "yes")];
        sheet = person(sheet, number, &both);
    }
    let run = stage.run("killed", &sheet).await;
    for (number, row) in (0..calls.len()).zip(2..) {
        killed_at(&stage, &run, row, calls[number]).await;
        assert_eq!(stage.deliver_until_done(&run, row).await, 1);
        assert_eq!(held(&stage, number), [1, 1, 1, 2, 1], "killed at {}", calls[number]);
    }
    let all = u64::try_from(calls.len()).expect("small");
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, all)].into());
}

/// On the last receive, while it looks what became of its call: the message goes to the dead letters with the row open, and
/// the sweep sends another.
#[tokio::test]
async fn a_poster_killed_on_the_last_receive_leaves_a_row_that_the_next_message_completes() {
    let stage = Stage::new().await;
    let run = stage.run("last", &person(Sheet::of("self-isolation"), 0, &[("Comments", "Needs shopping")])).await;
    stage.faults(json!([
        {"answer": "closed", "after": "everything", "calls": ["create"], "next": 1},
        {"answer": "hang", "calls": ["search"], "next": 1},
    ]));
    killed_once_struck(&stage, &run, 2, RECEIVES).await;
    assert!(stage.outcomes(&run).await.is_empty());
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    assert_eq!(held(&stage, 0), [1, 1, 0, 1, 1]);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into());
}

/// Known by names and the id alone: if the request was not made, the resident may have been, and nobody can tell.
#[tokio::test]
async fn where_the_api_gives_no_way_to_tell_the_row_is_uncertain() {
    let stage = Stage::new().await;
    let known_by_little = |sheet: Sheet, number: usize| {
        let (id, surname) = (format!("si-{number}"), surname(number));
        sheet.row(&[
            ("ID", &id),
            ("Forename", "Ann"),
            ("Surname", &surname),
            ("LA Support Required", "yes"),
            ("Date Tested", "07/03/2021"),
            ("Status Report", "completed"),
            ("Comments", "Needs shopping"),
        ])
    };
    let sheet = known_by_little(known_by_little(Sheet::of("self-isolation"), 0), 1);
    let run = stage.run("no way to tell", &sheet).await;
    stage.faults(json!([{"answer": "closed", "after": "resident", "calls": ["create"], "next": 1}]));
    assert_eq!(stage.deliver_until_done(&run, 2).await, 2);
    assert_eq!(held(&stage, 0), [1, 0, 0, 0, 0]);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Uncertain, 1)].into());

    // The request was made: it is found by its row.
    stage.faults(json!([{"answer": "closed", "after": "everything", "calls": ["create"], "next": 1}]));
    assert_eq!(stage.deliver_until_done(&run, 3).await, 2);
    assert_eq!(held(&stage, 1)[..4], [1, 1, 0, 1]);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1), (Outcome::Uncertain, 1)].into());
}

#[tokio::test]
async fn who_cannot_look_does_not_guess_and_says_uncertain_at_the_end() {
    let stage = Stage::new().await;
    let run = stage.run("no look", &person(Sheet::of("self-isolation"), 0, &[])).await;
    stage.faults(json!([
        {"answer": "closed", "after": "everything", "calls": ["create"], "next": 1},
        {"answer": "403", "calls": ["search"]},
    ]));
    for receives in 1..RECEIVES {
        assert_eq!(stage.deliver_row(&run, 2, receives).await, [0], "receive {receives}");
        stage.pass(TimeDelta::seconds(40));
    }
    assert!(stage.outcomes(&run).await.is_empty());
    assert_eq!(stage.deliver_row(&run, 2, RECEIVES).await, [0], "left for the dead-letter queue");
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Uncertain, 1)].into());
    assert_eq!(held(&stage, 0)[..2], [1, 1], "posted once");

    // A redrive looks, and finds it.
    stage.faults(json!([]));
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    assert_eq!(stage.outcomes(&run).await.get(&Outcome::Created), Some(&1));
    assert_eq!(held(&stage, 0)[..2], [1, 1]);
}

/// A request that an earlier sheet made is not found by this row; what is known of it is written down instead.
#[tokio::test]
async fn a_known_request_is_not_looked_for_again() {
    let stage = Stage::new().await;
    let sheet = |more: &[(&str, &str)]| {
        Sheet::of("self-isolation").row(
            &[
                &[
                    ("ID", "si-1"),
                    ("Forename", "Ann"),
                    ("Surname", "Lee"),
                    ("LA Support Required", "yes"),
                    ("Date Tested", "07/03/2021"),
                    ("Status Report", "completed"),
                ],
                more,
            ]
            .concat(),
        )
    };
    let first = stage.run("week 1", &sheet(&[])).await;
    assert_eq!(stage.deliver_until_done(&first, 2).await, 1);
    let second = stage.run("week 2", &sheet(&[("Comments", "Needs shopping")])).await;
    stage.faults(json!([{"answer": "closed", "after": "everything", "calls": ["add-note"], "next": 1}]));
    assert_eq!(stage.deliver_until_done(&second, 2).await, 2);
    assert_eq!(stage.outcomes(&second).await, [(Outcome::AlreadyKnown, 1)].into());
    let state = stage.api.state();
    assert_eq!((state.help_requests.len(), state.case_notes.len()), (1, 1));
}

/// The request is made and its number could not be noted: without that note somebody must look.
#[tokio::test]
async fn a_request_that_is_known_and_not_noted_is_not_made_twice() {
    let stage = Stage::new().await;
    let sheet = Sheet::of("generic").row(&[
        ("First name", "Ann"),
        ("Surname", "Lee"),
        ("Email", "a@example.org"),
        ("Help Request Type", "EUSS"),
    ]);
    let run = stage.run("unnoted", &sheet).await;
    stage.faults(json!([{"answer": "403", "calls": ["read"]}]));
    assert_eq!(stage.deliver_row(&run, 2, 1).await, [0]);
    let nothing = aws_sdk_dynamodb::types::AttributeValue::Null(true);
    stage.dynamodb.set(&format!("RUN#{}#2", run.id), "ROW#000000002", "help_request_id", nothing).await;
    stage.faults(json!([]));
    stage.pass(TimeDelta::seconds(40));
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    assert_eq!(stage.api.state().calls.by_call[&Call::Create], 1);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into());
}

/// Two rows of one id, by names alone: the API would not find the resident whom the first one made without a request.
#[tokio::test]
async fn whom_another_row_may_have_made_is_not_made_twice() {
    for (after, outcomes) in [
        ("resident", vec![(Outcome::Uncertain, 2)]),
        ("everything", vec![(Outcome::Created, 1), (Outcome::AlreadyKnown, 1)]),
    ] {
        let stage = Stage::new().await;
        let by_names = |sheet: Sheet| {
            sheet.row(&[
                ("ID", "si-1"),
                ("Forename", "Ann"),
                ("Surname", "Leeaa"),
                ("LA Support Required", "yes"),
                ("Date Tested", "07/03/2021"),
                ("Status Report", "completed"),
            ])
        };
        let run = stage.run(after, &by_names(by_names(Sheet::of("self-isolation")))).await;
        stage.faults(json!([{"answer": "closed", "after": after, "calls": ["create"], "next": 1}]));
        assert_eq!(stage.deliver_row(&run, 2, 1).await, [0]);
        stage.pass(TimeDelta::seconds(40));
        // The first one is under way: the second waits for it.
        assert!(stage.deliver_row(&run, 3, 1).await.is_empty());
        assert_eq!(stage.sent(), [(pointer(&run, 3), 60)]);
        assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
        assert_eq!(stage.deliver_until_done(&run, 3).await, 1);
        assert_eq!(stage.outcomes(&run).await, outcomes.into_iter().collect(), "{after}");
        assert_eq!(stage.api.state().residents.len(), 1, "{after}");
    }
}
