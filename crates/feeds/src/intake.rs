//! A file being read.

use crate::decision::Judged;
use crate::evidence::SheetEvidence;
use crate::example;
use crate::feed::Feed;
use crate::header::{HEADER_WITHIN, Header, Places};
use crate::judge::judge;
use crate::problem::FileRejected;
use crate::row::{Cell, Origin, SheetRow};
use crate::rules::Rules;

/// Reads a sheet row by row: looks for the header, judges every row after it, and watches for month-first dates.
///
/// Keeps no row but the first ten, so it needs the same memory for every sheet.
#[derive(Debug)]
pub struct Intake {
    feed: &'static Feed,
    rules: Rules,
    origin: Origin,
    state: State,
    evidence: SheetEvidence,
}

#[derive(Debug)]
enum State {
    /// Looking for the header among the rows so far.
    Searching(Vec<SheetRow>),
    /// After the header.
    Reading(Header, Places),
}

impl Intake {
    /// Before the first row of a sheet.
    pub fn new(feed: &'static Feed, rules: Rules, origin: Origin) -> Self {
        let tab = match &origin {
            Origin::Separated => None,
            Origin::Tab(name) => Some(name.clone()),
        };
        let evidence = SheetEvidence { tab, ..SheetEvidence::default() };
        Self { feed, rules, origin, state: State::Searching(Vec::new()), evidence }
    }

    /// In the middle of a sheet, after the header was found: goes on from a checkpoint with the next row.
    ///
    /// # Errors
    /// The header lacks columns that the feed uses: it is not one that an intake found.
    pub fn resume(
        feed: &'static Feed,
        rules: Rules,
        origin: Origin,
        header: Header,
        evidence: SheetEvidence,
    ) -> Result<Self, FileRejected> {
        let places = Places::of(feed, &header)?;
        Ok(Self { feed, rules, origin, state: State::Reading(header, places), evidence })
    }

    /// Takes the sheet's next row (header and blank rows too) and gives the rows that are decided now.
    ///
    /// While the header is looked for, in the first 10 rows, nothing comes back; then the rows after it do at once.
    /// Blank rows never come back. A row that is too large for the ledger comes back rejected, its cells cut.
    ///
    /// # Errors
    /// No header, or one that lacks columns or has them twice: the file is rejected, and no row more is wanted.
    pub fn push(&mut self, row: SheetRow) -> Result<Vec<Judged>, FileRejected> {
        let number = row.number;
        if let State::Searching(rows) = &mut self.state
            && number <= HEADER_WITHIN
        {
            rows.push(row);
            return if number == HEADER_WITHIN { self.start_reading() } else { Ok(Vec::new()) };
        }
        let mut judged = self.start_reading()?;
        judged.extend(self.judge(row));
        Ok(judged)
    }

    /// The end of the sheet: gives the rows still held back (of a sheet shorter than 10 rows).
    ///
    /// # Errors
    /// The file is rejected: no header was found, or a date column is written month first.
    pub fn finish(&mut self) -> Result<Vec<Judged>, FileRejected> {
        let judged = self.start_reading()?;
        let problems = self.evidence.problems();
        if problems.is_empty() { Ok(judged) } else { Err(with_the_tab(&self.origin, FileRejected { problems })) }
    }

    /// The header, once it is found.
    pub fn header(&self) -> Option<&Header> {
        match &self.state {
            State::Searching(_) => None,
            State::Reading(header, _) => Some(header),
        }
    }

    /// The evidence of the sheet as a whole so far; for the checkpoint.
    pub fn evidence(&self) -> &SheetEvidence {
        &self.evidence
    }

    /// Gives the rows below the header; none where it was found before.
    fn start_reading(&mut self) -> Result<Vec<Judged>, FileRejected> {
        let State::Searching(rows) = &mut self.state else { return Ok(Vec::new()) };
        let found = Header::find(self.feed, rows).and_then(|header| Ok((Places::of(self.feed, &header)?, header)));
        let (places, header) = found.map_err(|rejected| with_the_tab(&self.origin, rejected))?;
        self.evidence.begin(&header);
        let after: Vec<SheetRow> = rows.drain(..).filter(|row| row.number > header.row).collect();
        self.state = State::Reading(header, places);
        Ok(after.into_iter().filter_map(|row| self.judge(row)).collect())
    }

    fn judge(&mut self, mut row: SheetRow) -> Option<Judged> {
        let State::Reading(header, places) = &self.state else { return None };
        if row.is_blank() {
            return None;
        }
        // A merged cell that begins in the header or above it is a title, not a value.
        for cell in row.cells.iter_mut().filter(|cell| cell.merged_from.is_some_and(|first| first <= header.row)) {
            *cell = Cell::text("");
        }
        if row.hidden {
            self.evidence.hidden.add(row.number);
        }
        let clean = places.clean(row.number, row.cells);
        if !example::is_it(places.used(&clean.cells)) {
            self.evidence.note_cells(&clean.cells);
            for place in places.columns.iter().filter(|place| place.column.field.is_date()) {
                if let Some(cell) = clean.cells.get(place.index) {
                    self.evidence.note_date(&place.name, row.number, cell);
                }
            }
        }
        Some(judge(self.feed, &self.rules, places, &self.origin, row.number, clean).within_size(header))
    }
}

/// Says which tab was read: another one may be the list.
fn with_the_tab(origin: &Origin, mut rejected: FileRejected) -> FileRejected {
    if let (Origin::Tab(name), Some(first)) = (origin, rejected.problems.first_mut()) {
        first.problem = format!("{} (the tab \u{201C}{name}\u{201D} was read)", first.problem);
    }
    rejected
}
