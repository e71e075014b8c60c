//! A fault that keeps a summary from being written now. It is tried again; nothing is lost by it.

#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("Google Drive did not take the summary")]
    Drive(#[from] drive::Error),
    #[error("the ledger did not answer, or did not take it")]
    Ledger(#[from] ledger::Error),
    /// Of reports, of rows to post again, or of dead letters: the source names it.
    #[error("a queue did not take a message")]
    Queue(#[from] aws::queue::QueueError),
    #[error("the spreadsheet could not be made")]
    Sheet(#[from] sheets::WriteError),
    #[error("a temporary file could not be written: check the function's ephemeral storage")]
    Disk(#[from] std::io::Error),
    #[error(transparent)]
    Setting(#[from] lambda_support::settings::SettingError),
    #[error("rows of the run were erased while they were read")]
    RowsWent,
    #[error("the ledger has no header for the run")]
    NoHeader,
}
