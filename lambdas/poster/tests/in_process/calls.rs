//! How many calls a row costs, by case (docs/performance.md). The numbers are exact: one call more at each known row is what a
//! weekly upload of a large sheet is felt by.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use ledger::Run;
use serde_json::json;
use simulators::here_to_help::Call;

use crate::stage::{Sheet, Stage};

type Cells<'a> = &'a [(&'a str, &'a str)];

/// How often each call was made.
type Made = BTreeMap<Call, u64>;

const ADDRESS: Cells = &[("PatientAddress_Line1", "1 Mare Street"), ("PatientAddress_PostCode", "E8 1AB")];

/// A row with a note.
fn spl(more: Cells) -> Sheet {
    let person = [
        ("Traced_NHSNUMBER", "9434765919"),
        ("PatientFirstName", "Ann"),
        ("PatientSurname", "Lee"),
        ("DateOfBirth", "04/07/1948"),
    ];
    row_of("spl", &person, more)
}

/// The same person, with a note and an address.
fn nsss(more: Cells) -> Sheet {
    let person = [
        ("ID", "17"),
        ("nhs_number", "9434765919"),
        ("first_name", "Ann"),
        ("last_name", "Lee"),
        ("date_of_birth", "04/07/1948"),
        ("address_line1", "2 Well Street"),
        ("address_postcode", "E9 1AB"),
    ];
    row_of("nsss", &person, more)
}

/// The same person, with an address.
fn self_isolation(more: Cells) -> Sheet {
    let person = [
        ("ID", "si-1"),
        ("NHS Number", "9434765919"),
        ("Forename", "Ann"),
        ("Surname", "Lee"),
        ("Date of Birth", "04/07/1948"),
        ("Address Line 1", "1 Mare Street"),
        ("Postcode", "E8 1AB"),
        ("LA Support Required", "yes"),
        ("Date Tested", "07/03/2021"),
        ("Status Report", "completed"),
    ];
    row_of("self-isolation", &person, more)
}

/// The same person, with neither address nor note.
fn generic(more: Cells) -> Sheet {
    let person = [("First name", "Ann"), ("Surname", "Lee"), ("d.o.b", "04/07/1948"), ("Help Request Type", "EUSS")];
    row_of("generic", &person, more)
}

/// One row; of a cell that is given twice the later counts.
fn row_of(feed: &str, person: Cells, more: Cells) -> Sheet {
    let of_person = person.iter().filter(|(column, _)| more.iter().all(|(other, _)| other != column));
    Sheet::of(feed).row(&of_person.chain(more).copied().collect::<Vec<_>>())
}

/// Counts the calls that this makes.
async fn counted<T>(stage: &Stage, made: impl Future<Output = T>) -> (T, Made) {
    let before = stage.api.state().calls.by_call;
    let done = made.await;
    let mut after = stage.api.state().calls.by_call;
    after.iter_mut().for_each(|(call, count)| *count -= before.get(call).unwrap_or(&0));
    after.retain(|_, count| *count > 0);
    (done, after)
}

async fn upload(stage: &Stage, file: &str, sheet: &Sheet) -> Made {
    counted(stage, stage.upload(file, sheet)).await.1
}

async fn delivery(stage: &Stage, run: &Run, receives: u32) -> Made {
    counted(stage, stage.deliver_row(run, 2, receives)).await.1
}

fn calls(calls: &[(Call, u64)]) -> Made {
    calls.iter().copied().collect()
}

#[tokio::test]
async fn a_new_row_costs_three_with_address_or_note_and_two_with_neither() {
    let (address, note) = ([("Address Line 1", "1 Mare Street"), ("Postcode", "E8 1AB")], [("Case Note 1", "Rings")]);
    let notes = [note[0], ("Case Note 2", "twice"), ("Case Note 3", "a day")];
    let letter = [("LA Support Letter Received", "yes"), ("Comments", "Needs shopping")];
    let post = [(Call::Create, 1), (Call::Read, 1)];
    let patched = [&post[..], &[(Call::Patch, 1)]].concat();
    let followed_up = [&patched[..], &[(Call::ResidentRequests, 1), (Call::FollowUp, 1), (Call::AddNote, 1)]].concat();
    for (case, sheet, expected) in [
        ("neither", generic(&[]), post.to_vec()),
        ("an address", generic(&address), patched.clone()),
        ("a note", generic(&note), [&post[..], &[(Call::AddNote, 1)]].concat()),
        ("address and note", generic(&[&address[..], &note].concat()), patched.clone()),
        ("address and note of SPL", spl(ADDRESS), patched.clone()),
        ("address and note of NSSS", nsss(&[]), patched.clone()),
        (
            "an address and three notes",
            generic(&[&address[..], &notes].concat()),
            [&patched[..], &[(Call::AddNote, 2)]].concat(),
        ),
        ("address, note and a follow-up with its own", self_isolation(&letter), followed_up),
    ] {
        assert_eq!(upload(&Stage::new().await, "new", &sheet).await, calls(&expected), "{case}");
    }
}

