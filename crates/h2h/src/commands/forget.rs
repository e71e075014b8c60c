use std::collections::BTreeSet;

use ledger::HashKey;
use wire::NhsNumber;

use crate::command_prelude::*;
use crate::hash_key;

/// How long rows are kept at most: 90 days while they are open, then 30.
const KEPT: TimeDelta = TimeDelta::days(125);

/// Erase what the ledger holds of a run's residents, or of persons
///
/// Cells, reasons and ids of the rows are erased at once; the counts stay. What that breaks is said first: such rows cannot be
/// redriven, and a run's summary cannot be written again. Neither the sheets and summaries in Google Drive nor Here to Help are
/// touched. Exits with 0 if it is done, with 1 if it was not agreed to or rows were left, and with 2 if it failed.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h forget 3f2a --stage staging
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
    /// The rows of these persons in all runs: a file with one NHS number a line, so that none stands on the command line
    #[arg(long, value_name = "FILE")]
    nhs_number_file: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    erased: u64,
    left: u64,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let numbers = args.whom.nhs_number_file.as_deref().map(read_numbers).transpose()?.unwrap_or_default();
    let environment = args.environment.connect().await?;
    let ledger = &environment.ledger;
    let key = hash_key::read(&environment).await?;
    let mut runs = Vec::new();
    if let Some(name) = &args.whom.name {
        let run = name.find(ledger).await?;
        ensure!(!run.is_open(), "run {} is not done: wait for it, or `h2h cancel {}` first", run.id, run.id);
        runs.push(run);
    } else {
        for feed in feeds::all() {
            runs.extend(ledger.runs(feed, Utc::now() - KEPT).await.context("cannot list the runs")?);
        }
    }
    let (settled, open) = rows_of(ledger, runs, &numbers).await.context("cannot read the rows")?;
    let rows: u64 = settled.iter().map(|(_, rows)| rows.len() as u64).sum();
    args.confirm.ask(&format!(
        "{} of {} in {environment} would be erased from the ledger. They cannot be redriven then, nor the summaries of these \
         runs be written again with `h2h report`. Google Drive and Here to Help are not touched.",
        count(rows, "row", "rows"),
        count(settled.len(), "run", "runs"),
    ))?;
    let erased = erase(ledger, &key, &settled, &numbers).await.context("not all is erased: run the command again")?;
    show(&Report { erased, left: open + rows - erased }, args.json, out)
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{} erased.", count(self.erased, "row is", "rows are"))?;
        if self.left > 0 {
            let rows = count(self.left, "row is", "rows are");
            writeln!(out, "{rows} open or being sent: run the command again when their runs are done.")?;
        }
        Ok(())
    }

    fn exit(&self) -> Exit {
        Exit::well_if(self.left == 0)
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

/// The rows of these runs that are settled, run by run, and how many are open; where numbers are given, those that have one
/// of them in a cell.
async fn rows_of(
    ledger: &Ledger,
    runs: Vec<Run>,
    numbers: &BTreeSet<NhsNumber>,
) -> ledger::Result<(Vec<(Run, Vec<u32>)>, u64)> {
    let is_theirs =
        |cell: &String| cell.len() < 20 && NhsNumber::among(cell).is_some_and(|number| numbers.contains(&number));
    let (mut settled, mut open) = (Vec::new(), 0);
    for run in runs {
        let mut of_run = Vec::new();
        let mut rows = ledger.rows(&run);
        while let Some(row) = rows.next().await? {
            if row.cells.is_empty() || !(numbers.is_empty() || row.cells.iter().any(is_theirs)) {
                continue;
            }
            match row.settlement {
                Some(_) => of_run.push(row.row),
                None => open += 1,
            }
        }
        if !of_run.is_empty() {
            settled.push((run, of_run));
        }
    }
    Ok((settled, open))
}

async fn erase(
    ledger: &Ledger,
    key: &HashKey,
    rows: &[(Run, Vec<u32>)],
    numbers: &BTreeSet<NhsNumber>,
) -> ledger::Result<u64> {
    let mut erased = 0;
    for (run, rows) in rows {
        let what = format!("erased {}", count(rows.len(), "row", "rows"));
        ledger.note_audit_entry(&run.id, &who(), &what, None).await?;
        ledger.note_forgotten(&run.id).await?;
        for row in rows {
            erased += u64::from(ledger.forget_row(run, *row).await?);
        }
    }
    for number in numbers {
        ledger.forget_identity(&key.lease("nhs", number.as_str())).await?;
    }
    Ok(erased)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_any_form_and_a_slip_is_told_by_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("numbers");
        std::fs::write(&path, "943 476 5919\n\n943-476-5870\n").expect("written");
        let numbers = read_numbers(&path).expect("numbers");
        assert_eq!(numbers.iter().map(NhsNumber::as_str).collect::<Vec<_>>(), ["9434765870", "9434765919"]);
        std::fs::write(&path, "9434765919\n94347\n").expect("written");
        let error = read_numbers(&path).expect_err("a slip").to_string();
        assert!(error.starts_with("line 2 of") && !error.contains("94347"), "{error}");
        std::fs::write(&path, "\n \n").expect("written");
        let error = read_numbers(&path).expect_err("nobody is not everybody").to_string();
        assert!(error.contains("holds no NHS number"), "{error}");
    }
}
