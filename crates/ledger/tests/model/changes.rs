//! The reference: which changes of the table one step may make, whoever makes it, alive or dead.

use std::collections::BTreeMap;

use feeds::Outcome;
use ledger::RunState;

use crate::api::Api;
use crate::table::{LeaseItem, RowItem, RunItem, Table};

/// Checks what became of `before`. `now` is the model's clock in milliseconds.
pub(crate) fn check(before: &Table, after: &Table, now: i64) {
    for (id, run) in &after.runs {
        if let Some(was) = before.runs.get(id) {
            check_run(was, run, now);
        }
        if run.run.state == RunState::Reported {
            let settled = after.rows_of(&run.run).filter(|(_, row)| row.outcome.is_some()).count();
            assert_eq!(settled as u64, run.run.rows_read, "run {id} is reported before every row has settled");
            let lanes = || after.lanes.iter().filter(|(lane, _)| lane.starts_with(&format!("RUN#{id}#")));
            let moves = lanes().map(|(_, lane)| lane.moves).sum::<u64>();
            let is_out_of_date = run.run.report.is_some_and(|report| report.moves != moves);
            assert!(!is_out_of_date || lanes().any(|(_, lane)| lane.marked.is_some()), "run {id}: no sweep finds it");
        }
    }
    let mut moved: BTreeMap<&str, u64> = BTreeMap::new();
    for (id, row) in &after.rows {
        assert_eq!(row.claim.is_some(), row.claim_until.is_some(), "row {id}: a claim has an expiry");
        match before.rows.get(id) {
            Some(was) if was.reading == row.reading => {
                check_row(was, row, now);
                if was.outcome.is_some() && was.outcome != row.outcome {
                    *moved.entry(&row.pk).or_default() += 1;
                }
            }
            _ => assert!(row.claim.is_none() && row.settled_by.is_none(), "row {id} was ledgered with an owner"),
        }
    }
    for (lane, progress) in &after.lanes {
        assert_eq!(progress.counts(), after.settled_in(lane), "{lane}: progress is what has settled");
        let moves = before.lanes.get(lane).map_or(0, |lane| lane.moves) + moved.remove(lane.as_str()).unwrap_or(0);
        assert_eq!(progress.moves, moves, "{lane}: every move is counted once");
    }
    let counted = |row: &RowItem| row.settled_by.is_none() || after.lanes.contains_key(&row.pk);
    assert!(after.rows.values().all(counted) && moved.is_empty(), "a row has settled in a lane without progress");
    check_lanes(after);
    for (key, lease) in &after.leases {
        if let Some(was) = before.leases.get(key) {
            check_takeover((&was.owner, was.until), (&lease.owner, lease.until), now, key);
        }
        check_lease(after, lease, now, key);
    }
}

/// An owner is replaced only once its time is up, and nobody's time is prolonged.
fn check_takeover(was: (&Option<String>, Option<i64>), is: (&Option<String>, Option<i64>), now: i64, what: &str) {
    if let ((Some(was), Some(until)), (Some(is), is_until)) = (was, is) {
        match was == is {
            true => assert_eq!(is_until, Some(until), "{what}: an owner's expiry has changed"),
            false => assert!(until <= now, "{what} was taken from an owner whose time is not up"),
        }
    }
}

fn check_row(was: &RowItem, is: &RowItem, now: i64) {
    let what = &is.pk;
    check_takeover((&was.claim, was.claim_until), (&is.claim, is.claim_until), now, what);
    let is_taken_over = was.claim.is_some() && is.claim.is_some() && was.claim != is.claim;
    assert!(!is_taken_over || is.may_have_been_sent, "{what}: who takes over must look");
    assert!(is.may_have_been_sent || !was.may_have_been_sent, "{what}: that something was sent is forgotten");
    let is_final = |outcome| !matches!(outcome, Outcome::DeadLettered | Outcome::Uncertain);
    if was.settled_by != is.settled_by {
        assert_eq!(is.settled_by, was.claim, "{what} was settled by somebody who had no claim");
        assert!(is.outcome.is_some() && is.claim.is_none(), "{what} was settled in part");
        assert!(!was.outcome.is_some_and(is_final), "{what} was settled twice");
    } else {
        assert_eq!(was.outcome, is.outcome, "{what}: what is settled stays settled");
    }
    assert!(is.claim.is_none() || !is.outcome.is_some_and(is_final), "{what} is claimed though it is done");
}

/// Leases go with a claim and end with it, but for what is left behind, which nobody has to wait for.
fn check_lease(table: &Table, lease: &LeaseItem, now: i64, key: &str) {
    let (Some(owner), Some(until)) = (&lease.owner, lease.until) else { return };
    if let Some(row) = table.rows.values().find(|row| row.claim.as_ref() == Some(owner)) {
        assert_eq!(row.claim_until, Some(until), "{key} does not end with its row's claim");
    }
    assert!(until - now <= 15 * 60_000, "{key} outlives every claim");
}

/// Whoever takes a lease under which a row was sent learns of it, until it is known what became of that row: by its mark, or by
/// what is remembered.
pub(crate) fn check_marks(table: &Table, api: &Api) {
    for (row, leases) in api.sent_under.iter().filter(|(row, _)| api.may_have(row)) {
        for key in leases {
            assert!(table.leases[key].tells_of(row), "{key} does not tell of row {row}, which may be at the API");
        }
    }
}

/// Lanes of which rows may settle know how many are open: the last one is told from the others.
fn check_lanes(after: &Table) {
    for (id, run) in &after.runs {
        let run = &run.run;
        let is_read = match run.state {
            RunState::Enqueueing | RunState::Posting | RunState::Reported => true,
            RunState::Cancelled => run.has_rows(),
            RunState::Reading | RunState::Rejected | RunState::Superseded => false,
        };
        for lane in (0..run.lanes).map(|lane| format!("RUN#{id}#{lane}")).filter(|_| is_read) {
            let progress = after.lanes.get(&lane).filter(|lane| lane.reading == run.generation);
            assert_eq!(progress.map_or(0, |lane| lane.open), after.open_in(&lane), "{lane}: open rows");
        }
    }
}

fn check_run(was: &RunItem, is: &RunItem, now: i64) {
    let (what, from, to) = (is.run.id.as_str(), &was.owners, &is.owners);
    check_takeover((&from.split_token, from.split_until), (&to.split_token, to.split_until), now, what);
    check_takeover((&from.report_token, from.report_until), (&to.report_token, to.report_until), now, what);
    assert!(from.step <= to.step, "run {what} went back a step");
    let is_anew = was.run.state == RunState::Superseded && is.run.state == RunState::Reading;
    let is_forward = is_anew || order(was.run.state) <= order(is.run.state);
    assert!(is_forward, "run {what}: {:?} → {:?}", was.run.state, is.run.state);
    let version = |run: &RunItem| run.run.report.map_or(0, |report| report.version);
    let versions = version(is) - version(was);
    assert!(versions <= 1, "run {what} was reported twice at once");
    let has_finished = from.report_token.is_some() && to.report_token.is_none();
    assert!(versions == 0 || has_finished, "run {what} was reported by somebody who had no claim");
}

fn order(state: RunState) -> u8 {
    match state {
        RunState::Reading => 0,
        RunState::Enqueueing => 1,
        RunState::Posting => 2,
        RunState::Reported | RunState::Rejected | RunState::Superseded | RunState::Cancelled => 3,
    }
}
