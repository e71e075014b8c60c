//! What the page gives back: the corrected sheet, the rows to fix, a template.

use chrono::NaiveDate;
use feeds::{Decision, Feed, Header, Intake, Judged, Origin, SheetEvidence, SheetRow};
use preview::ToFix;
use serde::Serialize;
use sheets::{TextSheet, TextSheetError};

use crate::sheet::Sheet;
use crate::verdicts::Pass;

/// How many rows are named that are left out.
const NAMED: usize = 10;

/// A file that was made.
#[derive(Default)]
pub(crate) struct Download {
    pub(crate) bytes: Vec<u8>,
    pub(crate) told: Told,
}

/// What is said of it.
#[derive(Default, Serialize)]
pub(crate) struct Told {
    pub(crate) size: usize,
    rows: usize,
    /// How many rows are not in it, and the first of them: as text they would become something else than is shown.
    left_out: usize,
    named: Vec<u32>,
}

/// The whole sheet as it stands now, every cell text. A row that would become something else that way, such as one whose cells
/// have shifted, is left out: nothing is sent that was not shown.
pub(crate) fn corrected(sheet: &Sheet) -> Result<Download, TextSheetError> {
    let Some((pass, header)) = known(sheet) else { return Ok(Download::default()) };
    let name = pass.choice.feed.name();
    let mut book = TextSheet::new(name, &header.columns)?;
    let mut told = Told::default();
    let mut as_text = as_text(pass, header, Origin::Tab(name.to_owned()));
    for judged in judged(sheet, pass) {
        let again =
            as_text.as_mut().and_then(|intake| intake.push(SheetRow::of_text(judged.row, &judged.cells)).ok()?.pop());
        if again.is_some_and(|again| is_same(&again.decision, &judged.decision)) {
            told.rows += 1;
            book.push(&judged.cells)?;
        } else {
            told.left_out += 1;
            if told.named.len() < NAMED {
                told.named.push(judged.row);
            }
        }
    }
    finish(book, told)
}

/// The rows to correct alone, in the form of the summary's tab.
pub(crate) fn to_fix(sheet: &Sheet) -> Result<Download, TextSheetError> {
    let Some((pass, header)) = known(sheet) else { return Ok(Download::default()) };
    let form = ToFix::of(pass.choice.feed, header, pass.choice.rules.as_of);
    let Some(form) = form else { return Ok(Download::default()) };
    let mut book = TextSheet::new(ToFix::TAB, &form.columns())?;
    let mut told = Told::default();
    for line in judged(sheet, pass).filter_map(|judged| form.line(&judged)) {
        told.rows += 1;
        book.push(&line.cells)?;
    }
    finish(book, told)
}

/// A sheet with the right header and one made-up row.
pub(crate) fn template(feed: &Feed, today: NaiveDate) -> Result<Download, TextSheetError> {
    let columns: Vec<&str> = feed.columns().iter().map(|column| column.name).collect();
    let mut book = TextSheet::new(feed.name(), &columns)?;
    book.push(&feed.example(today))?;
    finish(book, Told { rows: 1, ..Told::default() })
}

fn finish(book: TextSheet, told: Told) -> Result<Download, TextSheetError> {
    let bytes = book.finish()?;
    Ok(Download { told: Told { size: bytes.len(), ..told }, bytes })
}

fn known(sheet: &Sheet) -> Option<(&Pass, &Header)> {
    let pass = sheet.pass.as_ref()?;
    Some((pass, pass.header()?))
}

/// All rows that count, judged as they are shown.
fn judged<'a>(sheet: &'a Sheet, pass: &'a Pass) -> impl Iterator<Item = Judged> + use<'a> {
    let mut again = pass.again();
    let below = |row: &SheetRow| pass.header().is_some_and(|header| header.row < row.number);
    let rows = (0..sheet.rows.len()).filter_map(|at| sheet.rows.get(at)).filter(below);
    rows.filter_map(move |row| again.as_mut()?.judge(row))
}

/// Judges rows as they will be read from the file that is made.
fn as_text(pass: &Pass, header: &Header, origin: Origin) -> Option<Intake> {
    let (choice, header) = (pass.choice.clone(), header.clone());
    Intake::resume(choice.feed, choice.rules, origin, header, SheetEvidence::default()).ok()
}

fn is_same(one: &Decision, other: &Decision) -> bool {
    match (one, other) {
        (Decision::Post(one), Decision::Post(other)) => one == other,
        (Decision::Skipped { .. }, Decision::Skipped { .. }) => true,
        (Decision::Rejected { problems: one }, Decision::Rejected { problems: other }) => one == other,
        _ => false,
    }
}
