//! A fault that keeps a file, or a folder, from being worked on now. The next schedule tries again; nothing is lost by it.

#[derive(Debug, thiserror::Error)]
pub(crate) enum SplitError {
    #[error("Google Drive did not give it")]
    Drive(#[from] drive::Error),
    #[error(
        "the downloaded file could not be read from the function's own disk: if that happens again, look at its \
         ephemeral storage"
    )]
    Disk(#[from] std::io::Error),
    #[error("the ledger did not answer, or did not take it")]
    Ledger(#[from] ledger::Error),
    #[error("the rows queue did not take it")]
    Queue(#[from] aws::queue::QueueError),
    #[error(transparent)]
    Setting(#[from] lambda_support::settings::SettingError),
}
