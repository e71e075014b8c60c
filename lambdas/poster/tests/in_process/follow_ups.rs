//! A follow-up is made once, with its note, whoever comes between two attempts of its row.

use chrono::TimeDelta;
use serde_json::json;

use crate::lost_answers::{held, person, surname};
use crate::stage::{Sheet, Stage};

const NUMBER: (&str, &str) = ("NHS Number", "9434765919");
const LETTER: (&str, &str) = ("LA Support Letter Received", "yes");

/// Staff, or another feed's row, may give the resident a Shielding request between the attempts: one with metadata is
/// not the follow-up.
#[tokio::test]
async fn another_feeds_request_is_not_taken_for_the_follow_up() {
    let stage = Stage::new().await;
    let run = stage.run("letter", &person(Sheet::of("self-isolation"), 0, &[NUMBER, LETTER])).await;
    stage.faults(json!([{"answer": "500", "calls": ["follow-up"]}]));
    assert_eq!(stage.deliver_row(&run, 2, 1).await, [0]);
    stage.faults(json!([]));
    let surname = surname(0);
    let spl = Sheet::of("spl").row(&[
        ("Traced_NHSNUMBER", "9434765919"),
        ("PatientFirstName", "Ann"),
        ("PatientSurname", &surname),
        ("DateOfBirth", "04/07/1948"),
    ]);
    let spl = stage.run("spl", &spl).await;
    assert_eq!(stage.deliver_until_done(&spl, 2).await, 1);
    stage.pass(TimeDelta::seconds(40));
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    let [residents, welfare, shielding, notes, _] = held(&stage, 0);
    assert_eq!([residents, welfare, shielding, notes], [1, 1, 1, 1], "one of its kind, with the SPL row's own note");
    let notes = stage.api.state().case_notes;
    assert!(notes[0].says().is_some_and(|text| text.starts_with("SPL Category")), "not the follow-up's");
}

/// For the other row of the id it is somebody else's.
#[tokio::test]
async fn another_row_of_the_id_does_not_take_the_note_from_a_follow_up() {
    let stage = Stage::new().await;
    let sheet = (0..2).fold(Sheet::of("self-isolation"), |sheet, _| person(sheet, 0, &[NUMBER, LETTER]));
    let run = stage.run("letter", &sheet).await;
    stage.faults(json!([{"answer": "500", "calls": ["add-note"]}]));
    assert_eq!(stage.deliver_row(&run, 3, 1).await, [0]);
    assert_eq!(held(&stage, 0)[2..4], [1, 0], "the follow-up is there without its note");
    stage.faults(json!([]));
    stage.pass(TimeDelta::seconds(40));
    for row in [2, 3] {
        assert_eq!(stage.deliver_until_done(&run, row).await, 1);
    }
    assert_eq!(held(&stage, 0)[2..4], [1, 1]);
}
