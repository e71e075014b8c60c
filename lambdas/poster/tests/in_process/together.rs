//! Several rows about one person, or about two whom an id or the API takes for one.

use chrono::TimeDelta;
use feeds::Outcome;
use ledger::Run;
use serde_json::json;
use simulators::here_to_help::{Call, Options};
use std::time::Duration;

use crate::lost_answers::killed_at;
use crate::stage::{RECEIVES, Sheet, Stage};

fn spl(email: &str) -> Sheet {
    Sheet::of("spl").row(&[
        ("Traced_NHSNUMBER", "9434765919"),
        ("PatientFirstName", "Ann"),
        ("PatientSurname", "Lee"),
        ("DateOfBirth", "04/07/1948"),
        ("PatientEmailAddress", email),
        ("PatientAddress_Line1", "1 Mare Street"),
        ("PatientAddress_PostCode", "E8 1AB"),
        ("category", email),
    ])
}

fn nsss(email: &str) -> Sheet {
    Sheet::of("nsss").row(&[
        ("ID", "17"),
        ("nhs_number", "9434765919"),
        ("first_name", "Anne"),
        ("last_name", "Lee-Grey"),
        ("date_of_birth", "05/07/1948"),
        ("address_line1", "2 Well Street"),
        ("address_postcode", "E9 1AB"),
        ("contact_email", email),
    ])
}

/// First name, birthday's day, e-mail and address of the first resident.
fn person(stage: &Stage) -> [String; 4] {
    let state = stage.api.state();
    let of = |field: &str| state.residents[0].text(field).unwrap_or_default().to_owned();
    [of("FirstName"), of("DobDay"), of("EmailAddress"), of("AddressFirstLine")]
}

/// Residents, requests, notes.
fn counts(stage: &Stage) -> [usize; 3] {
    let state = stage.api.state();
    [state.residents.len(), state.help_requests.len(), state.case_notes.len()]
}

async fn outcome(stage: &Stage, run: &Run) -> Outcome {
    stage.outcomes(run).await.into_keys().next().expect("settled")
}

/// With a wide race between the API's looking and writing.
#[tokio::test]
async fn the_same_row_in_two_sheets_at_once_is_there_once() {
    let options = Options { race_window: Duration::from_millis(200), ..Options::default() };
    let stage = Stage::with(options).await;
    let sheet = spl("ann@example.org");
    let (one, other) = (stage.run("one", &sheet).await, stage.run("other", &sheet).await);
    tokio::join!(stage.deliver_row(&one, 2, 1), stage.deliver_row(&other, 2, 1));
    // Whoever had to wait was sent again.
    assert_eq!(stage.sent().len(), 1);
    for run in [&one, &other] {
        stage.deliver_until_done(run, 2).await;
    }
    let mut outcomes = [outcome(&stage, &one).await, outcome(&stage, &other).await];
    outcomes.sort();
    let mut expected = [Outcome::Created, Outcome::AlreadyKnown];
    expected.sort();
    assert_eq!(outcomes, expected);
    assert_eq!(counts(&stage), [1, 1, 1]);
    assert_eq!(person(&stage), ["Ann", "4", "ann@example.org", "1 Mare Street"]);
    assert_eq!(stage.api.state().calls.by_call[&Call::Create], 1, "the second looked at it");
}

/// A dead letter of week 1 is sent again in week 4: done then or not, what came since stays.
#[tokio::test]
async fn a_redrive_after_weeks_takes_nothing_back() {
    for after in ["everything", "nothing"] {
        let stage = Stage::new().await;
        let week_1 = stage.run("week 1", &spl("week1@example.org")).await;
        stage.faults(json!([
            {"answer": "closed", "after": after, "calls": ["create"], "next": 1},
            {"answer": "403", "calls": ["search"]},
        ]));
        assert_eq!(stage.deliver_row(&week_1, 2, RECEIVES).await, [0], "{after}");
        stage.faults(json!([]));

        stage.pass(TimeDelta::days(7));
        stage.upload("week 2", &spl("week2@example.org")).await;
        stage.upload("another feed", &nsss("week3@example.org")).await;
        stage.staff(json!({"edit_resident": {"Id": 1, "DobDay": "6", "AddressFirstLine": "5 By Staff"}}));
        stage.pass(TimeDelta::days(14));
        let (before, notes) = (person(&stage), counts(&stage)[2]);
        assert_eq!(before, ["Anne", "6", "week3@example.org", "5 By Staff"], "{after}");

        assert_eq!(stage.deliver_until_done(&week_1, 2).await, 1, "{after}");
        assert_eq!(person(&stage), before, "{after}");
        assert_eq!(counts(&stage), [1, 2, notes + 1], "{after}: its own note is there too");
        let expected = if after == "everything" { Outcome::Created } else { Outcome::AlreadyKnown };
        assert_eq!(outcome(&stage, &week_1).await, expected, "{after}");
    }
}

