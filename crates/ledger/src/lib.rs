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
//! Every claim and lease has a random [token](Token) and an expiry, *the owner's invocation deadline + 35 s*, which the
//! caller gives as `until`. Every write of an owner is conditional on its token. An owner whose time is up, or who was
//! taken over, gets [`Error::LostClaim`] and stops. A write whose answer was lost is recognised when it is repeated.
//!
//! Keys, states and rules are those of `docs/design.md`, "The ledger". No error holds an item's content.

mod api_speed;
mod batch;
mod cancel;
mod claimed_row;
mod closing;
mod dead_rows;
mod deeds;
mod enqueueing;
mod error;
mod forget;
mod gone_rows;
mod item;
mod kept_rows;
mod keys;
mod known;
mod lanes;
mod lease;
mod lists;
mod marks;
mod message;
mod owners;
mod pages;
mod progress;
mod reading;
mod report;
mod retry;
mod revision;
mod row;
mod row_claim;
mod row_record;
mod run;
mod run_claim;
mod settle;
mod split_lease;
mod store;
mod stream;
mod sweep;
mod switch;
pub mod table;
mod token;
mod told;
mod transaction;
mod update;

use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use chrono::{DateTime, SubsecRound, Utc};

pub use api_speed::ApiSpeed;
pub use cancel::{Cancellation, Cancelled};
pub use claimed_row::{ClaimedRow, GiveBack};
pub use closing::Closed;
pub use dead_rows::{DeadRow, DeadRows, UnreadableRow};
pub use deeds::Deed;
pub use enqueueing::Enqueueing;
pub use error::{Error, Result};
pub use kept_rows::KeptRows;
pub use keys::{RowId, RunId, RunIdError};
pub use known::{Applied, Known};
pub use lease::{LeaseGrant, LeaseKey, Leases};
pub use marks::Mark;
pub use message::{MessageError, ReportMessage, RowMessage};
pub use progress::{Progress, is_complete};
pub use reading::{Checkpoint, Reading};
pub use report::{Finished, ReportClaim, Reporting, SettledRows, is_report_asked, is_report_due};
pub use revision::Revision;
pub use row::{DeliveryProgress, NewRow, RowRecord};
pub use row_claim::RowClaim;
pub use row_record::{Rows, Standing};
pub use run::{Edition, KnownFiles, KnownRevision, NewRun, Report, Run, RunState, SummaryFile};
pub use run_claim::RunClaim;
pub use stream::{STREAM_FILTER, changed};
pub use sweep::{OpenRow, OpenRows};
pub use switch::{By, Posting, Switch};
pub use token::Token;

/// How many lanes a run's rows and progress are spread over: one DynamoDB item takes about 1,000 writes a second, and
/// concurrent transactions on one item conflict.
pub const LANES: u32 = 16;

/// What tells the time. Comes in from outside so that tests can let claims expire.
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

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("table", &self.table).finish_non_exhaustive()
    }
}
