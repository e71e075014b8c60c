//! Failures inside the API, and the words that .NET and the database have for them.

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

impl Exception {
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Nul => "U+0000",
            Self::Jsonb => "not a jsonb",
            Self::ForeignKey => "no such resident or help request",
            Self::NoSuchRecord => "nothing there to change",
            Self::NullReference => "NhsCtasId without HelpNeeded",
            Self::LikePattern => "id ends in a backslash",
            Self::Stopped => "fault",
        }
    }

    /// As .NET prints it.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Nul => {
                "Npgsql.PostgresException (0x80004005): 22021: invalid byte sequence for encoding \"UTF8\": 0x00"
            }
            Self::Jsonb => "Npgsql.PostgresException (0x80004005): 22P02: invalid input syntax for type json",
            Self::ForeignKey => {
                "Npgsql.PostgresException (0x80004005): 23503: insert or update violates foreign key constraint"
            }
            Self::NoSuchRecord | Self::NullReference => {
                "System.NullReferenceException: Object reference not set to an instance of an object."
            }
            Self::LikePattern => {
                "Npgsql.PostgresException (0x80004005): 22025: LIKE pattern must not end with escape character"
            }
            Self::Stopped => "Npgsql.NpgsqlException (0x80004005): Exception while reading from stream",
        }
    }
}
