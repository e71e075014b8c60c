//! A fault that keeps a file from being split now. The next schedule tries again; nothing is lost by it.

/// Why a file, or a folder, could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// Google did not give it.
    #[error("Google Drive did not give it")]
    Drive(#[from] drive::Error),
    /// Our own disk did not give it back.
    #[error(
        "the downloaded file could not be read from the function's own disk: if that happens again, look at its \
         ephemeral storage"
    )]
    Disk(#[from] std::io::Error),
    /// The ledger could not be read or written: the source says which.
    #[error("the ledger did not answer, or did not take it")]
    Ledger(#[from] ledger::Error),
    /// The rows queue did not take it.
    #[error("the rows queue did not take it")]
    Queue(#[from] aws::queue::QueueError),
    /// The setting that the feed needs is missing.
    #[error(transparent)]
    Setting(#[from] lambda_support::settings::SettingError),
}
