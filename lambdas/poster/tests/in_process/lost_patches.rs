//! A PATCH whose answer was lost, done or not: phones are written over whole, and a note could be written over somebody else's,
//! so it is never made again without a look.

use chrono::TimeDelta;
use feeds::Outcome;
use ledger::Run;
use serde_json::json;
use simulators::here_to_help::Call;

use crate::stage::{Sheet, Stage};

const OLD: &str = "07700 900001";
const NEW: &str = "07700 900002";
const BY_STAFF: &str = "07700 900009";
const NOTE: &str = "SPL Category: GP.";

fn sheet(phone: &str) -> Sheet {
    Sheet::of("spl").row(&[
        ("Traced_NHSNUMBER", "9434765919"),
        ("PatientFirstName", "Ann"),
        ("PatientSurname", "Lee"),
        ("DateOfBirth", "04/07/1948"),
        ("mobile", phone),
        ("PatientAddress_Line1", "1 Mare Street"),
        ("PatientAddress_PostCode", "E8 1AB"),
        ("category", "GP"),
    ])
}

/// Loses the answer of the PATCH.
async fn lost(stage: &Stage, run: &Run, answer: &str, after: &str) {
    stage.faults(json!([{"answer": answer, "after": after, "calls": ["patch"], "next": 1}]));
    assert_eq!(stage.deliver_row(run, 2, 1).await, [0], "{answer} after {after}");
    assert_eq!(stage.struck(), [1]);
    stage.pass(TimeDelta::seconds(100));
}

fn phone(stage: &Stage) -> String {
    stage.api.state().residents[0].text("ContactMobileNumber").unwrap_or_default().to_owned()
}

fn notes(stage: &Stage) -> Vec<String> {
    let mut notes: Vec<_> = stage.api.state().case_notes.iter().filter_map(|note| note.says()).collect();
    notes.sort();
    notes
}

