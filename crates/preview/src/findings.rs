//! What was found in the rows of a sheet so far.

use feeds::{Decision, Judged, Tally};

use crate::doubles::{Double, Doubles};
use crate::problems::Problems;

/// Everything that is told of a sheet beside its rows. Memory stays flat whatever the sheet holds, but for some bytes of each
/// person's row ([`Doubles`]).
#[derive(Default)]
pub struct Findings {
    /// How many rows become what.
    pub counts: Counts,
    /// Rows for the same person or request.
    pub doubles: Doubles,
    /// What must be corrected, by column.
    pub problems: Problems,
    /// The rows that a rule skips, by its reason.
    pub skipped: Tally,
    /// The rows of each warning.
    pub warnings: Tally,
}

/// How many rows become what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// They are sent to Here to Help.
    pub post: u64,
    /// A rule of the feed leaves them out.
    pub skipped: u64,
    /// They must be corrected.
    pub to_fix: u64,
}

impl Findings {
    /// Takes in the next row of the sheet; says which earlier row speaks of the same person or request, if one does.
    pub fn add(&mut self, judged: &Judged) -> Option<Double> {
        for warning in &judged.warnings {
            self.warnings.add_warning(judged.row, warning);
        }
        match &judged.decision {
            Decision::Post(post) => {
                self.counts.post += 1;
                return self.doubles.add(judged.row, &post.request);
            }
            Decision::Skipped { reason } => {
                self.counts.skipped += 1;
                self.skipped.add(judged.row, reason);
            }
            Decision::Rejected { problems } => {
                self.counts.to_fix += 1;
                problems.iter().for_each(|problem| self.problems.add(judged.row, problem));
            }
        }
        None
    }
}

impl Counts {
    /// All rows below the header that are not blank.
    pub fn all(self) -> u64 {
        self.post + self.skipped + self.to_fix
    }
}
