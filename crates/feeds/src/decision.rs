//! What becomes of a row, and of a file.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::request::{Address, FollowUp, HelpRequest, Note};
use crate::settlement::Settlement;

/// A row with its decision: what the splitter ledgers and `h2h preview` shows.
#[derive(Clone, PartialEq)]
pub struct Judged {
    /// The number that the sheet shows.
    pub row: u32,
    /// The cells after clean-up, one for each column of the header.
    pub cells: Vec<String>,
    /// What becomes of it.
    pub decision: Decision,
    /// What was left out or looks odd, for the summary. May quote the cells.
    pub warnings: Vec<String>,
}

/// What a row becomes. Serialised for `h2h preview --json`.
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

/// One thing to correct in a row. Quotes the cell: for the summary and the ledger's row, never for a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The column as the header names it; none where no single column is at fault.
    pub column: Option<String>,
    /// The cell's text.
    pub text: String,
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub how_to_fix: String,
}

impl Problem {
    /// All problems of a row as the summary says them: what is wrong, and what to write instead.
    pub fn in_words(problems: &[Self]) -> (String, String) {
        let wrong = problems.iter().map(|problem| match &problem.column {
            Some(column) if problem.text.is_empty() => format!("{column}: {}", problem.problem),
            Some(column) => format!("{column} \"{}\": {}", problem.text, problem.problem),
            None => problem.problem.clone(),
        });
        let fix = problems.iter().map(|problem| match &problem.column {
            Some(column) => format!("{column}: {}", problem.how_to_fix),
            None => problem.how_to_fix.clone(),
        });
        (wrong.collect::<Vec<_>>().join("; "), fix.collect::<Vec<_>>().join("; "))
    }
}

/// Why a whole file is rejected, for the `REJECTED_…` summary and the run item: no personal data, not
/// even the text of a cell below the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// What is wrong, naming columns and row numbers.
    pub problem: String,
    /// What to do about it.
    pub how_to_fix: String,
}

/// A file that is rejected whole: nothing of it is posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("the file is rejected: {}", .problems.iter().map(|problem| problem.problem.as_str()).collect::<Vec<_>>().join("; "))]
pub struct FileRejected {
    /// Everything that is wrong with it, at least one thing.
    pub problems: Vec<FileProblem>,
}

/// How a row ended. Serialised as the words of the summary's `status` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A new help request.
    Created,
    /// The API had the request already.
    AlreadyKnown,
    /// Left out by a rule of the feed.
    Skipped,
    /// The sheet must be corrected.
    Rejected,
    /// The API would not take it, or the id stands under another person.
    Failed,
    /// Retries used up.
    DeadLettered,
    /// Sent, the answer never learnt, and it could not be looked up.
    Uncertain,
}

impl Outcome {
    /// Every outcome, in the order in which they are listed to people.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::AlreadyKnown,
        Self::Skipped,
        Self::Rejected,
        Self::Failed,
        Self::DeadLettered,
        Self::Uncertain,
    ];

    /// The word for it in the ledger and in the summary.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::AlreadyKnown => "already-known",
            Self::Skipped => "skipped",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::DeadLettered => "dead-lettered",
            Self::Uncertain => "uncertain",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Cells and warnings hold personal data: they are not printed.
impl fmt::Debug for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Judged {{ row: {}, decision: {:?}, .. }}", self.row, self.decision)
    }
}

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

/// The text is a cell's: it is not printed.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem {{ column: {:?}, .. }}", self.column)
    }
}
