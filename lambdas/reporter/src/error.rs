//! A fault that keeps a summary from being written now. It is tried again; nothing is lost by it.

/// Why a summary could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Google did not take it.
    #[error("Google Drive did not take the summary")]
    Drive(#[from] drive::Error),
    /// The ledger could not be read or written: the source says which.
    #[error("the ledger did not answer, or did not take it")]
    Ledger(#[from] ledger::Error),
    /// A queue did not take a message: of reports, of rows to post again, or of dead letters. The source names it.
    #[error("a queue did not take a message")]
    Queue(#[from] aws::queue::QueueError),
    /// The spreadsheet could not be made.
    #[error("the spreadsheet could not be made")]
    Sheet(#[from] sheets::WriteError),
    /// No room for the spreadsheet.
    #[error("a temporary file could not be written: check the function's ephemeral storage")]
    Disk(#[from] std::io::Error),
    /// The setting that the feed needs is missing.
    #[error(transparent)]
    Setting(#[from] lambda_support::settings::SettingError),
    /// Rows were erased while they were read.
    #[error("rows of the run were erased while they were read")]
    RowsWent,
    /// A run that posted has a header.
    #[error("the ledger has no header for the run")]
    NoHeader,
}
