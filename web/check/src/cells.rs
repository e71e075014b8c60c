//! Rows as the page shows them.

use feeds::{Decision, Problem};
use serde::Serialize;

use crate::sheet::Sheet;
use crate::verdicts::{Again, Kind};

/// A cell's text is shown up to here, in characters; [`text`] has all of it.
const SHOWN: usize = 400;
/// So many columns are shown; what is wrong in others is told all the same.
const COLUMNS: usize = 400;

/// One row with what is wrong in it.
#[derive(Serialize)]
pub(crate) struct RowView {
    /// Its place among all rows, by which it is corrected.
    at: usize,
    /// The number that the sheet shows.
    row: u32,
    kind: Kind,
    cells: Vec<String>,
    problems: Vec<Wrong>,
    /// Why it is skipped; blank where it is not.
    reason: String,
    warnings: Vec<String>,
    same_as: Option<u32>,
    /// Its cells that were typed over.
    corrected: Vec<Corrected>,
    /// It has more cells than there are columns.
    is_shifted: bool,
}

/// A cell that was typed over.
#[derive(Serialize)]
struct Corrected {
    column: usize,
    /// What stood in it when the sheet was opened.
    was: String,
}

/// Something to correct.
#[derive(Serialize)]
struct Wrong {
    /// The place of its column.
    at: Option<usize>,
    /// The whole text of its cell as the sheet shows it.
    cell: String,
    #[serde(flatten)]
    problem: Problem,
}

impl RowView {
    /// The row at this place. `again` judges it, where the header is known.
    pub(crate) fn of(sheet: &Sheet, again: Option<&mut Again>, at: usize) -> Option<Self> {
        let row = sheet.rows.get(at)?;
        let pass = sheet.pass.as_ref();
        let verdict = pass.map(|pass| pass.verdict(at)).unwrap_or_default();
        let columns = pass.and_then(|pass| pass.header()).map_or(&[][..], |header| &header.columns);
        let judged = again.filter(|_| verdict.kind != Kind::Outside).and_then(|again| again.judge(row.clone()));
        let (decision, warnings) = judged.map(|judged| (judged.decision, judged.warnings)).unzip();
        let (problems, reason) = match decision {
            Some(Decision::Rejected { problems }) => (problems, String::new()),
            Some(Decision::Skipped { reason }) => (Vec::new(), reason),
            _ => Default::default(),
        };
        let wrong = |problem: Problem| {
            let at = columns.iter().position(|name| Some(name) == problem.column.as_ref());
            let cell = at.and_then(|at| row.cells.get(at)).map_or_else(String::new, |cell| cell.text.to_string());
            Wrong { at, cell, problem }
        };
        let corrected = sheet.corrected.range((at, 0)..(at + 1, 0));
        let corrected = corrected.map(|(&(_, column), was)| Corrected { column, was: was.clone() });
        Some(Self {
            at,
            row: row.number,
            kind: verdict.kind,
            problems: problems.into_iter().map(wrong).collect(),
            reason,
            warnings: warnings.unwrap_or_default(),
            same_as: verdict.same_as,
            corrected: corrected.collect(),
            is_shifted: !columns.is_empty() && row.cells.len() > columns.len(),
            cells: row.cells.iter().take(COLUMNS).map(|cell| shown(&cell.text)).collect(),
        })
    }
}

/// The whole text of a cell.
pub(crate) fn text(sheet: &Sheet, at: usize, column: usize) -> String {
    let row = sheet.rows.get(at);
    row.and_then(|row| Some(row.cells.get(column)?.text.to_string())).unwrap_or_default()
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
