use std::fs::File;

use sheets::Workbook;

use crate::command_prelude::*;

/// Write a sheet with the right header and one made-up row
///
/// Every cell is text, so that no phone number loses its zero. The made-up row (Ada Example) is never sent.
/// Needs neither an account nor a network.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h template --feed spl                  writes spl-template.xlsx
  h2h template --feed spl --csv > spl.csv  writes to standard output
  h2h template --feed nsss --csv nsss.csv")]
pub(crate) struct Arguments {
    /// The feed that the sheet is for
    #[arg(long, value_parser = feed_names())]
    feed: &'static Feed,
    /// Write an Excel workbook (as it is without --csv)
    #[arg(long, conflicts_with = "csv")]
    xlsx: bool,
    /// Write CSV
    #[arg(long)]
    csv: bool,
    /// Where to [default: FEED-template.xlsx here; standard output for CSV]. A file that is there stays as it is
    file: Option<PathBuf>,
}

/// Runs the command. `today` is the date in London: the made-up row was tested on it.
pub(crate) fn run(args: &Arguments, today: NaiveDate, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let Arguments { feed, csv, ref file, .. } = *args;
    let names: Vec<String> = feed.columns().iter().map(|column| column.name.to_owned()).collect();
    let example = feed.example(today);
    if csv && file.is_none() {
        write_csv(out, &names, &example).context("cannot write the sheet")?;
        return Ok(Exit::Well);
    }
    let path = file.clone().unwrap_or_else(|| PathBuf::from(format!("{feed}-template.xlsx")));
    let what = || format!("cannot write {}: name another file", path.display());
    let mut new = File::create_new(&path).with_context(what)?;
    if csv {
        write_csv(&mut new, &names, &example).with_context(what)?;
    } else {
        let mut book = Workbook::default();
        let tab = book.add_tab(feed.name(), &names, 0).with_context(what)?;
        book.push(tab, &example).with_context(what)?;
        book.save(&mut new).with_context(what)?;
    }
    writeln!(
        out,
        "{} is a sheet for {}. Its second row is an example, and is never sent.",
        path.display(),
        feed.title
    )?;
    Ok(Exit::Well)
}

fn write_csv(to: &mut dyn Write, names: &[String], example: &[String]) -> csv::Result<()> {
    let mut sheet = csv::Writer::from_writer(to);
    sheet.write_record(names)?;
    sheet.write_record(example)?;
    Ok(sheet.flush()?)
}