fn with_id_17(name: &str, phone: &str) -> Sheet {
    Sheet::of("nsss").row(&[
        ("ID", "17"),
        ("first_name", name),
        ("last_name", name),
        ("contact_number_calls", phone),
        ("address_line1", phone),
        ("submission_datetime", name),
    ])
}

#[tokio::test]
async fn an_id_that_is_remembered_of_somebody_else_is_not_posted() {
    let stage = Stage::new().await;
    let (ann, bob) = (with_id_17("Ann", "020 7946 0001"), with_id_17("Bob", "020 7946 0002"));
    stage.upload("first", &ann).await;
    let first = stage.api.state();
    for week in ["second", "second again"] {
        let run = stage.upload(week, &bob).await;
        assert_eq!(outcome(&stage, &run).await, Outcome::Failed, "{week}");
    }
    let known = stage.upload("first again", &ann).await;
    assert_eq!(outcome(&stage, &known).await, Outcome::AlreadyKnown);
    let state = stage.api.state();
    assert_eq!((state.residents, state.case_notes), (first.residents, first.case_notes));
    assert_eq!(state.calls.by_call[&Call::Create], 1);
}

/// Not made by us, the API finds the first one's request for the second. The 500 after it says nothing of whose it is.
#[tokio::test]
async fn an_id_that_two_people_share_gives_the_second_nothing_of_the_first() {
    for after in ["everything", "resident", "nothing"] {
        let stage = Stage::new().await;
        stage.staff(json!({"add_resident": {"FirstName": "Ann", "LastName": "Ann"}}));
        stage.staff(
            json!({"add_help_request": {"ResidentId": 1, "HelpNeeded": "Shielding", "Metadata": {"nsss_id": "17"}}}),
        );
        let first = stage.api.state();
        stage.faults(json!([{"answer": "500", "after": after, "calls": ["create"], "next": 1}]));
        let second = stage.upload("second", &with_id_17("Bob", "020 7946 0002")).await;
        assert_eq!((stage.struck(), outcome(&stage, &second).await), (vec![1], Outcome::Failed), "{after}");
        // A week later it is the same.
        let again = stage.upload("second again", &with_id_17("Bob", "020 7946 0002")).await;
        assert_eq!(outcome(&stage, &again).await, Outcome::Failed, "{after}");
        let state = stage.api.state();
        assert_eq!(state.residents[0], first.residents[0], "{after}");
        assert_eq!((&state.help_requests, &state.case_notes), (&first.help_requests, &first.case_notes), "{after}");
        assert_eq!(state.residents.len(), 2, "{after}: the second is there once, without a request");

        let known = stage.upload("first", &with_id_17("Ann", "020 7946 0001")).await;
        assert_eq!(outcome(&stage, &known).await, Outcome::AlreadyKnown, "{after}");
    }
}

/// Each feed says the same every week, and not what the other one says: nothing goes to and fro, and staff have the last word.
#[tokio::test]
async fn two_feeds_that_disagree_for_weeks_change_nothing_after_the_first() {
    let stage = Stage::new().await;
    let (one, other) = (spl("spl@example.org"), nsss("nsss@example.org"));
    stage.upload("spl, week 1", &one).await;
    let second = stage.upload("nsss, week 1", &other).await;
    let agreed = ["Anne", "5", "nsss@example.org", "2 Well Street"];
    assert_eq!(person(&stage), agreed, "the later sheet counts");
    assert_eq!(stage.warnings(&second, 2).await, ["address replaced"]);
    for week in ["week 2", "week 3"] {
        for (feed, sheet) in [("spl", &one), ("nsss", &other)] {
            let calls = stage.api.state().calls.total;
            let known = stage.upload(&format!("{feed}, {week}"), sheet).await;
            assert_eq!(outcome(&stage, &known).await, Outcome::AlreadyKnown, "{feed}, {week}");
            assert_eq!(stage.api.state().calls.total - calls, 1, "{feed}, {week}: it is looked at");
            assert_eq!(person(&stage), agreed, "{feed}, {week}");
        }
    }
    stage.staff(json!({"edit_resident": {"Id": 1, "FirstName": "Anna", "EmailAddress": "staff@example.org"}}));
    for (feed, sheet) in [("spl", &one), ("nsss", &other)] {
        stage.upload(&format!("{feed}, week 4"), sheet).await;
        assert_eq!(person(&stage), ["Anna", "5", "staff@example.org", "2 Well Street"], "{feed}, week 4");
    }
    assert_eq!(counts(&stage), [1, 2, 2]);
}