/// How often each was called since.
fn made(stage: &Stage, call: Call) -> u64 {
    stage.api.state().calls.by_call.get(&call).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_phone_is_written_once_and_only_after_a_look() {
    for (answer, after, patches) in
        [("closed", "everything", 0), ("closed", "nothing", 1), ("hang", "everything", 0), ("hang", "nothing", 1)]
    {
        let stage = Stage::new().await;
        stage.upload("week 1", &sheet(OLD)).await;
        stage.pass(TimeDelta::days(7));
        let run = stage.run("week 2", &sheet(NEW)).await;
        lost(&stage, &run, answer, after).await;
        let (reads, patched) = (made(&stage, Call::Read), made(&stage, Call::Patch));
        assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
        assert_eq!(made(&stage, Call::Read) - reads, 1, "{answer} after {after}: it looked");
        assert_eq!(made(&stage, Call::Patch) - patched, patches, "{answer} after {after}");
        assert_eq!(phone(&stage), format!("{OLD} / {NEW}"), "{answer} after {after}");
        assert_eq!(notes(&stage), [NOTE]);
        // It is known as ours: the next one joins it.
        stage.upload("week 3", &sheet("07700 900003")).await;
        assert_eq!(phone(&stage), format!("{OLD} / {NEW} / 07700 900003"), "{answer} after {after}");
    }
}

/// Answered with a 500, the claim goes on by itself: it looks too.
#[tokio::test]
async fn a_phone_is_written_once_where_the_api_failed() {
    for (after, patches) in [("everything", 1), ("nothing", 2)] {
        let stage = Stage::new().await;
        stage.upload("week 1", &sheet(OLD)).await;
        stage.pass(TimeDelta::days(7));
        let run = stage.run("week 2", &sheet(NEW)).await;
        let (reads, patched) = (made(&stage, Call::Read), made(&stage, Call::Patch));
        stage.faults(json!([{"answer": "500", "after": after, "calls": ["patch"], "next": 1}]));
        assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
        assert_eq!((made(&stage, Call::Read) - reads, made(&stage, Call::Patch) - patched), (2, patches), "{after}");
        assert_eq!(phone(&stage), format!("{OLD} / {NEW}"), "{after}");
    }
}

/// The postcode of an older house number goes beside a newer line that has none: also where the first PATCH with it failed.
#[tokio::test]
async fn what_a_failed_patch_would_have_brought_comes_with_the_next_one() {
    let stage = Stage::new().await;
    let older = Sheet::of("contact-tracing").row(&[
        ("Account ID", "17"),
        ("NHS Number", "9434765919"),
        ("Forename", "Ann"),
        ("Surname", "Lee"),
        ("House Number", "1"),
        ("Postcode", "E8 1AB"),
        ("Date Tested", "07/03/2021"),
        ("UTLA", "Hackney"),
    ]);
    let newer = Sheet::of("nsss").row(&[
        ("ID", "17"),
        ("nhs_number", "9434765919"),
        ("first_name", "Ann"),
        ("last_name", "Lee"),
        ("address_line1", "1 Mare Street"),
    ]);
    let older = stage.run("older", &older).await;
    stage.pass(TimeDelta::seconds(1));
    stage.upload("newer", &newer).await;
    stage.faults(json!([{"answer": "500", "calls": ["patch"], "next": 1}]));
    assert_eq!(stage.deliver_until_done(&older, 2).await, 1);
    assert_eq!(stage.struck(), [1]);
    let resident = &stage.api.state().residents[0];
    let says = |field| resident.text(field);
    assert_eq!((says("AddressFirstLine"), says("Postcode")), (Some("1 Mare Street"), Some("E8 1AB")));
}

/// What staff write between the lost answer and the look stays, whether the PATCH came before it or never.
#[tokio::test]
async fn a_phone_that_staff_correct_before_the_look_stays() {
    for after in ["everything", "nothing"] {
        let stage = Stage::new().await;
        stage.upload("week 1", &sheet(OLD)).await;
        stage.pass(TimeDelta::days(7));
        let run = stage.run("week 2", &sheet(NEW)).await;
        lost(&stage, &run, "closed", after).await;
        stage.staff(json!({"edit_resident": {"Id": 1, "ContactMobileNumber": BY_STAFF}}));
        assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
        assert_eq!(phone(&stage), BY_STAFF, "{after}");
        assert_eq!(stage.warnings(&run, 2).await, ["mobile kept: changed in Here to Help"], "{after}");
        stage.upload("week 3", &sheet(NEW)).await;
        assert_eq!(phone(&stage), BY_STAFF, "{after}");
    }
}

#[tokio::test]
async fn the_first_note_is_written_once_and_over_nobody_s() {
    for (answer, after) in [("closed", "everything"), ("closed", "nothing"), ("500", "everything"), ("500", "nothing")]
    {
        for staff_note in [false, true] {
            let case = format!("{answer} after {after}, staff wrote: {staff_note}");
            let stage = Stage::new().await;
            let run = stage.run("new", &sheet(OLD)).await;
            if answer == "500" {
                stage.faults(json!([{"answer": answer, "after": after, "calls": ["patch"], "next": 1}]));
            } else {
                lost(&stage, &run, answer, after).await;
            }
            let mut expected = vec![NOTE.to_owned()];
            if staff_note && answer == "closed" {
                let request = stage.api.state().help_requests[0].id;
                let note = json!({"ResidentId": 1, "HelpRequestId": request, "CaseNote": "rang, no answer"});
                stage.staff(json!({"add_note": note}));
                expected.push("rang, no answer".to_owned());
            }
            assert_eq!(stage.deliver_until_done(&run, 2).await, 1, "{case}");
            assert_eq!(notes(&stage), expected, "{case}");
            assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into(), "{case}");
            let state = stage.api.state();
            assert_eq!(state.residents[0].text("AddressFirstLine"), Some("1 Mare Street"), "{case}");
            assert_eq!((state.calls.by_call[&Call::Create], phone(&stage).as_str()), (1, OLD), "{case}");
        }
    }
}
