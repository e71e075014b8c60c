//! Rows are read on a thread of its own, ahead of what is decided of them.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use feeds::SheetRow;
use sheets::{ReadError, Rows};

type Row = Result<SheetRow, ReadError>;

/// So many rows go from thread to thread at once, and so many times as many are read ahead at most.
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
    use std::io::Cursor;

    use sheets::{Format, Limits, open};

    use super::*;

    fn rows(number: usize) -> Rows {
        open(Cursor::new("a,b\n".repeat(number)), Format::Csv, &Limits::default()).expect("a sheet")
    }

    #[test]
    fn each_row_comes_in_its_order() {
        for number in [1, BATCH - 1, BATCH, BATCH + 1, 10 * BATCH * AHEAD] {
            let mut seen = Vec::new();
            let all = each(rows(number), |row| row.map(|row| seen.push(row.number as usize)));
            assert!(all.is_ok() && seen.into_iter().eq(1..=number), "{number}");
        }
    }

    #[test]
    fn where_one_is_not_taken_the_reading_ends() {
        let mut left = 5;
        let end = each(rows(100 * BATCH * AHEAD), |row| {
            left -= 1;
            if left == 0 { Err(row.expect("a row").number) } else { Ok(()) }
        });
        assert_eq!(end, Err(5));
    }
}
