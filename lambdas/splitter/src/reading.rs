//! A file is read whole into the ledger, and nothing of it is enqueued before.

use chrono::{DateTime, Utc};
use drive::{Drive, Entry};
use feeds::{FileProblem, Intake, Judged, Origin};
use lambda_support::invocation::Deadline;
use ledger::{Checkpoint, Enqueueing, NewRow, Reading};

use crate::error::SplitError;
use crate::poll::{RESERVE, Splitter};
use crate::select::revision;
use crate::source::{Source, SourceError};

/// Rows that go into the ledger at once.
const CHUNK: usize = 500;
/// Bytes of cells after which a chunk is written, however few its rows are.
const CHUNK_BYTES: usize = 4 << 20;
/// Columns of a sheet. Its summary is an XLSX file, which has 16,384 at most, and puts its own beside them.
const MOST_COLUMNS: usize = 16_000;
/// The remedy for a header that is too large.
const FEWER_COLUMNS: &str =
    "Take out the columns that are not needed, or check that this is the right file, and drop it again.";

/// How reading went on.
enum Next {
    /// Read to its end, and unchanged.
    Whole,
    /// The invocation's time is nearly up: the next schedule goes on.
    Later,
    /// The file cannot be ingested.
    Reject(Vec<FileProblem>),
    /// A newer revision has taken its place.
    Replaced,
    /// A Google Sheet was edited meanwhile: from the beginning.
    StartOver(DateTime<Utc>),
}

impl Splitter {
    /// Reads a claimed file to its end, if there is time for it. Gives what is to be enqueued, if it came to that.
    pub(crate) async fn read(
        &self,
        mut reading: Reading,
        deadline: Deadline,
    ) -> Result<Option<Enqueueing>, SplitError> {
        loop {
            match self.read_on(&mut reading, deadline).await {
                Ok(Next::Whole) => return Ok(Some(reading.read_whole().await?)),
                Ok(Next::Later) => {
                    tracing::info!(
                        rows_read = reading.run().rows_read,
                        "time is nearly up: the next schedule reads on"
                    );
                    reading.release().await?;
                }
                Ok(Next::Reject(problems)) => {
                    tracing::warn!(problems = problems.len(), "the file is rejected: its summary says why");
                    reading.reject(&problems).await?;
                }
                Ok(Next::Replaced) => {
                    tracing::info!("the file was changed while it was read: its new content is a new run");
                    reading.supersede().await?;
                }
                Ok(Next::StartOver(modified)) => {
                    tracing::info!("the sheet was edited while it was read: it is read again from the beginning");
                    reading.start_over(modified).await?;
                    continue;
                }
                Err(error) => {
                    reading.release().await?;
                    return Err(error);
                }
            }
            return Ok(None);
        }
    }

