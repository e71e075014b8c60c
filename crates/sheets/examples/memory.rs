//! How much memory reading and writing take as a sheet grows: `cargo run --release -p sheets --example memory`.
//!
//! Every step runs in a process of its own and reports its highest resident size (`VmHWM`, so Linux only), for
//! 10,000 and for 100,000 rows of 60 columns.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write, stdout};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use feeds::{Look, Mark};
use sheets::{Format, Limits, Workbook, open};

const COLUMNS: u32 = 60;
const ROWS: [u32; 2] = [10_000, 100_000];

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => compare(),
        ["write-csv", path, rows] => write_csv(Path::new(path), rows.parse()?),
        ["write-xlsx", path, rows] => write_xlsx(Path::new(path), rows.parse()?),
        ["write-summary", path, rows] => write_summary(Path::new(path), rows.parse()?),
        ["write-shared-xlsx", path, rows] => write_shared_xlsx(Path::new(path), rows.parse()?),
        ["read-csv", path, rows] => read(Path::new(path), Format::Csv, rows.parse()?),
        ["read-xlsx" | "read-summary" | "read-shared-xlsx", path, rows] => {
            read(Path::new(path), Format::Xlsx, rows.parse()?)
        }
        _ => Err("no arguments are needed".into()),
    }
}

fn compare() -> Outcome {
    let directory = env::temp_dir().join(format!("sheets-memory-{}", std::process::id()));
    fs::create_dir(&directory)?;
    let mut out = stdout().lock();
    writeln!(
        out,
        "{:<18} {:>12} {:>12} {:>7} {:>22}",
        "", "10,000 rows", "100,000 rows", "ratio", "seconds, 100,000 rows"
    )?;
    for kind in ["csv", "xlsx", "summary", "shared-xlsx"] {
        for step in ["write", "read"] {
            let mut peaks = Vec::new();
            let mut seconds = 0.0;
            for rows in ROWS {
                let started = Instant::now();
                peaks.push(peak(&format!("{step}-{kind}"), &directory.join(format!("{rows}.{kind}")), rows)?);
                seconds = started.elapsed().as_secs_f64();
            }
            let ratio = peaks[1] / peaks[0];
            writeln!(
                out,
                "{:<18} {:>9.1} MB {:>9.1} MB {ratio:>7.2} {seconds:>22.1}",
                format!("{step} {kind}"),
                peaks[0],
                peaks[1]
            )?;
        }
    }
    fs::remove_dir_all(&directory)?;
    Ok(())
}

/// Runs a step in a process of its own; the most memory it had, in MB.
fn peak(step: &str, path: &Path, rows: u32) -> Result<f64, Box<dyn Error>> {
    let output = Command::new(env::current_exe()?).arg(step).arg(path).arg(rows.to_string()).output()?;
    if !output.status.success() {
        return Err(format!("{step}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let kilobytes: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(kilobytes / 1024.0)
}

fn tell_peak() -> Outcome {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    writeln!(stdout(), "{}", line.trim().trim_end_matches("kB").trim())?;
    Ok(())
}

/// Half of the texts are the same in every row, half are new.
fn cell(row: u32, column: u32) -> String {
    if column.is_multiple_of(2) { format!("value {column}") } else { format!("resident {row} {column}") }
}

fn write_csv(path: &Path, rows: u32) -> Outcome {
    let mut file = BufWriter::new(File::create(path)?);
    for row in 0..rows {
        let cells: Vec<String> = (0..COLUMNS).map(|column| cell(row, column)).collect();
        writeln!(file, "{}", cells.join(","))?;
    }
    file.flush()?;
    tell_peak()
}

fn write_xlsx(path: &Path, rows: u32) -> Outcome {
    let mut book = Workbook::default();
    let tab = book.add_tab("hackney_cases", &[], 0)?;
    for row in 0..rows {
        book.push(tab, (0..COLUMNS).map(|column| cell(row, column)))?;
    }
    book.save(File::create(path)?)?;
    tell_peak()
}

/// A summary at its largest: every row must be corrected, and so stands in it twice, filled, with two wrong cells.
fn write_summary(path: &Path, rows: u32) -> Outcome {
    let names: Vec<String> = (0..COLUMNS).map(|column| format!("column {column}")).collect();
    let mut book = Workbook::default();
    let cases = book.add_tab("hackney_cases", &names, 2)?;
    let to_fix = book.add_tab("to_fix", &names, 2)?;
    let status = names.len() - 1;
    for row in 0..rows {
        let cells: Vec<String> = (0..COLUMNS).map(|column| cell(row, column)).collect();
        book.push_with_look(cases, &cells, &Look::Case { outcome: feeds::Outcome::Rejected, status })?;
        let mark = |column| Mark { column, note: format!("There is no day {row} in that month. Look it up.") };
        book.push_with_look(to_fix, &cells, &Look::ToFix(vec![mark(0), mark(7)]))?;
    }
    book.save(File::create(path)?)?;
    tell_peak()
}

/// As Excel saves it: every text once, in a table. The writing itself is not ours.
fn write_shared_xlsx(path: &Path, rows: u32) -> Outcome {
    let mut book = rust_xlsxwriter::Workbook::default();
    let sheet = book.add_worksheet();
    for row in 0..rows {
        for column in 0..COLUMNS {
            // A tenth of the columns has texts of its own in each row: an export of residents is like that.
            let text = if column % 10 == 1 { cell(row, column) } else { cell(row % 100, column) };
            sheet.write_string(row, u16::try_from(column)?, text)?;
        }
    }
    book.save(path)?;
    tell_peak()
}

fn read(path: &Path, format: Format, expected: u32) -> Outcome {
    let mut rows = 0;
    for row in open(File::open(path)?, format, &Limits::default())? {
        row?;
        rows += 1;
    }
    if rows != expected {
        return Err(format!("{rows} rows").into());
    }
    tell_peak()
}