/// One name and one phone, two birthdays: the API takes them for one.
#[tokio::test]
async fn father_and_son_keep_their_requests_and_notes_whoever_s_answer_is_lost() {
    let of = |id: &str, born: &str| {
        Sheet::of("nsss").row(&[
            ("ID", id),
            ("first_name", "John"),
            ("last_name", "Smith"),
            ("date_of_birth", born),
            ("contact_number_calls", "020 7946 0000"),
            ("address_line1", "1 Mare Street"),
            ("address_postcode", "E8 1AB"),
            ("submission_datetime", id),
        ])
    };
    let (father, son) = (of("father", "01/02/1950"), of("son", "03/04/1980"));
    for (case, lost, after) in
        [("the father's", 0, "everything"), ("the son's", 1, "everything"), ("the son's", 1, "resident")]
    {
        let case = format!("{case}, after {after}");
        let stage = Stage::new().await;
        let runs = [stage.run("father", &father).await, stage.run("son", &son).await];
        for (place, run) in runs.iter().enumerate() {
            if place == lost {
                stage.faults(json!([{"answer": "closed", "after": after, "calls": ["create"], "next": 1}]));
                assert_eq!(stage.deliver_row(run, 2, 1).await, [0], "{case}");
                stage.pass(TimeDelta::seconds(100));
            } else {
                stage.deliver_until_done(run, 2).await;
            }
        }
        for run in &runs {
            stage.deliver_until_done(run, 2).await;
            assert_eq!(outcome(&stage, run).await, Outcome::Created, "{case}");
        }
        assert_eq!(counts(&stage), [1, 2, 2], "{case}");
        let state = stage.api.state();
        for request in &state.help_requests {
            let id = request.metadata("nsss_id").expect("an id");
            let notes: Vec<String> = state.notes_of(request.id).filter_map(|note| note.says()).collect();
            assert!(
                matches!(&notes[..], [note] if note.contains(&format!("on:  {id}."))),
                "{case}: {id} has {notes:?}"
            );
        }
        let mut warnings = stage.warnings(&runs[0], 2).await;
        warnings.extend(stage.warnings(&runs[1], 2).await);
        assert!(
            warnings.iter().any(|warning| warning.contains("joined this person with another")),
            "{case}: {warnings:?}"
        );

        // From then on nothing of either goes to and fro.
        for (file, sheet) in [("father again", &father), ("son again", &son)] {
            let known = stage.upload(file, sheet).await;
            assert_eq!(outcome(&stage, &known).await, Outcome::AlreadyKnown, "{case}, {file}");
        }
        assert_eq!(stage.api.state().residents, state.residents, "{case}");
        assert_eq!(counts(&stage), [1, 2, 2], "{case}");
    }
}

/// Two spellings under one Account ID, and the poster of the first dies before anything is remembered: the API would not find
/// them by the other spelling, and make them a second time.
#[tokio::test]
async fn two_spellings_under_one_id_are_one_person_though_the_first_poster_died() {
    let spelt = |sheet: Sheet, first_name: &str| {
        sheet.row(&[
            ("Account ID", "ct-1"),
            ("Forename", first_name),
            ("Surname", "Lee"),
            ("Date of Birth", "04/07/1948"),
            ("Date Tested", "07/03/2021"),
            ("UTLA", "Hackney"),
        ])
    };
    let stage = Stage::new().await;
    let sheet = spelt(spelt(Sheet::of("contact-tracing"), "Katharine"), "Catherine");
    let run = stage.run("two spellings", &sheet).await;
    killed_at(&stage, &run, 2, "create").await;
    assert_eq!(stage.deliver_until_done(&run, 3).await, 1);
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    let state = stage.api.state();
    let names: Vec<_> = state.residents.iter().map(|resident| resident.text("FirstName")).collect();
    assert_eq!((names, state.help_requests.len()), (vec![Some("Catherine")], 1));
}
