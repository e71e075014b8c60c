//! A sheet in the check: read, judged, corrected.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use feeds::{ExcludedIds, Feed, FileProblem, Header, Origin, Rules};
use sheets::{Format, Limits, Rows, no_sheet};

use crate::rows::PackedRows;
use crate::verdicts::{Choice, Pass};

/// The header is looked for in so many rows, and what kind of sheet it is.
const HEADER_WITHIN: usize = 10;

/// A sheet, and what is known of it so far.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) rows: PackedRows,
    /// The rest of it, while it is read.
    source: Option<Rows>,
    read: Arc<AtomicU64>,
    size: u64,
    origin: Option<Origin>,
    /// Why it, or the rest of it, cannot be read.
    pub(crate) unreadable: Option<FileProblem>,
    /// The pass whose findings are shown.
    pub(crate) pass: Option<Pass>,
    /// The next one, which takes its place when it is done: rows were corrected meanwhile.
    next: Option<Pass>,
    /// What stood in the cells that were typed over.
    pub(crate) corrected: BTreeMap<(usize, usize), String>,
}

/// How far the sheet is read and judged.
#[derive(serde::Serialize)]
pub(crate) struct Progress {
    /// It is still being read; else judged.
    is_reading: bool,
    share: f64,
    rows: usize,
    is_done: bool,
}

impl Sheet {
    /// Opens the file of this name.
    pub(crate) fn open(name: String, bytes: Vec<u8>) -> Self {
        let read = Arc::new(AtomicU64::new(0));
        let size = bytes.len() as u64;
        let file = Measured { bytes: Cursor::new(bytes), read: Arc::clone(&read) };
        let opened = match Format::of(&name, None) {
            Some(format) => sheets::open(file, format, &Limits::default()).map_err(|error| error.file_problem()),
            None => Err(no_sheet(&name, None)),
        };
        let (source, unreadable) = match opened {
            Ok(rows) => (Some(rows), None),
            Err(problem) => (None, Some(problem)),
        };
        let origin = source.as_ref().map(|rows| rows.origin.clone());
        let (rows, corrected) = Default::default();
        Self { name, rows, source, read, size, origin, unreadable, pass: None, next: None, corrected }
    }

    /// Reads or judges so many rows more.
    pub(crate) fn step(&mut self, count: usize) -> Progress {
        if let Some(source) = &mut self.source {
            for _ in 0..count {
                match source.next() {
                    Some(Ok(row)) => self.rows.push(&row),
                    Some(Err(error)) => self.unreadable = Some(error.file_problem()),
                    None => {
                        self.source = None;
                        break;
                    }
                }
            }
            let share = self.read.load(Ordering::Relaxed) as f64 / self.size.max(1) as f64;
            return Progress { is_reading: true, share, rows: self.rows.len(), is_done: false };
        }
        let mut progress = Progress { is_reading: false, share: 1.0, rows: self.rows.len(), is_done: true };
        if let Some(next) = &mut self.next {
            next.step(&self.rows, count, self.unreadable.as_ref());
            (progress.share, progress.is_done) = (next.share(&self.rows), next.is_done);
        }
        if progress.is_done && self.next.is_some() {
            self.pass = self.next.take();
        }
        progress
    }

    /// Judges all rows anew; where no feed is named, by the one that the header is most like.
    pub(crate) fn judge(&mut self, feed: Option<&'static Feed>, as_of: NaiveDate, excluded: &str) {
        let rules = Rules { as_of, excluded: ExcludedIds::parse(excluded) };
        let first = || (0..HEADER_WITHIN).filter_map(|at| self.rows.get(at)).collect::<Vec<_>>();
        let feed = feed.or_else(|| Feed::guess(&first())).or_else(|| feeds::all().first().copied());
        if let (Some(feed), Some(origin)) = (feed, &self.origin) {
            self.next = Some(Pass::new(Choice { feed, rules }, origin));
        }
    }

    /// Writes a text over a cell. The row's own verdict is there at once; all are judged anew in steps.
    pub(crate) fn correct(&mut self, at: usize, column: usize, text: &str) {
        let Some(row) = self.rows.get(at) else { return };
        let old = row.cells.get(column).map_or("", |cell| &cell.text);
        let first = self.corrected.entry((at, column)).or_insert_with(|| old.to_owned());
        if first == text {
            self.corrected.remove(&(at, column));
        }
        self.rows.write(at, column, text);
        let Some(pass) = &mut self.pass else { return };
        if let Some(mut again) = pass.again().filter(|_| pass.header().is_some_and(|header| header.row < row.number)) {
            let judged = self.rows.get(at).and_then(|row| again.judge(row));
            pass.correct(at, judged.as_ref());
        }
        if let Some(origin) = &self.origin {
            self.next = Some(Pass::new(pass.choice.clone(), origin));
        }
    }

    /// How many rows have a cell that was typed over.
    pub(crate) fn corrected_rows(&self) -> usize {
        self.corrected.keys().map(|(at, _)| at).collect::<BTreeSet<_>>().len()
    }

    /// The pass whose findings are shown, and the header that it found.
    pub(crate) fn judged(&self) -> Option<(&Pass, &Header)> {
        let pass = self.pass.as_ref()?;
        Some((pass, pass.header()?))
    }

    /// The tab that is read, where there are tabs.
    pub(crate) fn tab(&self) -> Option<&str> {
        match &self.origin {
            Some(Origin::Tab(name)) => Some(name),
            _ => None,
        }
    }
}

/// A file in memory that tells how far it is read.
struct Measured {
    bytes: Cursor<Vec<u8>>,
    read: Arc<AtomicU64>,
}

impl Read for Measured {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.bytes.read(buffer);
        self.read.store(self.bytes.position(), Ordering::Relaxed);
        read
    }
}

impl Seek for Measured {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.bytes.seek(to)
    }
}
