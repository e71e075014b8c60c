//! The evidence of a sheet as a whole.

use serde::{Deserialize, Serialize};

use crate::month_first::DateEvidence;
use crate::problem::FileProblem;
use crate::tally::Rows;

/// The evidence of a sheet so far: flags and row numbers, no personal data. Goes into the splitter's checkpoint, and
/// stays with the run for the summary.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetEvidence {
    /// The tab that is read; none of a text file.
    pub tab: Option<String>,
    pub(crate) dates: DateEvidence,
    pub(crate) hidden: Rows,
}

impl SheetEvidence {
    /// Warnings of what is odd about the sheet and keeps nothing back, for the summary.
    pub fn warnings(&self) -> Vec<String> {
        let hidden = (self.hidden.count > 0)
            .then(|| format!("hidden rows are read too: the sheet hides {}, by a filter or by hand", self.hidden));
        hidden.into_iter().chain(self.dates.warnings()).collect()
    }

    pub(crate) fn problems(&self) -> Vec<FileProblem> {
        self.dates.problems()
    }
}

wire::debug_only!(SheetEvidence { dates, hidden });
