//! The decision: what becomes of a row.

use std::fmt;

use serde::Serialize;
use smol_str::SmolStr;

use crate::problem::Problem;
use crate::settlement::Settlement;
use wire::{Address, FollowUp, HelpRequest, Note};

/// A row with its decision: what the splitter ledgers and `h2h preview` shows.
#[derive(Clone, PartialEq)]
pub struct Judged {
    /// The number that the sheet shows.
    pub row: u32,
    /// The cells after clean-up, one for each column of the header.
    pub cells: Vec<SmolStr>,
    /// The decision on the row.
    pub decision: Decision,
    /// Warnings of what was left out or looks odd, for the summary. May quote the cells.
    pub warnings: Vec<String>,
}

/// The decision on a row. Serialised for `h2h preview --json`.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "decision", rename_all = "lowercase")]
pub enum Decision {
    /// It is sent to Here to Help.
    Post(Box<Post>),
    /// A rule of the feed leaves it out; the reason is for the summary.
    Skipped {
        /// The rule, in plain words.
        reason: String,
    },
    /// The sheet must be corrected; at least one problem.
    Rejected {
        /// In the order of the columns.
        problems: Vec<Problem>,
    },
}

impl Decision {
    /// How the row ends that is not posted.
    pub fn settlement(&self) -> Option<Settlement> {
        match self {
            Self::Post(_) => None,
            Self::Skipped { reason } => Some(Settlement::skipped(reason.clone())),
            Self::Rejected { problems } => Some(Settlement::rejected(problems)),
        }
    }
}

/// Everything that is sent for one row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Post {
    /// The body of `POST v3/help-requests`.
    pub request: HelpRequest,
    /// The address to write once it is known what is there; none where the row has no complete one.
    pub address: Option<Address>,
    /// Equal notes are all listed; the poster adds each text once.
    pub notes: Vec<Note>,
    /// The second request that the row asks for.
    pub follow_up: Option<FollowUp>,
}

wire::debug_only!(Judged { row, decision });

/// A reason may quote the cells: it is not printed.
impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(post) => f.debug_tuple("Post").field(post).finish(),
            Self::Skipped { .. } => f.write_str("Skipped { .. }"),
            Self::Rejected { problems } => f.debug_struct("Rejected").field("problems", problems).finish(),
        }
    }
}
