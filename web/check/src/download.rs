//! What the page gives back: the corrected sheet, the rows to fix, a template.

use chrono::NaiveDate;
use feeds::{Decision, Feed, Intake, Judged, Origin, SheetEvidence, SheetRow};
use preview::ToFix;
use serde::Serialize;
use sheets::{TextSheet, TextSheetError};

use crate::sheet::Sheet;
use crate::verdicts::Again;

/// How many rows are named that are left out.
const NAMED: usize = 10;

/// A file of the sheet's rows that is being made.
pub(crate) struct Making {
    lines: Lines,
    /// Judges the rows as they are shown.
    again: Again,
    book: TextSheet,
    told: Told,
    /// The place of the next row.
    next: usize,
}

/// Which lines the file has.
enum Lines {
    /// All rows as they stand now. A row that would become something else when it is read from the file, where every cell is
    /// text, is left out: nothing is sent that was not shown. This judges it so.
    Corrected(Box<Intake>),
    /// The rows to correct alone, in the form of the summary's tab.
    ToFix(Box<ToFix>),
}

/// What is said of a file.
#[derive(Default, Serialize)]
pub(crate) struct Told {
    /// Its bytes, once it is whole.
    pub(crate) size: usize,
    /// The share of the sheet's rows that were looked at.
    share: f64,
    is_done: bool,
    rows: usize,
    /// How many rows are not in it, and the first of them: as text they would become something else than is shown.
    left_out: usize,
    named: Vec<u32>,
}

impl Making {
    /// Begins with the corrected sheet; none where no header is known.
    pub(crate) fn corrected(sheet: &Sheet) -> Result<Option<Self>, TextSheetError> {
        let Some((pass, header)) = sheet.judged() else { return Ok(None) };
        let (choice, name) = (pass.choice.clone(), pass.choice.feed.name());
        let origin = Origin::Tab(name.to_owned());
        let as_text = Intake::resume(choice.feed, choice.rules, origin, header.clone(), SheetEvidence::default());
        let (Some(again), Ok(as_text)) = (pass.again(), as_text) else { return Ok(None) };
        Self::begin(
            Lines::Corrected(Box::new(as_text)),
            again,
            TextSheet::new(name, &header.columns)?,
            header.row,
            sheet,
        )
    }

    /// Begins with the rows to fix; none where no header is known, or the feed's summary has no such tab.
    pub(crate) fn to_fix(sheet: &Sheet) -> Result<Option<Self>, TextSheetError> {
        let Some((pass, header)) = sheet.judged() else { return Ok(None) };
        let form = ToFix::of(pass.choice.feed, header, pass.choice.rules.as_of);
        let (Some(again), Some(form)) = (pass.again(), form) else { return Ok(None) };
        let book = TextSheet::new(ToFix::TAB, &form.columns())?;
        Self::begin(Lines::ToFix(Box::new(form)), again, book, header.row, sheet)
    }

    fn begin(
        lines: Lines,
        again: Again,
        book: TextSheet,
        header: u32,
        sheet: &Sheet,
    ) -> Result<Option<Self>, TextSheetError> {
        let next = sheet.rows.place(header).map_or(0, |at| at + 1);
        Ok(Some(Self { lines, again, book, told: Told::default(), next }))
    }

    /// Writes so many rows more. True once all are written.
    pub(crate) fn step(&mut self, sheet: &Sheet, count: usize) -> Result<bool, TextSheetError> {
        let end = sheet.rows.len().min(self.next.saturating_add(count));
        for row in (self.next..end).filter_map(|at| sheet.rows.get(at)) {
            if let Some(judged) = self.again.judge(row) {
                self.write(&judged)?;
            }
        }
        self.next = end;
        self.told.share = end as f64 / sheet.rows.len().max(1) as f64;
        Ok(end == sheet.rows.len())
    }

    fn write(&mut self, judged: &Judged) -> Result<(), TextSheetError> {
        match &mut self.lines {
            Lines::Corrected(as_text) => {
                let again = as_text
                    .push(SheetRow::of_text(judged.row, judged.cells.iter().cloned()))
                    .ok()
                    .and_then(|mut all| all.pop());
                if !again.is_some_and(|again| is_same(&again.decision, &judged.decision)) {
                    self.told.leave_out(judged.row);
                    return Ok(());
                }
                self.book.push(&judged.cells)?;
            }
            Lines::ToFix(form) => {
                let Some(line) = form.line(judged) else { return Ok(()) };
                self.book.push(&line.cells)?;
            }
        }
        self.told.rows += 1;
        Ok(())
    }

    /// How far it has come.
    pub(crate) fn told(&self) -> &Told {
        &self.told
    }

    /// The whole file, and what is said of it.
    pub(crate) fn finish(self) -> Result<(Vec<u8>, Told), TextSheetError> {
        finish(self.book, self.told)
    }
}

/// A sheet with the right header and one made-up row.
pub(crate) fn template(feed: &Feed, today: NaiveDate) -> Result<(Vec<u8>, Told), TextSheetError> {
    let columns: Vec<&str> = feed.columns().iter().map(|column| column.name).collect();
    let mut book = TextSheet::new(feed.name(), &columns)?;
    book.push(&feed.example(today))?;
    finish(book, Told { rows: 1, ..Told::default() })
}

fn finish(book: TextSheet, told: Told) -> Result<(Vec<u8>, Told), TextSheetError> {
    let bytes = book.finish()?;
    let told = Told { size: bytes.len(), share: 1.0, is_done: true, ..told };
    Ok((bytes, told))
}

impl Told {
    fn leave_out(&mut self, row: u32) {
        self.left_out += 1;
        if self.named.len() < NAMED {
            self.named.push(row);
        }
    }
}

fn is_same(one: &Decision, other: &Decision) -> bool {
    match (one, other) {
        (Decision::Post(one), Decision::Post(other)) => one == other,
        (Decision::Skipped { .. }, Decision::Skipped { .. }) => true,
        (Decision::Rejected { problems: one }, Decision::Rejected { problems: other }) => one == other,
        _ => false,
    }
}