#[tokio::test]
async fn a_known_row_with_nothing_new_costs_one() {
    let notes = [("Case Note 1", "Rings"), ("Case Note 2", "twice")];
    let letter = [("LA Support Letter Received", "yes"), ("Comments", "Needs shopping")];
    let contact = [ADDRESS, &[("mobile", "07700 900123"), ("PatientEmailAddress", "ann@example.org")]].concat();
    for (case, sheet) in [
        ("SPL", spl(&contact)),
        ("NSSS", nsss(&[])),
        ("self isolation with a follow-up", self_isolation(&letter)),
        ("generic", generic(&notes)),
    ] {
        let stage = Stage::new().await;
        upload(&stage, "week 1", &sheet).await;
        for week in ["week 2", "week 3"] {
            assert_eq!(upload(&stage, week, &sheet).await, calls(&[(Call::Read, 1)]), "{case}, {week}");
        }
    }
}

#[tokio::test]
async fn a_known_row_with_something_new_costs_two() {
    let before = [ADDRESS, &[("mobile", "07700 900123"), ("PatientEmailAddress", "ann@example.org")]].concat();
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Call);
    let new: [Case; 7] = [
        ("a name", &[("PatientFirstName", "Anne")], Call::Patch),
        ("a birthday", &[("DateOfBirth", "05/07/1948")], Call::Patch),
        ("an e-mail", &[("PatientEmailAddress", "lee@example.org")], Call::Patch),
        ("a phone", &[("mobile", "07700 900456")], Call::Patch),
        ("an address", &[("PatientAddress_Line1", "3 Well Street")], Call::Patch),
        ("all of them", &[("PatientFirstName", "Anne"), ("mobile", "07700 900456"), ("uprn", "100")], Call::Patch),
        ("a note", &[("category", "GP")], Call::AddNote),
    ];
    for (case, cells, call) in new {
        let stage = Stage::new().await;
        upload(&stage, "week 1", &spl(&before)).await;
        let old = before.iter().filter(|(column, _)| cells.iter().all(|(other, _)| other != column));
        let sheet = spl(&old.chain(cells).copied().collect::<Vec<_>>());
        assert_eq!(upload(&stage, "week 2", &sheet).await, calls(&[(Call::Read, 1), (call, 1)]), "{case}");
    }
}

#[tokio::test]
async fn a_new_request_of_a_known_person_costs_four() {
    let posted = [(Call::Read, 2), (Call::Create, 1)];
    let patched = [&posted[..], &[(Call::Patch, 1)]].concat();
    let noted = [&posted[..], &[(Call::AddNote, 1)]].concat();
    for (case, second, expected) in [
        ("a note", spl(&[]), &noted),
        ("a note, and another address", spl(ADDRESS), &patched),
        ("no note, and an e-mail", generic(&[("Email", "ann@example.org")]), &patched),
        ("neither", generic(&[]), &posted.to_vec()),
    ] {
        let stage = Stage::new().await;
        upload(&stage, "first", &nsss(&[])).await;
        assert_eq!(upload(&stage, "second", &second).await, calls(expected), "{case}");
        assert_eq!(upload(&stage, "again", &second).await, calls(&[(Call::Read, 1)]), "{case}");
        let state = stage.api.state();
        assert_eq!((state.residents.len(), state.help_requests.len()), (1, 2), "{case}");
    }
}

/// The look for a POST whose answer was lost is one search; then what is missing is done.
#[tokio::test]
async fn a_look_after_a_lost_answer_costs_one() {
    for (after, expected) in [
        ("everything", &[(Call::Search, 1), (Call::Patch, 1), (Call::AddNote, 1)]),
        ("nothing", &[(Call::Search, 1), (Call::Create, 1), (Call::Read, 1)]),
    ] {
        let stage = Stage::new().await;
        let run = stage.run("lost", &spl(ADDRESS)).await;
        stage.faults(json!([{"answer": "closed", "after": after, "calls": ["create"], "next": 1}]));
        delivery(&stage, &run, 1).await;
        stage.pass(TimeDelta::seconds(100));
        let patched = if after == "nothing" { vec![(Call::Patch, 1)] } else { Vec::new() };
        assert_eq!(delivery(&stage, &run, 2).await, calls(&[&expected[..], &patched].concat()), "{after}");
        assert_eq!(upload(&stage, "again", &spl(ADDRESS)).await, calls(&[(Call::Read, 1)]), "{after}");
    }
}

/// A lost answer of any later call is looked for with the GET of the row's own request.
#[tokio::test]
async fn a_look_for_a_later_call_costs_one_get() {
    let notes = [("category", "GP")];
    let sheet = spl(&[ADDRESS, &notes].concat());
    for (after, missing) in [("everything", vec![]), ("nothing", vec![(Call::Patch, 1), (Call::AddNote, 1)])] {
        let stage = Stage::new().await;
        let run = stage.run("lost", &sheet).await;
        stage.faults(json!([{"answer": "closed", "after": after, "calls": ["patch"], "next": 1}]));
        delivery(&stage, &run, 1).await;
        stage.pass(TimeDelta::seconds(100));
        let expected = [&[(Call::Read, 1)][..], &missing].concat();
        assert_eq!(delivery(&stage, &run, 2).await, calls(&expected), "{after}");
    }
}
