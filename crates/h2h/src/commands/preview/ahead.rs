//! Rows are read on a thread of their own, ahead of what is decided of them.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use feeds::SheetRow;
use sheets::{ReadError, Rows};

type Row = Result<SheetRow, ReadError>;

/// So many rows go from thread to thread at once, and so many batches of them wait at most.
const BATCH: usize = 100;
const AHEAD: usize = 4;

/// Takes each row, in the sheet's order, until they end or one is not taken.
pub(super) fn each<E>(rows: Rows, take: impl FnMut(Row) -> Result<(), E>) -> Result<(), E> {
    let (sender, batches) = sync_channel(AHEAD);
    thread::scope(|scope| {
        scope.spawn(move || read(rows, &sender));
        batches.into_iter().flatten().try_for_each(take)
    })
}

/// Ends where nobody takes more, too.
fn read(rows: Rows, batches: &SyncSender<Vec<Row>>) {
    let mut batch = Vec::with_capacity(BATCH);
    for row in rows {
        batch.push(row);
        if batch.len() == BATCH && batches.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err() {
            return;
        }
    }
    drop(batches.send(batch));
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Seek, SeekFrom};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use sheets::{Format, Limits, open};

    use super::*;

    /// A file that counts what is read of it.
    struct Counted(Cursor<String>, Arc<AtomicUsize>);

    impl Read for Counted {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let read = self.0.read(into)?;
            self.1.fetch_add(read, Ordering::SeqCst);
            Ok(read)
        }
    }

    impl Seek for Counted {
        fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
            self.0.seek(to)
        }
    }

    /// So many rows, and how many bytes are read of them from here on.
    fn rows(number: usize) -> (Rows, Arc<AtomicUsize>) {
        let read = Arc::<AtomicUsize>::default();
        let file = Counted(Cursor::new("a,b\n".repeat(number)), read.clone());
        let rows = open(file, Format::Csv, &Limits::default()).expect("a sheet");
        read.store(0, Ordering::SeqCst);
        (rows, read)
    }

    #[test]
    fn each_row_comes_in_its_order() {
        for number in [1, BATCH - 1, BATCH, BATCH + 1, 10 * BATCH * AHEAD] {
            let mut seen = Vec::new();
            let all = each(rows(number).0, |row| row.map(|row| seen.push(row.number as usize)));
            assert!(all.is_ok() && seen.into_iter().eq(1..=number), "{number}");
        }
    }

    #[test]
    fn where_one_is_not_taken_the_reading_ends() {
        let (mut left, number) = (5, 10_000 * BATCH * AHEAD);
        let (rows, read) = rows(number);
        let end = each(rows, |row| {
            left -= 1;
            if left == 0 { Err(row.expect("a row").number) } else { Ok(()) }
        });
        assert_eq!(end, Err(5));
        assert!(read.load(Ordering::SeqCst) < number, "not a quarter of the file");
    }
}
