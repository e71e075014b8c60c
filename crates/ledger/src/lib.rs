//! The ledger: runs, rows, progress and leases in one DynamoDB table. No other crate knows the table.
//!
//! It is what makes "loses nothing, does nothing twice" true, so its types allow only what may be done:
//!
//! - a file is claimed ([`Ledger::claim_run`]) before it is read ([`Reading`]); only what was read whole becomes
//!   [`Enqueueing`], so nothing can be enqueued before;
//! - a row is claimed ([`Ledger::claim_row`]) before it is posted; only a [`ClaimedRow`] can be settled, once;
//! - a resident is talked about under leases ([`ClaimedRow::lease`]) that only a claimed row can take;
//! - a summary is written by the one winner of [`Ledger::claim_report`].
//!
//! Every claim and lease has a random [fencing token](Token) and an expiry, *the owner's invocation deadline + 35 s*,
//! which the caller gives as `until`. Every write of an owner is conditional on its token. An owner whose time is up,
//! or who was taken over, gets [`Error::LostClaim`] and stops. Writes are idempotent: one whose answer was lost is
//! recognised when it is repeated.
//!
//! **Errors.** Any call fails with [`Error::Unavailable`] where DynamoDB does not answer, with [`Error::Refused`] where it
//! will not, and with [`Error::NewerVersion`] or [`Error::Corrupt`] where an item cannot be read here. What else can go
//! wrong stands at the call. No error holds an item's content.
//!
//! Keys, states and rules are those of `docs/design.md`, "The ledger".

mod api_limit;
mod api_speed;
mod breaker;
mod dynamo;
mod error;
mod hash_key;
mod keys;
mod lease;
mod lists;
mod message;
mod report;
mod row;
mod run;
mod stream;
mod token;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use chrono::{DateTime, SubsecRound, Utc};

pub use api_limit::ApiLimit;
pub use api_speed::ApiSpeed;
pub use breaker::{BreakerState, By, CircuitBreaker};
pub use dynamo::table;
pub use error::{Error, Result};
pub use hash_key::{Fingerprint, HashKey};
pub use keys::{LeaseKey, RowId, RunId, RunIdError};
pub use lease::forget::{Forgotten, Person};
pub use lease::leases::{LeaseGrant, Leases};
pub use lease::memory::{Field, FollowUpMemory, RequestMemory, ResidentMemory, Sent};
pub use lease::version::RowVersion;
pub use message::{MessageError, ReportMessage, RowMessage};
pub use report::due::{Mark, is_report_asked, is_report_due};
pub use report::reporting::{ReportClaim, Reporting};
pub use report::rows::{KeptRows, SettledRows};
pub use row::claim::RowClaim;
pub use row::claimed::{ClaimedRow, GiveBack};
pub use row::dead::{DeadRow, UnreadableRow};
pub use row::item::{DeliveryProgress, NewRow, RowRecord};
pub use row::looks::Standing;
pub use row::rows::Rows;
pub use row::settle::Closed;
pub use run::cancel::Cancelled;
pub use run::claim::RunClaim;
pub use run::enqueueing::Enqueueing;
pub use run::files::{KnownFiles, KnownRevision};
pub use run::health::{PATIENCE, Pipeline, RunHealth, SWEEP_ROUNDS};
pub use run::item::{NewRun, Run};
pub use run::parts::{AuditEntry, Cancellation, Checkpoint, Edition, Report, RunState, SummaryFile};
pub use run::progress::{Progress, is_complete};
pub use run::reading::Reading;
pub use run::revision::Revision;
pub use stream::{STREAM_FILTERS, changed};
pub use token::Token;

/// How many lanes a run's rows and progress are spread over: one DynamoDB item takes about 1,000 writes a second, and
/// concurrent transactions on one item conflict.
pub const LANES: u32 = 16;

/// The clock. Comes in from outside so that tests can let claims expire.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The table, as everybody uses it. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    client: Client,
    table: Arc<str>,
    clock: Clock,
}

impl Ledger {
    /// A ledger over an existing table (see [`table::create`]).
    pub fn new(client: Client, table: impl Into<String>, clock: Clock) -> Self {
        Self { client, table: Arc::from(table.into()), clock }
    }

    /// Now, as precise as the table keeps it.
    fn now(&self) -> DateTime<Utc> {
        (self.clock)().trunc_subsecs(3)
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("table", &self.table).finish_non_exhaustive()
    }
}
