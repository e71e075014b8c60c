//! A row whose id's request stands under another person.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use feeds::Outcome;
use serde_json::json;

use crate::lost_answers::killed_at;
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
    let listed = stage.ledger.dead_rows(run.feed, Some("another-person")).await.expect("an answer");
    let [Ok(row)] = &listed[..] else { panic!("one readable row, not {listed:?}") };
    assert_eq!((row.id.row, row.outcome, row.class.as_str()), (3, Outcome::Failed, "another-person"));
}

/// Two of one name share a phone, and the API takes them for one. The first one's answer was lost, and the second one's details
/// stand there by the time that somebody looks: the request is the first one's all the same, and gets its notes.
#[tokio::test]
async fn whom_the_api_joined_with_another_gets_what_was_to_be_added_to_their_own_request() {
    let stage = Stage::new().await;
    let sheet = Sheet::of("nsss").row(&john_smith("17", "01/02/1950")).row(&john_smith("18", "03/04/1980"));
    let run = stage.run("joined", &sheet).await;
    stage.faults(json!([{"answer": "closed", "after": "everything", "calls": ["create"], "next": 1}]));
    assert_eq!(stage.deliver_row(&run, 2, 1).await, [0]);
    assert_eq!(stage.struck(), [1]);
    stage.pass(TimeDelta::seconds(100));
    assert_eq!(stage.deliver_until_done(&run, 3).await, 1);
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);

    let state = stage.api.state();
    let [resident] = &state.residents[..] else { panic!("not one: {:?}", state.residents) };
    assert_eq!(resident.text("DobYear"), Some("1980"));
    let noted: BTreeSet<i64> = state.case_notes.iter().map(|note| note.help_request_id).collect();
    assert_eq!((state.help_requests.len(), state.case_notes.len(), noted.len()), (2, 2, 2));
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 2)].into());
    let row = stage.ledger.row(&run, 2).await.expect("an answer").expect("a row");
    assert!(
        row.warnings.iter().any(|warning| warning.contains("joined this person with another")),
        "{:?}",
        row.warnings
    );
}

/// The same id twice in a sheet, and somebody else stands under it by the time of the second: nobody learnt how far the first row
/// came, but it is of the same person, and the request is theirs.
#[tokio::test]
async fn a_request_that_a_row_in_doubt_made_for_the_same_person_is_theirs() {
    let stage = Stage::new().await;
    let sheet = Sheet::of("nsss")
        .row(&john_smith("18", "03/04/1980"))
        .row(&john_smith("17", "01/02/1950"))
        .row(&john_smith("18", "03/04/1980"));
    let run = stage.run("joined", &sheet).await;
    stage.faults(json!([{"answer": "closed", "after": "everything", "calls": ["create"], "next": 1}]));
    assert_eq!(stage.deliver_row(&run, 2, 1).await, [0]);
    stage.pass(TimeDelta::seconds(100));
    for row in [3, 4, 2] {
        assert_eq!(stage.deliver_until_done(&run, row).await, 1);
    }
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 2), (Outcome::AlreadyKnown, 1)].into());
    assert_eq!(stage.api.state().help_requests.len(), 2);
    let warnings = stage.warnings(&run, 4).await;
    assert!(warnings.iter().any(|warning| warning.contains("joined this person with another")), "{warnings:?}");
}

/// Nobody learnt how far the first one came, and the second has nothing in common with them but the name.
#[tokio::test]
async fn two_of_one_name_stay_two_though_the_first_is_in_doubt() {
    let stage = Stage::new().await;
    let john = |id, born, phone| {
        [
            ("ID", id),
            ("first_name", "John"),
            ("last_name", "Smith"),
            ("date_of_birth", born),
            ("contact_number_calls", phone),
        ]
    };
    let sheet = Sheet::of("nsss").row(&john("17", "01/02/1950", "020 7946 0001")).row(&john("18", "", "020 7946 0002"));
    let run = stage.run("namesakes", &sheet).await;
    killed_at(&stage, &run, 2, "read").await;
    for row in [3, 2] {
        assert_eq!(stage.deliver_until_done(&run, row).await, 1);
    }
    let state = stage.api.state();
    let phones: Vec<_> = state.residents.iter().map(|resident| resident.text("ContactTelephoneNumber")).collect();
    assert_eq!(phones, [Some("020 7946 0001"), Some("020 7946 0002")]);
    let whose: Vec<i64> = state.help_requests.iter().map(|request| request.resident_id).collect();
    assert_eq!(whose, [1, 2]);
}

