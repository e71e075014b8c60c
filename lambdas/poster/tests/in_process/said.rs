//! What the poster says once, because it is remembered then, stands in the summary whatever becomes of the attempt that said it.

use chrono::TimeDelta;
use feeds::Outcome;
use ledger::Run;
use serde_json::json;
use testkit::proxy;

use crate::memory::{is_memory, is_settlement, killed_at};
use crate::stage::{Sheet, Stage};

const KEPT: &str = "mobile kept: changed in Here to Help";
const REPLACED: &str = "address replaced";

fn sheet(line: &str, phone: &str, category: &str) -> Sheet {
    Sheet::of("spl").row(&[
        ("Traced_NHSNUMBER", "9434765919"),
        ("PatientFirstName", "Ann"),
        ("PatientSurname", "Lee"),
        ("DateOfBirth", "04/07/1948"),
        ("PatientAddress_Line1", line),
        ("PatientAddress_PostCode", "E8 1AB"),
        ("mobile", phone),
        ("category", category),
    ])
}

/// A row whose phone staff have corrected, and that comes with another address, phone and note.
async fn corrected(stage: &Stage) -> Run {
    stage.upload("week 1", &sheet("1 Mare Street", "07700 900001", "GP")).await;
    stage.staff(json!({"edit_resident": {"Id": 1, "ContactMobileNumber": "07700 900009"}}));
    stage.pass(TimeDelta::days(7));
    stage.run("week 2", &sheet("2 Well Street", "07700 900002", "Hospital")).await
}

async fn assert_said(stage: &Stage, run: &Run, case: &str) {
    assert_eq!(stage.deliver_until_done(run, 2).await, 1, "{case}");
    assert_eq!(stage.outcomes(run).await, [(Outcome::AlreadyKnown, 1)].into(), "{case}");
    assert_eq!(stage.warnings(run, 2).await, [KEPT, REPLACED], "{case}");
}

/// In the same claim it goes on after a 500; a later one goes on after many.
#[tokio::test]
async fn what_is_said_once_stays_said_where_a_later_step_fails() {
    for times in [1, 5] {
        let stage = Stage::new().await;
        let run = corrected(&stage).await;
        stage.faults(json!([{"answer": "500", "calls": ["add-note"], "next": times}]));
        if times == 5 {
            assert_eq!(stage.deliver_row(&run, 2, 1).await, [0]);
            stage.pass(TimeDelta::seconds(100));
        }
        assert_said(&stage, &run, &format!("{times} times")).await;
    }
}

#[tokio::test]
async fn what_is_said_once_stays_said_where_the_poster_dies() {
    type IsIt = fn(&proxy::Call<'_>) -> bool;
    let deaths: [(&str, IsIt, usize); 3] = [
        ("before memory", is_memory, 0),
        ("with memory in one lease", is_memory, 1),
        ("after memory, before the settlement", is_settlement, 0),
    ];
    for (case, is_it, before) in deaths {
        let stage = Stage::new().await;
        let run = corrected(&stage).await;
        killed_at(&stage, &run, is_it, before).await;
        assert_said(&stage, &run, case).await;
    }
}
