//! The demo's sheets: all five feeds, with bad rows, a duplicate, one person in two feeds, a wrong header, an XLSX file,
//! a Google Sheet, and the next week's list of a feed. Everybody in them is made up.

use std::path::Path;

use anyhow::{Context, Result};
use rust_xlsxwriter::Workbook;

/// "Today" of the samples: their tests were taken in the days before it.
pub(crate) const AS_OF: &str = "2021-03-08";

/// A sheet and the folder that it is dropped into.
pub(crate) struct Sample {
    feed: &'static str,
    name: &'static str,
    csv: &'static str,
}

/// What is dropped at once, and what follows when all of that has its summary.
pub(crate) const WEEKS: [&[Sample]; 2] = [&WEEK_9, &WEEK_10];

const WEEK_9: [Sample; 6] = [
    Sample { feed: "spl", name: "spl week 9.csv", csv: include_str!("../../samples/spl-week-9.csv") },
    Sample { feed: "spl", name: "wrong list.csv", csv: include_str!("../../samples/wrong-header.csv") },
    Sample { feed: "nsss", name: "nsss 1 March.csv", csv: include_str!("../../samples/nsss.csv") },
    Sample { feed: "contact-tracing", name: "ctas.xlsx", csv: include_str!("../../samples/contact-tracing.csv") },
    Sample {
        feed: "self-isolation",
        name: "self isolation.gsheet.csv",
        csv: include_str!("../../samples/self-isolation.csv"),
    },
    Sample { feed: "generic", name: "link work.csv", csv: include_str!("../../samples/generic.csv") },
];

/// The next list of a feed, of which half was lost: its summary compares it with the last one.
const WEEK_10: [Sample; 1] =
    [Sample { feed: "spl", name: "spl week 10.csv", csv: include_str!("../../samples/spl-week-10.csv") }];

/// Drops the samples into their inbound folders.
pub(crate) fn drop_into(drive: &Path, samples: &[Sample]) -> Result<()> {
    for sample in samples {
        let folder = drive.join(sample.feed).join("inbound");
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let path = folder.join(sample.name);
        if sample.name.ends_with(".xlsx") {
            as_xlsx(sample.csv, &path)?;
        } else {
            std::fs::write(&path, sample.csv).with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(())
}

fn as_xlsx(text: &str, path: &Path) -> Result<()> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for (row, record) in (0..).zip(reader.records()) {
        for (column, cell) in (0..).zip(&record.context("a sample is no CSV")?) {
            sheet.write_string(row, column, cell).context("a sample's cell cannot be written")?;
        }
    }
    workbook.save(path).with_context(|| format!("cannot write {}", path.display()))
}
