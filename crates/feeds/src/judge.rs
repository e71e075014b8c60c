//! One row in, one decision out.

use smol_str::SmolStr;

use crate::decision::{Decision, Judged};
use crate::example;
use crate::feed::Feed;
use crate::header::{CleanRow, Header, Places};
use crate::identifiable;
use crate::problem::{FileRejected, Problem};
use crate::row::{Cell, CellKind, Origin};
use crate::row_reader::{RowReader, Skip, UsedCell};
use crate::rules::Rules;

impl Feed {
    /// Decides one row again from the ledger's cells, as [`crate::Intake`] did from the sheet's: cleaned cells stay as
    /// they are when they are cleaned again. What only the sheet knows (number cells, merged cells, cells beyond the last
    /// column) rejected the row or gave a warning that does not come again.
    ///
    /// # Errors
    /// The header lacks columns that the feed uses: it is not one that an intake found.
    pub fn judge(
        &'static self,
        header: &Header,
        row: u32,
        cells: &[impl AsRef<str>],
        rules: &Rules,
    ) -> Result<Judged, FileRejected> {
        let places = Places::of(self, header)?;
        let cells = places.clean(row, cells.iter().map(|cell| Cell::text(cell.as_ref())).collect());
        Ok(judge(self, rules, &places, &Origin::Separated, row, cells))
    }
}

/// Faults of the row as a whole go first, then the feed's rules; only a row that they let through can be rejected for a
/// cell.
pub(crate) fn judge(
    feed: &'static Feed,
    rules: &Rules,
    places: &Places,
    origin: &Origin,
    row: u32,
    mut clean: CleanRow,
) -> Judged {
    let warnings = take_out_merged(places, &mut clean.cells);
    let used: Vec<UsedCell<'_>> = places.used(&clean.cells).collect();
    let mut reader = RowReader { author: feed.author, rules, cells: &used, problems: Vec::new(), warnings };
    let decision = match unreadable(origin, &used, &clean) {
        Some(problem) => Decision::Rejected { problems: vec![problem] },
        None => {
            if let beyond @ 1.. = clean.beyond {
                reader.warn(format!("cells to the right of the last named column: {beyond}; they were left out"));
            }
            decide(feed, &mut reader, &clean.garbled)
        }
    };
    let warnings = reader.warnings;
    Judged { row, cells: clean.cells.into_iter().map(|cell| cell.text).collect(), decision, warnings }
}

/// An NHS number or an id is one person's: in the lower rows of a merged cell it is taken out.
fn take_out_merged(places: &Places, cells: &mut [Cell]) -> Vec<String> {
    let mut warnings = Vec::new();
    for place in places.columns.iter().filter(|place| place.column.field.is_one_persons()) {
        let Some(cell) = cells.get_mut(place.index) else { continue };
        if let Some(first) = cell.merged_from.filter(|_| !cell.text.is_empty()) {
            cell.text = SmolStr::default();
            let name = &place.name;
            warnings.push(format!("{name}: the cell is merged with row {first}'s, and was left out of this row"));
        }
    }
    warnings
}

/// Nobody can say what the cells of this row hold.
fn unreadable(origin: &Origin, used: &[UsedCell<'_>], clean: &CleanRow) -> Option<Problem> {
    if *origin == Origin::Separated && clean.beyond > 0 {
        let problem = format!(
            "the row has more cells than there are columns ({} too many), so its cells have shifted: mostly there is \
             a comma within a cell",
            clean.beyond
        );
        let how_to_fix = "In your own list put quotation marks around the cell that holds the comma, or save the list as \
                          an Excel workbook, and drop it again.";
        return Some(Problem::of_row(problem, how_to_fix));
    }
    if clean.crammed.is_some() {
        return clean.crammed.clone();
    }
    let uncalculated = used.iter().find(|cell| cell.kind == CellKind::Uncalculated)?;
    Some(Problem::of_column(
        uncalculated.name,
        "the cell holds a formula whose result is not in the file",
        "Open the file in Excel or Google Sheets, save it there, and drop it again.",
    ))
}

fn decide(feed: &Feed, row: &mut RowReader<'_>, garbled: &[String]) -> Decision {
    if example::is_it(row.cells.iter().copied()) {
        return Decision::Skipped { reason: example::REASON.to_owned() };
    }
    let post = match (feed.decide)(row) {
        Ok(post) => post,
        Err(Skip(reason)) => return Decision::Skipped { reason },
    };
    for &cell in row.cells {
        if cell.text.contains('\0') {
            row.reject(
                cell,
                "the cell holds a NUL character, which cannot be stored",
                "Delete the cell and type it again.",
            );
        }
    }
    for column in garbled {
        row.warn(format!(
            "{column}: some letters look wrong, as if the list had been saved in another encoding or as a web page"
        ));
    }
    row.problems.extend(identifiable::problem(feed, row.cells, &post.request));
    if row.problems.is_empty() {
        Decision::Post(Box::new(post))
    } else {
        Decision::Rejected { problems: std::mem::take(&mut row.problems) }
    }
}
