//! How a preview is shown.

use std::io;

use feeds::{FileProblem, Header, Judged, SheetEvidence};
use preview::Findings;

/// How the preview is shown. Rows come as they are read, so a file of any length needs no more memory.
pub(super) trait View {
    /// The header was found, in this tab where there are tabs; the rows after it follow.
    fn header(&mut self, header: &Header, tab: Option<&str>) -> io::Result<()>;
    fn row(&mut self, row: &Judged) -> io::Result<()>;
    /// The end: these rows would be ingested.
    fn accepted(&mut self, findings: &Findings, sheet: &SheetEvidence) -> io::Result<()>;
    /// The end: nothing would be, whatever the rows before looked like.
    fn rejected(&mut self, problems: &[FileProblem]) -> io::Result<()>;
}
