//! What a poster remembers is written after its last answered call and before the row is settled: whoever dies in between
//! leaves a row that comes back, and that the next one completes without doing anything twice.

use chrono::TimeDelta;
use feeds::Outcome;
use ledger::Run;
use poster::Answer;
use serde_json::json;
use simulators::here_to_help::{Call, State};
use testkit::proxy;
use testkit::proxy::Fate;

use crate::stage::{Sheet, Stage, event, pointer};

const PHONE: &str = "07700 900123";
const NEW_PHONE: &str = "07700 900456";

/// A row with an address, two notes and a follow-up with its own; three leases remember it.
fn sheet(phone: &str) -> Sheet {
    Sheet::of("self-isolation").row(&[
        ("ID", "si-1"),
        ("NHS Number", "9434765919"),
        ("Forename", "Ann"),
        ("Surname", "Lee"),
        ("Date of Birth", "04/07/1948"),
        ("Phone", phone),
        ("Address Line 1", "1 Mare Street"),
        ("Postcode", "E8 1AB"),
        ("LA Support Required", "yes"),
        ("LA Support Letter Received", "yes"),
        ("Comments", "Needs shopping"),
        ("Day 4 Outcome", "Well"),
        ("Date Tested", "07/03/2021"),
        ("Status Report", "completed"),
    ])
}

fn is_of_a_lease(call: &proxy::Call<'_>) -> bool {
    call.operation == "UpdateItem" && call.request["Key"]["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("LEASE#"))
}

/// A lease's release, with what is remembered.
pub(crate) fn is_memory(call: &proxy::Call<'_>) -> bool {
    is_of_a_lease(call) && call.request.to_string().contains("residents")
}

/// The taking of a lease.
fn is_taking(call: &proxy::Call<'_>) -> bool {
    is_of_a_lease(call) && !is_memory(call)
}

/// The row's settlement.
pub(crate) fn is_settlement(call: &proxy::Call<'_>) -> bool {
    call.operation == "TransactWriteItems" && call.request.to_string().contains("PROGRESS")
}

/// Ends the poster at the so-manieth of these calls to the ledger, which is not made.
pub(crate) async fn killed_at(
    stage: &Stage,
    run: &Run,
    is_it: impl Fn(&proxy::Call<'_>) -> bool + Send + 'static,
    before: usize,
) {
    let mut left = before;
    stage.proxy.plan(move |call| {
        if !is_it(call) {
            return Fate::Pass;
        }
        let is_over = left == 0;
        left = left.saturating_sub(1);
        if is_over { Fate::Held } else { Fate::Pass }
    });
    let message = pointer(run, 2);
    tokio::select! {
        biased;
        () = stage.proxy.held() => {}
        answer = stage.poster.handle(event(&[(&message, 1)]), stage.in_seconds(60)) => {
            panic!("it was not killed: {answer:?}")
        }
    }
    stage.proxy.calm();
    // The claim and the leases of the dead poster expire.
    stage.pass(TimeDelta::seconds(100));
}

/// Everything is there once.
fn assert_once(state: &State, case: &str) {
    let (residents, requests, notes) = (state.residents.len(), state.help_requests.len(), state.case_notes.len());
    assert_eq!((residents, requests, notes), (1, 2, 3), "{case}");
    assert!(state.doubles.is_empty(), "{case}");
}

/// What is done, the call of the ledger at which the poster is killed, and how many of its three leases remember.
type Death = (&'static str, fn(&proxy::Call<'_>) -> bool, usize);

/// The places at which a poster is killed.
fn deaths() -> [Death; 4] {
    [
        ("before memory", is_memory, 0),
        ("with memory in one lease", is_memory, 1),
        ("with memory in two leases", is_memory, 2),
        ("after memory, before the settlement", is_settlement, 0),
    ]
}

/// Its mark stands in those that it had: the next one looks once, for nothing, and takes it back.
#[tokio::test]
async fn a_row_whose_poster_dies_between_two_leases_is_done_once() {
    for leases in 0..3 {
        let stage = Stage::new().await;
        let run = stage.run("new", &sheet(PHONE)).await;
        killed_at(&stage, &run, is_taking, leases).await;
        assert_eq!(stage.api.state().calls.total, 0, "nothing is sent without all leases");
        assert_eq!(stage.deliver_until_done(&run, 2).await, 1, "{leases} leases");
        assert_once(&stage.api.state(), "then");
        let calls = stage.api.state().calls.by_call;
        assert_eq!((calls[&Call::Search], calls[&Call::Create]), (1, 1), "{leases} leases: it looked");
        // Nobody who comes later looks for it.
        let known = stage.upload("again", &sheet(PHONE)).await;
        assert_eq!(stage.outcomes(&known).await, [(Outcome::AlreadyKnown, 1)].into());
        assert_eq!(stage.api.state().calls.by_call[&Call::Search], 1, "{leases} leases");
    }
}

#[tokio::test]
async fn a_new_row_whose_poster_dies_before_it_is_settled_is_done_once() {
    for (case, is_it, before) in deaths() {
        let stage = Stage::new().await;
        let run = stage.run("new", &sheet(PHONE)).await;
        killed_at(&stage, &run, is_it, before).await;
        assert_once(&stage.api.state(), case);
        assert!(stage.outcomes(&run).await.is_empty(), "{case}");

        assert_eq!(stage.deliver_until_done(&run, 2).await, 1, "{case}");
        assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into(), "{case}");
        assert_once(&stage.api.state(), case);
        assert_eq!(stage.api.state().calls.by_call[&Call::Create], 1, "{case}: it looked");
        // It is remembered now, and by all three.
        let known = stage.upload("again", &sheet(PHONE)).await;
        assert_eq!(stage.outcomes(&known).await, [(Outcome::AlreadyKnown, 1)].into(), "{case}");
        assert_eq!(stage.api.state().calls.by_call[&Call::Create], 1, "{case}: it is looked at");
    }
}

