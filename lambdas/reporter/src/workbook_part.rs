//! One spreadsheet of a summary, part by part, in constant memory.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use feeds::{Parts, Placed, RowResult, Spreadsheet, SummaryLine, Tally};
use sheets::Workbook;

use crate::error::ReportError;

/// The part of a spreadsheet that is being written.
pub(crate) struct WorkbookPart<'a> {
    /// Its layout.
    pub(crate) spreadsheet: &'a Spreadsheet,
    /// How it is divided.
    pub(crate) parts: Parts,
    /// Which part, counted from 0.
    pub(crate) part: u64,
    /// None of a part that an earlier try has stored.
    workbook: Option<Workbook>,
    /// Which tab is the summary; none where the spreadsheet has none.
    summary: Option<usize>,
    /// Those of the part's rows.
    warnings: Tally,
}

impl<'a> WorkbookPart<'a> {
    /// A part with its tabs and headers, and the lines of the tab `summary`.
    pub(crate) fn begin(
        spreadsheet: &'a Spreadsheet,
        parts: Parts,
        part: u64,
        summary: &[SummaryLine],
    ) -> Result<Self, ReportError> {
        let mut workbook = Workbook::default();
        let mut begun = Self::stored(spreadsheet, parts, part);
        for tab in &spreadsheet.tabs {
            if tab.is_summary() {
                let number = workbook.add_summary(tab.name)?;
                begun.summary = Some(number);
                for line in summary {
                    workbook.push_summary(number, line)?;
                }
            } else {
                let columns: Vec<String> = tab.columns().into_iter().map(ToOwned::to_owned).collect();
                workbook.add_tab(tab.name, &columns, tab.in_sight())?;
            }
        }
        Ok(Self { workbook: Some(workbook), ..begun })
    }

    /// A part that is stored already: its lines go nowhere.
    pub(crate) fn stored(spreadsheet: &'a Spreadsheet, parts: Parts, part: u64) -> Self {
        Self { spreadsheet, parts, part, workbook: None, summary: None, warnings: Tally::default() }
    }

    /// Takes in a row of the part, in the sheet's order, for what the summary says of its warnings.
    pub(crate) fn note(&mut self, row: &RowResult) {
        if self.summary.is_some() {
            row.warnings.iter().for_each(|warning| self.warnings.add_warning(row.row, warning));
        }
    }

    /// Adds a line to its tab.
    pub(crate) fn push(&mut self, line: &Placed) -> Result<(), ReportError> {
        let Some(workbook) = &mut self.workbook else { return Ok(()) };
        Ok(workbook.push_with_look(line.tab, &line.cells, &line.look)?)
    }

    /// The name of the part's file.
    pub(crate) fn name(&self) -> String {
        self.parts.name(self.spreadsheet, self.part)
    }

    /// The part as a file that has no name on disk; none of one that is stored already.
    pub(crate) fn finish(self) -> Result<Option<File>, ReportError> {
        let Some(mut workbook) = self.workbook else { return Ok(None) };
        if let Some(summary) = self.summary {
            for line in feeds::warning_lines(&self.warnings) {
                workbook.push_summary(summary, &line)?;
            }
        }
        let mut file = tempfile::tempfile()?;
        workbook.save(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Some(file))
    }
}
