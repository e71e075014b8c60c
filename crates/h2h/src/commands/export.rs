use std::fs::{File, OpenOptions};

use serde_json::{Map, Value};
use sheets::Workbook;

use crate::command_prelude::*;
use crate::views::outcome_of;

/// Write all that the ledger holds of a run's rows into a file
///
/// One line a row: what became of it, then the sheet's own cells. It holds residents' data: keep it as you keep the sheet. A
/// file is made for you alone to read, and one that is there already stays as it is.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h export 3f2a --stage staging --xlsx              writes 3f2a….xlsx
  h2h export 3f2a --stage staging --csv week-9.csv
  h2h export 3f2a --stage staging --json | jq .outcome")]
pub(crate) struct Arguments {
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    form: Form,
    /// Where to [default: RUN.xlsx here; standard output for CSV and JSON]
    file: Option<PathBuf>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Form {
    /// Write CSV
    #[arg(long)]
    csv: bool,
    /// Write one JSON object a line
    #[arg(long)]
    json: bool,
    /// Write an Excel workbook
    #[arg(long)]
    xlsx: bool,
}

#[derive(Serialize)]
struct Exported<'a> {
    row: String,
    outcome: Option<Outcome>,
    reason: &'a str,
    how_to_fix: &'a str,
    warnings: &'a [String],
    class: Option<&'a str>,
    attempts: u32,
    settled_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    ids: Ids,
    cells: Map<String, Value>,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (environment, run) = args.run.find().await?;
    has_rows(&run)?;
    let file = args.file.clone().or_else(|| args.form.xlsx.then(|| PathBuf::from(format!("{}.xlsx", run.id))));
    let mut made = file.as_deref().map(make).transpose()?;
    let ledger = &environment.ledger;
    let rows = match &mut made {
        Some(file) if args.form.xlsx => xlsx(ledger, &run, file).await,
        Some(file) if args.form.csv => csv(ledger, &run, file).await,
        Some(file) => json(ledger, &run, file).await,
        None if args.form.csv => csv(ledger, &run, out).await,
        None => json(ledger, &run, out).await,
    };
    let rows = rows.with_context(|| format!("run {} is not exported whole", run.id))?;
    if let Some(path) = file {
        writeln!(out, "{}: {rows} rows of run {}.", path.display(), run.id)?;
    }
    Ok(Exit::Well)
}

/// An error where none of a run's rows counts.
pub(crate) fn has_rows(run: &Run) -> anyhow::Result<()> {
    let counts = run.rows_read == 0 || run.has_rows();
    ensure!(counts, "run {} is {}: none of its rows counts", run.id, run.state.as_str());
    Ok(())
}

/// A new file that nobody else can read.
fn make(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("cannot write {}: name a file that is not there", path.display()))
}

async fn for_each(
    ledger: &Ledger,
    run: &Run,
    mut each: impl FnMut(&RowRecord) -> anyhow::Result<()>,
) -> anyhow::Result<u64> {
    let (mut rows, mut read) = (ledger.rows(run), 0);
    while let Some(row) = rows.next().await? {
        each(&row)?;
        read += 1;
    }
    Ok(read)
}

/// Writes it as a workbook; how many rows.
pub(crate) async fn xlsx(ledger: &Ledger, run: &Run, file: &mut File) -> anyhow::Result<u64> {
    let mut book = Workbook::default();
    let tab = book.add_tab("rows", &header(run), 0)?;
    let rows = for_each(ledger, run, |row| Ok(book.push(tab, cells(row))?)).await?;
    book.save(file)?;
    Ok(rows)
}

async fn csv(ledger: &Ledger, run: &Run, to: &mut dyn Write) -> anyhow::Result<u64> {
    let mut sheet = csv::WriterBuilder::new().flexible(true).from_writer(to);
    sheet.write_record(header(run))?;
    let rows = for_each(ledger, run, |row| Ok(sheet.write_record(cells(row))?)).await?;
    sheet.flush()?;
    Ok(rows)
}

async fn json(ledger: &Ledger, run: &Run, to: &mut dyn Write) -> anyhow::Result<u64> {
    let exported = |row: &RowRecord| {
        let cells = own_columns(run).iter().zip(&row.cells);
        let exported = Exported {
            row: row.id(&run.id).to_string(),
            outcome: row.outcome(),
            reason: row.reason(),
            how_to_fix: row.how_to_fix(),
            warnings: &row.warnings,
            class: row.error_class(),
            attempts: row.attempts,
            settled_at: row.settled_at,
            ids: Ids::of(row),
            cells: cells.map(|(column, cell)| (column.clone(), cell.as_str().into())).collect(),
        };
        Ok(line(to, &exported)?)
    };
    for_each(ledger, run, exported).await
}

fn own_columns(run: &Run) -> &[String] {
    run.header.as_ref().map_or(&[], |header| &header.columns)
}

fn header(run: &Run) -> Vec<String> {
    COLUMNS.iter().map(|(name, _)| (*name).to_owned()).chain(own_columns(run).iter().cloned()).collect()
}

fn cells(row: &RowRecord) -> Vec<String> {
    COLUMNS.iter().map(|(_, cell)| cell(row)).chain(row.cells.iter().cloned()).collect()
}

type Column = (&'static str, fn(&RowRecord) -> String);

/// The columns before the sheet's own.
const COLUMNS: [Column; 11] = [
    ("row", |row| row.row.to_string()),
    ("outcome", |row| outcome_of(row).to_owned()),
    ("reason", |row| row.reason().to_owned()),
    ("how_to_fix", |row| row.how_to_fix().to_owned()),
    ("warnings", |row| row.warnings.join("; ")),
    ("class", |row| row.error_class().unwrap_or_default().to_owned()),
    ("attempts", |row| row.attempts.to_string()),
    ("settled_at", |row| row.settled_at.map(|at| at.to_rfc3339()).unwrap_or_default()),
    ("resident_id", |row| id(row.resident_id())),
    ("help_request_id", |row| id(row.delivery.help_request_id)),
    ("follow_up_id", |row| id(row.follow_up_id())),
];

fn id(id: Option<i64>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}