/// Of a known row: staff correct what was just written before anybody could remember it.
#[tokio::test]
async fn a_known_row_whose_poster_dies_before_it_is_settled_undoes_nothing() {
    for (case, is_it, before) in deaths() {
        let stage = Stage::new().await;
        stage.upload("known", &sheet(PHONE)).await;
        stage.pass(TimeDelta::days(1));
        let run = stage.run("changed", &sheet(NEW_PHONE)).await;
        killed_at(&stage, &run, is_it, before).await;
        let by_staff = "020 7946 0099";
        stage.staff(json!({"edit_resident": {"Id": 1, "ContactMobileNumber": by_staff}}));

        assert_eq!(stage.deliver_until_done(&run, 2).await, 1, "{case}");
        assert_eq!(stage.outcomes(&run).await, [(Outcome::AlreadyKnown, 1)].into(), "{case}");
        let state = stage.api.state();
        assert_once(&state, case);
        assert_eq!(state.residents[0].text("ContactMobileNumber"), Some(by_staff), "{case}");
        assert_eq!(state.calls.by_call[&Call::Create], 1, "{case}");
    }
}

/// A row is not settled over a memory that is not there.
#[tokio::test]
async fn a_row_whose_memory_cannot_be_written_comes_back() {
    for fate in [Fate::DiedBefore, Fate::DiedAfter] {
        let stage = Stage::new().await;
        let run = stage.run("new", &sheet(PHONE)).await;
        stage.proxy.plan(move |call| if is_memory(call) { fate } else { Fate::Pass });
        let message = pointer(&run, 2);
        let answer = stage.poster.handle(event(&[(&message, 1)]), stage.in_seconds(60)).await.expect("a batch");
        let Answer::Batch(answer) = answer else { panic!("not a probe") };
        assert_eq!(answer.batch_item_failures.len(), 1, "{fate:?}: the message is kept");
        assert!(stage.outcomes(&run).await.is_empty(), "{fate:?}: and the row not settled");
        assert_once(&stage.api.state(), "posted");

        stage.proxy.calm();
        // The leases that were not released expire with the claim that they were taken for.
        stage.pass(TimeDelta::seconds(100));
        assert_eq!(stage.deliver_until_done(&run, 2).await, 1, "{fate:?}");
        assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into(), "{fate:?}");
        let state = stage.api.state();
        assert_once(&state, "done");
        assert_eq!(state.calls.by_call[&Call::Create], 1, "{fate:?}: it looked");
    }
}
