//! Claiming runs.

use chrono::TimeDelta;
use feeds::FileProblem;
use futures::future::join_all;
use ledger::{Error, RunClaim, RunId, RunState};

use crate::proxy::Fate;
use crate::support::{Fixture, checkpoint, header, new_run, pending_rows, spl};

#[tokio::test]
async fn of_many_splitters_one_claims_a_file() {
    let fixture = Fixture::new().await;
    let claims = join_all((0..12).map(|_| fixture.claim_run(new_run("file", "a")))).await;
    let mine = claims.iter().filter(|claim| matches!(claim, RunClaim::Reading(_))).count();
    let held = claims.iter().filter(|claim| matches!(claim, RunClaim::Held { .. })).count();
    assert_eq!((mine, held), (1, 11));
}
