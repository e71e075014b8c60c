//! Which dead rows a command is about.

use clap::Args;
use ledger::Ledger;
use operations::dead::Selection;

use crate::args::names::{RowName, RunName, run_id};

/// Which rows: at least one of these.
#[derive(Args)]
#[group(id = "which", required = true, multiple = true)]
pub struct DeadRowArgs {
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

impl DeadRowArgs {
    pub(crate) async fn find(&self, ledger: &Ledger) -> anyhow::Result<Selection> {
        let run = run_id(self.run.as_ref(), ledger).await?;
        let row = match &self.row {
            Some(name) => Some(name.find(ledger).await?.1),
            None => None,
        };
        Ok(Selection { run, row, class: self.class.clone(), since: None })
    }
}
