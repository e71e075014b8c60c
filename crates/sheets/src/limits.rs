//! How much of a file is taken in at once. Whatever a file declares about itself is not believed: real sizes count.

/// The bounds of what one file may cost. [`Limits::default`] is what the service and `h2h` use; tests make them small.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one row. A row is held whole, and one above 350 KB is rejected later, by itself; a
    /// "row" of megabytes is a file that is not rows at all.
    pub row: usize,
    /// Bytes of those parts of an XLSX file together that are read, unpacked. 1 GiB is about 400,000 rows of 60 columns;
    /// they are streamed, so this bounds time and zip bombs rather than memory. It bounds by itself, too, what merged
    /// cells show in the rows below their first.
    pub unpacked: u64,
    /// Bytes of an XLSX file's table of shared texts, unpacked. It is the one part that is held in memory
    /// whole, at about its size (twice, if all its texts are empty). 64 MiB is a million different
    /// names, addresses and notes.
    pub shared_texts: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { row: 8 << 20, unpacked: 1 << 30, shared_texts: 64 << 20 }
    }
}