    async fn read_on(&self, reading: &mut Reading, deadline: Deadline) -> Result<Next, SplitError> {
        let drive = self.drive.until(deadline.before(RESERVE));
        let entry = match self.as_claimed(reading, drive.entry(&reading.run().file_id).await?) {
            Ok(entry) => entry,
            Err(next) => return Ok(next),
        };
        let last_row = reading.run().checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.last_row);
        let source = match Source::open(&drive, &entry, last_row).await {
            Ok(Some(source)) => source,
            Ok(None) => return Ok(Next::Reject(vec![sheets::no_sheet(&entry.name, Some(&entry.mime_type))])),
            Err(error) => return self.after(error, reading, &drive).await,
        };
        match self.ledger_rows(reading, source, &drive, deadline).await? {
            Next::Whole => {}
            other => return Ok(other),
        }
        Ok(self.as_claimed(reading, drive.entry(&entry.id).await?).map_or_else(|next| next, |_| Next::Whole))
    }

    /// The meaning of an unreadable source for the file.
    async fn after(&self, error: SourceError, reading: &Reading, drive: &Drive) -> Result<Next, SplitError> {
        match error {
            SourceError::File(problem) => Ok(Next::Reject(vec![problem])),
            SourceError::Disk(error) => Err(error.into()),
            SourceError::Drive(drive::Error::NoTab { .. }) => Ok(reject(
                "The Google Sheet has no visible tab with cells.",
                "Show the tab that holds the list and drop a copy of the sheet.",
            )),
            SourceError::Drive(drive::Error::RowTooLarge(_, row, _)) => Ok(reject(
                format!("Row {row} of the Google Sheet is too large to be read."),
                "Shorten the longest cells of that row; the sheet is read again once it was changed.",
            )),
            SourceError::Drive(error @ (drive::Error::Changed { .. } | drive::Error::NotFound { .. })) => {
                // What is there now says what to do about it.
                let now = drive.entry(&reading.run().file_id).await?;
                self.as_claimed(reading, now).map_or_else(Ok, |_| Err(error.into()))
            }
            SourceError::Drive(error) => Err(error.into()),
        }
    }

    /// The file, if it is still what was claimed.
    fn as_claimed(&self, reading: &Reading, entry: Option<Entry>) -> Result<Entry, Next> {
        let run = reading.run();
        match entry {
            None => Err(gone("deleted, or is no longer shared with this service,")),
            Some(entry) if entry.trashed => Err(gone("put into the trash")),
            Some(entry) => match revision(&entry) {
                Some(revision) if revision != run.revision => Err(Next::Replaced),
                None if entry.modified != run.file_modified => Err(Next::StartOver(entry.modified)),
                _ => Ok(entry),
            },
        }
    }

    /// Judges row after row and ledgers them in chunks.
    async fn ledger_rows(
        &self,
        reading: &mut Reading,
        mut source: Source,
        drive: &Drive,
        deadline: Deadline,
    ) -> Result<Next, SplitError> {
        let mut intake = match intake_of(reading, source.origin()) {
            Ok(intake) => intake,
            Err(problems) => return Ok(Next::Reject(problems)),
        };
        // Of a file that was read to its end no row comes: the checkpoint stays where it is.
        let last_row = reading.run().checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.last_row);
        let mut chunk = Chunk { last_row, ..Chunk::default() };
        loop {
            let rows = match source.next().await {
                Ok(Some(rows)) => rows,
                Ok(None) => break,
                Err(error) => return self.after(error, reading, drive).await,
            };
            for row in rows {
                let number = row.number;
                match intake.push(row) {
                    Ok(judged) => chunk.add(judged, number),
                    Err(rejected) => return Ok(Next::Reject(rejected.problems)),
                }
                if chunk.is_full()
                    && let Some(next) = write(reading, &intake, &mut chunk).await?
                {
                    return Ok(next);
                }
            }
            if deadline.left() < RESERVE {
                return Ok(write(reading, &intake, &mut chunk).await?.unwrap_or(Next::Later));
            }
        }
        match intake.finish() {
            Ok(judged) => chunk.add(judged, chunk.last_row),
            Err(rejected) => return Ok(Next::Reject(rejected.problems)),
        }
        Ok(write(reading, &intake, &mut chunk).await?.unwrap_or(Next::Whole))
    }
}

/// Rows that wait to be ledgered.
#[derive(Default)]
struct Chunk {
    rows: Vec<NewRow>,
    bytes: usize,
    /// The last row that the reader has seen.
    last_row: u32,
}

impl Chunk {
    fn add(&mut self, judged: Vec<Judged>, last_row: u32) {
        for row in judged.into_iter().map(NewRow::from) {
            self.bytes += row.cells.iter().map(String::len).sum::<usize>();
            self.rows.push(row);
        }
        self.last_row = last_row;
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= CHUNK || self.bytes >= CHUNK_BYTES
    }
}

/// Writes a chunk and moves the checkpoint; nothing before the header is found, for those rows are read again.
async fn write(reading: &mut Reading, intake: &Intake, chunk: &mut Chunk) -> Result<Option<Next>, SplitError> {
    let Some(header) = intake.header() else { return Ok(None) };
    let columns = header.columns.len();
    if columns > MOST_COLUMNS {
        let problem =
            format!("The sheet has {columns} columns: more than {MOST_COLUMNS} cannot be shown in its summary.");
        return Ok(Some(reject(problem, FEWER_COLUMNS)));
    }
    if reading.run().header.is_none() {
        match reading.set_header(header).await {
            Err(ledger::Error::TooLarge(_)) => {
                return Ok(Some(reject("The header row is larger than 300 KB.", FEWER_COLUMNS)));
            }
            set => set?,
        }
    }
    let checkpoint = Checkpoint { last_row: chunk.last_row, evidence: intake.evidence().clone() };
    reading.record(&chunk.rows, checkpoint).await?;
    *chunk = Chunk { last_row: chunk.last_row, ..Chunk::default() };
    Ok(None)
}

/// Where reading goes on, or begins.
fn intake_of(reading: &Reading, origin: Origin) -> Result<Intake, Vec<FileProblem>> {
    let run = reading.run();
    match (&run.header, &run.checkpoint) {
        (Some(header), Some(checkpoint)) => {
            Intake::resume(run.feed, run.rules.clone(), origin, header.clone(), checkpoint.evidence.clone())
                .map_err(|rejected| rejected.problems)
        }
        _ => Ok(Intake::new(run.feed, run.rules.clone(), origin)),
    }
}

fn reject(problem: impl Into<String>, how_to_fix: &str) -> Next {
    Next::Reject(vec![FileProblem { problem: problem.into(), how_to_fix: how_to_fix.to_owned() }])
}

fn gone(how: &str) -> Next {
    reject(
        format!("The file was {how} while it was being read. Nothing of it was sent."),
        "If that was a mistake, upload the list again as a new file: a restored one is not looked at again.",
    )
}
