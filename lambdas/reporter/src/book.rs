//! One spreadsheet of a summary, part by part, in constant memory.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use feeds::{Parts, RowResult, Spreadsheet, Tally};
use sheets::Workbook;

use crate::error::ReportError;

/// The part of a spreadsheet that is being written.
pub(crate) struct Book<'a> {
    /// What it looks like.
    pub(crate) spreadsheet: &'a Spreadsheet,
    /// How it is divided.
    pub(crate) parts: Parts,
    /// Which part, counted from 0.
    pub(crate) part: u64,
    workbook: Workbook,
    /// Which tab is the summary; none where the spreadsheet has none.
    summary: Option<usize>,
    /// Those of the part's rows.
    warnings: Tally,
}

impl<'a> Book<'a> {
    /// A part with its tabs and headers, and the lines of the tab `summary`.
    pub(crate) fn begin(
        spreadsheet: &'a Spreadsheet,
        parts: Parts,
        part: u64,
        summary: &[Vec<String>],
    ) -> Result<Self, ReportError> {
        let mut workbook = Workbook::new();
        let mut summary_tab = None;
        for tab in &spreadsheet.tabs {
            let columns: Vec<String> = tab.columns().into_iter().map(ToOwned::to_owned).collect();
            let number = match tab.is_to_fix() {
                true => workbook.add_tab_to_fill_in(tab.name(), &columns)?,
                false => workbook.add_tab(tab.name(), &columns)?,
            };
            if tab.is_summary() {
                workbook.activate(number)?;
                summary_tab = Some(number);
                for line in summary {
                    workbook.push(number, line)?;
                }
            }
        }
        Ok(Self { spreadsheet, parts, part, workbook, summary: summary_tab, warnings: Tally::default() })
    }

    /// Begins the next part, and gives the one that is full.
    pub(crate) fn turn_over(&mut self, summary: &[Vec<String>]) -> Result<Self, ReportError> {
        let next = Self::begin(self.spreadsheet, self.parts, self.part + 1, summary)?;
        Ok(std::mem::replace(self, next))
    }

    /// Takes in a row of the part, in the sheet's order, for what the summary says of its warnings.
    pub(crate) fn note(&mut self, row: &RowResult) {
        if self.summary.is_some() {
            row.warnings.iter().for_each(|warning| self.warnings.add_warning(row.row, warning));
        }
    }

    /// Adds a line to a tab.
    pub(crate) fn push(&mut self, tab: usize, cells: &[String]) -> Result<(), ReportError> {
        Ok(self.workbook.push(tab, cells)?)
    }

    /// The name of the part's file.
    pub(crate) fn name(&self) -> String {
        self.parts.name(self.spreadsheet, self.part)
    }

    /// The part as a file that has no name on disk.
    pub(crate) fn finish(mut self) -> Result<File, ReportError> {
        if let Some(summary) = self.summary {
            for line in feeds::warning_lines(&self.warnings) {
                self.workbook.push(summary, &line)?;
            }
        }
        let mut file = tempfile::tempfile()?;
        self.workbook.save(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}
