//! All that the simulator holds and has seen, as `GET /_simulator/state` gives it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    call::Call,
    doubles::Doubles,
    faults::Faults,
    rows::{CaseNote, HelpRequest, Resident},
};

/// A picture of the simulator at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// Every resident, oldest first
    pub residents: Vec<Resident>,
    /// Every help request, oldest first
    pub help_requests: Vec<HelpRequest>,
    /// Every case note, oldest first
    pub case_notes: Vec<CaseNote>,
    /// The calls and their answers
    pub calls: Calls,
    /// The faults in force
    pub faults: FaultState,
    /// The things that are there twice
    pub doubles: Doubles,
}

/// Counts of calls to the API (not to `/_simulator/…`) since the start or the last reset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Calls {
    /// When counting began
    pub started_at: DateTime<Utc>,
    /// All calls
    pub total: u64,
    /// By what was asked
    pub by_call: BTreeMap<Call, u64>,
    /// By status; `closed` and `hang` where there was no answer
    pub answers: BTreeMap<String, u64>,
    /// The refused ones by `status: reason`; the reason of an ordered fault begins with `fault`
    pub refused: BTreeMap<String, u64>,
    /// Connections accepted, those to `/_simulator/…` too
    pub connections: u64,
    /// The most calls that were being worked on at once
    pub max_concurrent: u64,
    /// Calls that arrived in each whole second since `started_at`; seconds without any are left out
    pub per_second: BTreeMap<u64, u64>,
    /// When each call arrived, in milliseconds since `started_at`, ascending
    pub arrivals_ms: Vec<u64>,
}

/// The faults in force and what they did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FaultState {
    /// As they were set
    pub set: Faults,
    /// How many calls each rule struck since then
    pub struck: Vec<u64>,
}

impl State {
    /// A resident by id.
    #[must_use]
    pub fn resident(&self, id: i64) -> Option<&Resident> {
        self.residents.iter().find(|resident| resident.id == id)
    }

    /// A help request by id.
    #[must_use]
    pub fn help_request(&self, id: i64) -> Option<&HelpRequest> {
        self.help_requests.iter().find(|request| request.id == id)
    }

    /// The notes of a help request, oldest first.
    pub fn notes_of(&self, help_request: i64) -> impl Iterator<Item = &CaseNote> {
        self.case_notes.iter().filter(move |note| note.help_request_id == help_request)
    }
}
