//! Notes that were sent are not sent again, whatever became of them.

use chrono::TimeDelta;
use serde_json::json;

use crate::stage::{Sheet, Stage};

fn sheet(comment: &str) -> Sheet {
    Sheet::of("self-isolation").row(&[
        ("ID", "si-1"),
        ("NHS Number", "9434765919"),
        ("Forename", "Ann"),
        ("Surname", "Lee"),
        ("LA Support Required", "yes"),
        ("Comments", comment),
        ("Date Tested", "07/03/2021"),
        ("Status Report", "completed"),
    ])
}

#[tokio::test]
async fn a_note_that_staff_rewrote_stays_and_does_not_come_again() {
    let stage = Stage::new().await;
    stage.upload("week 1", &sheet("Needs shopping")).await;
    let note = stage.api.state().case_notes[0].id;
    stage.staff(json!({"edit_note": {"Id": note, "CaseNote": "Shopping is arranged"}}));
    let by_staff = stage.api.state().case_notes;
    stage.pass(TimeDelta::days(7));
    stage.upload("week 2", &sheet("Needs shopping")).await;
    assert_eq!(stage.api.state().case_notes, by_staff);
    stage.upload("week 3", &sheet("Needs a call")).await;
    let state = stage.api.state();
    assert_eq!(state.case_notes.len(), 2, "what is new is written");
    assert_eq!(state.case_notes[..1], by_staff[..]);
}
