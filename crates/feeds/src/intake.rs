//! A file being read.

use chrono::NaiveDate;

use crate::decision::{FileRejected, Judged};
use crate::feed::Feed;
use crate::header::Header;
use crate::month_first::DateEvidence;
use crate::row::SheetRow;
use crate::rules::Rules;

/// Reads a sheet row by row: looks for the header, judges every row after it, and watches for month-first dates.
#[derive(Debug)]
pub struct Intake {
    feed: &'static Feed,
    rules: Rules,
    header: Option<Header>,
    evidence: DateEvidence,
}

impl Intake {
    /// Before the first row of a sheet.
    pub fn new(feed: &'static Feed, rules: Rules) -> Self {
        Self { feed, rules, header: None, evidence: DateEvidence::default() }
    }

    /// In the middle of a sheet, after the header: goes on from a checkpoint.
    pub fn resume(
        feed: &'static Feed,
        rules: Rules,
        header: Header,
        evidence: DateEvidence,
    ) -> Result<Self, FileRejected> {
        Ok(Self { feed, rules, header: Some(header), evidence })
    }

    /// Takes the sheet's next row (header and blank rows too) and gives the rows that are decided now.
    ///
    /// While the header is looked for, in the first 10 rows, nothing comes back; then the rows after it do at once.
    pub fn push(&mut self, _row: SheetRow) -> Result<Vec<Judged>, FileRejected> {
        Ok(Vec::new())
    }

    /// The end of the sheet: gives the rows still held back (of a sheet shorter than 10 rows), or why the file is rejected.
    pub fn finish(&mut self) -> Result<Vec<Judged>, FileRejected> {
        Ok(Vec::new())
    }

    /// The header, once it is found.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// What was seen of the date columns so far; for the checkpoint.
    pub fn evidence(&self) -> &DateEvidence {
        &self.evidence
    }
}
