//! The parts of a preview, and how it is shown.

use std::io;

use feeds::{Decision, FileProblem, Header, Judged, SheetEvidence};

use super::doubles::Doubles;

/// How the preview is shown. Rows come as they are read, so a file of any length needs no more memory.
pub(super) trait View {
    /// The header was found, in this tab where there are tabs; the rows after it follow.
    fn header(&mut self, header: &Header, tab: Option<&str>) -> io::Result<()>;
    fn row(&mut self, row: &Judged) -> io::Result<()>;
    /// The end: these rows would be ingested.
    fn accepted(&mut self, counts: &Counts, doubles: &Doubles, sheet: &SheetEvidence) -> io::Result<()>;
    /// The end: nothing would be, whatever the rows before looked like.
    fn rejected(&mut self, problems: &[FileProblem]) -> io::Result<()>;
}

#[derive(Default)]
pub(super) struct Counts {
    pub(super) post: u64,
    pub(super) skipped: u64,
    pub(super) to_fix: u64,
}

impl Counts {
    pub(super) fn add(&mut self, decision: &Decision) {
        match decision {
            Decision::Post(_) => self.post += 1,
            Decision::Skipped { .. } => self.skipped += 1,
            Decision::Rejected { .. } => self.to_fix += 1,
        }
    }

    pub(super) fn all(&self) -> u64 {
        self.post + self.skipped + self.to_fix
    }
}
