//! Which dead rows a command is about.

use clap::Args;
use ledger::Ledger;
use operations::dead::Selection;

use crate::name::{RowName, RunName};

/// Which rows: at least one of these.
#[derive(Args)]
#[group(id = "which", required = true, multiple = true)]
pub(super) struct Which {
    /// The rows of this run: the first digits of its id
    #[arg(long, conflicts_with_all = ["row", "all"])]
    run: Option<RunName>,
    /// The rows whose last error is of this class, such as server-error
    #[arg(long, conflicts_with_all = ["row", "all"])]
    class: Option<String>,
    /// One row
    #[arg(long, value_name = "RUN/ROW", conflicts_with = "all")]
    row: Option<RowName>,
    /// Every row
    #[arg(long)]
    all: bool,
}

impl Which {
    pub(super) async fn find(self, ledger: &Ledger) -> anyhow::Result<Selection> {
        let Self { run, class, row, all: _ } = self;
        let run = match run {
            Some(name) => Some(name.find(ledger).await?.id),
            None => None,
        };
        let row = match row {
            Some(name) => Some(name.find(ledger).await?.1),
            None => None,
        };
        Ok(Selection { run, row, class, since: None })
    }
}
