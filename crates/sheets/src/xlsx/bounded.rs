//! The limits of one part of a workbook: bytes in all, and bytes of one piece of its markup.

use std::error::Error as Cause;
use std::io::{self, BufRead, BufReader, Read};

use thiserror::Error;

use crate::error::{ReadError, of_the_disk};

/// The most bytes of one tag, text or comment, which the parser holds whole. A cell of 32,767 characters takes up 230 KB
/// where each is escaped.
pub(super) const LONGEST_PIECE: usize = 1 << 20;

/// The name of such a piece.
pub(super) const A_PIECE: &str = "a single cell or format in it";

const CHUNK: usize = 64 * 1024;

/// How many bytes a part may have, and what is said where it has more.
#[derive(Clone, Copy, Debug, Error)]
#[error("more than {bytes} bytes")]
pub(super) struct Bound {
    what: &'static str,
    limit: u64,
    bytes: u64,
}

impl Bound {
    /// Of a part that is called so.
    pub(super) const fn new(what: &'static str, bytes: u64) -> Self {
        Self { what, limit: bytes, bytes }
    }

    /// The same, but for what is left of a limit on all parts together, if that is less.
    pub(super) fn within(self, left: u64, limit: u64) -> Self {
        if left < self.bytes { Self { what: "everything in it together", limit, bytes: left } } else { self }
    }
}

/// An unpacked part that ends in an error where it is larger than it may be.
pub(super) struct Bounded<'p> {
    input: BufReader<Box<dyn Read + Send + 'p>>,
    bound: Bound,
    read: u64,
    piece: usize,
}

impl<'p> Bounded<'p> {
    pub(super) fn new(input: impl Read + Send + 'p, bound: Bound) -> Self {
        Self { input: BufReader::with_capacity(CHUNK, Box::new(input)), bound, read: 0, piece: 0 }
    }

    /// A new piece of markup begins here.
    pub(super) fn new_piece(&mut self) {
        self.piece = 0;
    }

    /// Reads to the end, where the archive's checksum is compared. The size of the whole comes back.
    pub(super) fn finish(mut self) -> Result<u64, ReadError> {
        loop {
            self.new_piece();
            let length = self.fill_buf().map_err(|error| unreadable(&error))?.len();
            if length == 0 {
                return Ok(self.read);
            }
            self.consume(length);
        }
    }
}

impl BufRead for Bounded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece > LONGEST_PIECE {
            return Err(io::Error::other(Bound::new(A_PIECE, LONGEST_PIECE as u64)));
        }
        while let Err(error) = self.input.fill_buf() {
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        let available = self.input.buffer();
        if self.read + available.len() as u64 > self.bound.bytes {
            return Err(io::Error::other(self.bound));
        }
        Ok(available)
    }

    fn consume(&mut self, length: usize) {
        self.read += length as u64;
        self.piece += length;
        self.input.consume(length);
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

/// Why a part cannot be unpacked any further: it is too large, the disk fails, or the archive is damaged.
pub(super) fn unreadable(error: &(dyn Cause + 'static)) -> ReadError {
    if let Some(disk) = of_the_disk(error) {
        return ReadError::Io(disk);
    }
    let io = error.downcast_ref::<io::Error>();
    match io.and_then(io::Error::get_ref).and_then(|inner| inner.downcast_ref::<Bound>()) {
        Some(&Bound { what, limit, .. }) => ReadError::TooLarge { what, limit },
        None => ReadError::broken("it is cut off, or was changed on its way"),
    }
}
