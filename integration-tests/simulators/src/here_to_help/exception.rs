//! What the database, or the code around it, throws.

/// Why the database, or the code around it, threw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exception {
    /// U+0000 in a text
    Nul,
    /// `Metadata` that a jsonb cannot hold
    Jsonb,
    /// A row that does not exist is pointed to
    ForeignKey,
    /// A row that does not exist is changed
    NoSuchRecord,
    /// `HelpNeeded` is null where it is compared
    NullReference,
    /// A pattern of `LIKE` ends in a backslash, and a row comes that far
    LikePattern,
    /// A fault that a test ordered strikes here
    Stopped,
}
