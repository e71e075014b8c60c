mod found;
mod person;

use std::collections::BTreeSet;

use wire::NhsNumber;

use crate::command_prelude::*;
use crate::commands::forget::found::{Erased, Selection};
use crate::hash_key;

/// Erase what the ledger holds of a run's residents, or of persons
///
/// Cells, reasons and ids of the rows are erased at once, and all that is remembered of their residents; the counts stay. What
/// that breaks is said first: such rows cannot be redriven, a run's summary cannot be written again, and what staff corrected of
/// these residents is not known to the next sheet. Neither the sheets and summaries in Google Drive nor Here to Help are touched.
/// Exits with 0 if it is done, with 1 if it was not agreed to or something was left, and with 2 if it failed.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h forget 3f2a --stage staging
  h2h forget --row 3f2a/17 --stage staging
  h2h forget --stage staging --nhs-number-file numbers.txt")]
pub(crate) struct Arguments {
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    confirm: Confirm,
    /// Print what was done as one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[group(id = "whom", required = true, multiple = false)]
struct Whom {
    /// All rows of this run: the first digits of its id
    #[arg(value_name = "RUN")]
    name: Option<RunName>,
    /// The person of this row, and their rows in all runs
    #[arg(long, value_name = "RUN/ROW")]
    row: Option<RowName>,
    /// These persons, and their rows in all runs: a file with one NHS number a line, so that none stands on the command line
    #[arg(long, value_name = "FILE")]
    nhs_number_file: Option<PathBuf>,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let numbers = args.whom.nhs_number_file.as_deref().map(read_numbers).transpose()?.unwrap_or_default();
    let environment = args.environment.connect().await?;
    let ledger = &environment.ledger;
    let key = hash_key::read(&environment).await?;
    let whom = args.whom.selection(ledger, numbers).await?;
    let found = whom.find(ledger, &key).await.context("cannot read the rows")?;
    args.confirm.ask(&format!(
        "{} of {} in {environment} would be erased from the ledger, and what it remembers of their residents. They cannot be \
         redriven then, nor the summaries of these runs be written again with `h2h report`, and what staff corrected of these \
         residents is not known when another sheet names them. Google Drive and Here to Help are not touched.",
        count(found.rows(), "row", "rows"),
        count(found.runs(), "run", "runs"),
    ))?;
    let report = found.erase(ledger).await.context("not all is erased: run the command again")?;
    show(&report, args.json, out)
}

impl Whom {
    async fn selection(&self, ledger: &Ledger, numbers: BTreeSet<NhsNumber>) -> anyhow::Result<Selection> {
        if let Some(name) = &self.row {
            let (run, id) = name.find(ledger).await?;
            let Some(row) = ledger.row(&run, id.row).await.context("cannot read the row")? else {
                bail!("the ledger has no row {id} (any more)")
            };
            return Ok(Selection::Row(Box::new((run, row))));
        }
        let Some(name) = &self.name else { return Ok(Selection::Numbers(numbers)) };
        let run = name.find(ledger).await?;
        ensure!(!run.is_open(), "run {} is not done: wait for it, or `h2h cancel {}` first", run.id, run.id);
        Ok(Selection::Run(Box::new(run)))
    }
}

impl render::Report for Erased {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let rows = count(self.erased, "row is", "rows are");
        match self.residents {
            0 => writeln!(out, "{rows} erased.")?,
            residents => {
                writeln!(
                    out,
                    "{rows} erased, and what was remembered of {}.",
                    count(residents as u64, "resident", "residents")
                )?;
            }
        }
        if self.left > 0 {
            let rows = count(self.left, "row is", "rows are");
            writeln!(out, "{rows} open or being sent: run the command again when their runs are done.")?;
        }
        if self.numbers_left > 0 {
            let numbers = count(self.numbers_left, "NHS number is", "NHS numbers are");
            writeln!(out, "{numbers} left, for a row of that resident is being sent: run the command again.")?;
        }
        Ok(())
    }

    fn exit(&self) -> Exit {
        Exit::well_if(self.left == 0 && self.numbers_left == 0)
    }
}

/// The NHS numbers of a file, in their one form.
fn read_numbers(path: &Path) -> anyhow::Result<BTreeSet<NhsNumber>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut numbers = BTreeSet::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Some(number) = NhsNumber::among(line) else {
            bail!("line {} of {} is no NHS number: it has ten digits", index + 1, path.display());
        };
        numbers.insert(number);
    }
    // No number would mean every row.
    ensure!(!numbers.is_empty(), "{} holds no NHS number: write one a line", path.display());
    Ok(numbers)
}

#[cfg(test)]
mod tests;