/// Father and son have one name and one phone. Once the father has another one, neither the API nor what is remembered of the
/// father says whose the son's row is; his request does.
#[tokio::test]
async fn whom_the_api_joined_is_known_by_their_own_request_though_the_other_one_changed() {
    let father = |phone| {
        Sheet::of("nsss").row(&[
            ("ID", "17"),
            ("first_name", "John"),
            ("last_name", "Smith"),
            ("date_of_birth", "01/02/1950"),
            ("contact_number_calls", phone),
        ])
    };
    let generic = |kind, born, phone| {
        Sheet::of("generic").row(&[
            ("First name", "John"),
            ("Surname", "Smith"),
            ("d.o.b", born),
            ("Phone number", phone),
            ("Help Request Type", kind),
        ])
    };
    // The son's birthday; and as it is corrected later.
    for (born, corrected) in [("03/04/1980", "03/04/1980"), ("", ""), ("03/04/1980", "04/04/1980")] {
        let stage = Stage::new().await;
        stage.upload("the father", &father("020 7946 0001")).await;
        stage.upload("the son", &generic("EUSS", born, "020 7946 0001")).await;
        stage.upload("the father again", &father("020 7946 0002")).await;
        stage.upload("the father in the son's list", &generic("Link Work", "01/02/1950", "020 7946 0002")).await;
        let before = stage.api.state();
        let again = stage.upload("the son again", &generic("EUSS", corrected, "020 7946 0001")).await;
        assert_eq!(stage.outcomes(&again).await, [(Outcome::AlreadyKnown, 1)].into(), "born {born:?}");
        let after = stage.api.state();
        assert_eq!((after.residents, after.help_requests), (before.residents, before.help_requests), "born {born:?}");
    }
}

/// She is known to Here to Help, but not to us. The first row's answer is lost; the second has the same id and her married name,
/// by which the API finds nobody.
#[tokio::test]
async fn a_married_name_under_the_id_of_a_row_in_doubt_makes_no_second_resident() {
    let stage = Stage::new().await;
    stage.staff(json!({"add_resident": {
        "FirstName": "Ann", "LastName": "Lee", "DobDay": "1", "DobMonth": "2", "DobYear": "1980",
        "ContactTelephoneNumber": "020 7946 0001",
    }}));
    let ann = |last_name, born, phone| {
        [
            ("ID", "17"),
            ("first_name", "Ann"),
            ("last_name", last_name),
            ("date_of_birth", born),
            ("contact_number_calls", phone),
        ]
    };
    let sheet = Sheet::of("nsss").row(&ann("Lee", "", "020 7946 0001")).row(&ann("Grey", "01/02/1980", ""));
    let run = stage.run("married", &sheet).await;
    killed_at(&stage, &run, 2, "create").await;
    for row in [3, 2] {
        assert_eq!(stage.deliver_until_done(&run, row).await, 1);
    }
    let state = stage.api.state();
    assert_eq!((state.residents.len(), state.help_requests.len()), (1, 1));
}

/// Nobody learnt how far a namesake's newer row came: it keeps back nothing that is news of this one.
#[tokio::test]
async fn a_namesake_in_doubt_keeps_no_news_back() {
    let stage = Stage::new().await;
    let john = |id, born, email| {
        Sheet::of("nsss").row(&[
            ("ID", id),
            ("first_name", "John"),
            ("last_name", "Smith"),
            ("date_of_birth", born),
            ("contact_email", email),
        ])
    };
    stage.upload("week 1", &john("17", "01/02/1950", "old@example.org")).await;
    stage.pass(TimeDelta::days(1));
    let news = stage.run("week 2", &john("17", "01/02/1950", "new@example.org")).await;
    stage.pass(TimeDelta::days(1));
    let namesake = stage.run("week 3", &john("18", "03/04/1980", "another@example.org")).await;
    killed_at(&stage, &namesake, 2, "create").await;
    assert_eq!(stage.deliver_until_done(&news, 2).await, 1);
    let state = stage.api.state();
    let emails: Vec<_> = state.residents.iter().map(|resident| resident.text("EmailAddress")).collect();
    assert_eq!(emails, [Some("new@example.org"), Some("another@example.org")]);
}

fn john_smith(id: &'static str, born: &'static str) -> [(&'static str, &'static str); 6] {
    [
        ("ID", id),
        ("first_name", "John"),
        ("last_name", "Smith"),
        ("date_of_birth", born),
        ("contact_number_calls", "020 7946 0000"),
        ("submission_datetime", "01/03/2021 10:21"),
    ]
}
