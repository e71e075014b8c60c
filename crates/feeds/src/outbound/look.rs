//! The look of a line: what people shall see of it at once. Which colours that takes is the spreadsheet's business.

use super::columns::WHAT_TO_FIX;
use crate::clean::is_same;
use crate::problem::by_column;
use crate::settlement::Outcome;

/// The look of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing of it stands out.
    Plain,
    /// A row of the sheet and what became of it.
    Case {
        /// How it ended.
        outcome: Outcome,
        /// The column that says so.
        status: usize,
    },
    /// A row to correct, in these cells; none where no single cell is at fault. The problem and how to fix it stand in its
    /// last two columns.
    ToFix(Vec<Mark>),
}

/// A cell to correct.
#[derive(Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its column in the tab.
    pub column: usize,
    /// What is wrong with it, and how to write it. Quotes no cell.
    pub note: String,
}

/// The cells of a tab with these columns that a settlement's words find fault with.
pub(super) fn marks(columns: &[&str], reason: &str, how_to_fix: &str) -> Vec<Mark> {
    // Our own columns, which are not to be corrected, are the last ones.
    let own = &columns[..columns.len().saturating_sub(WHAT_TO_FIX.len())];
    let place = |name: &str| own.iter().position(|column| is_same(column, name));
    let advice = by_column(how_to_fix, own);
    let mut marks: Vec<Mark> = Vec::new();
    for (name, problem) in by_column(reason, own) {
        let Some(column) = place(name) else { continue };
        // A cell may have several faults: the advice on each stands in the same order.
        let nth = marks.iter().filter(|mark| mark.column == column).count();
        let advice = advice.iter().filter(|(of, _)| *of == name).nth(nth).map_or("", |(_, advice)| advice);
        let note = [sentence(problem), sentence(advice)].join("\n").trim().to_owned();
        match marks.iter_mut().find(|mark| mark.column == column) {
            Some(mark) => mark.note = format!("{}\n{note}", mark.note),
            None => marks.push(Mark { column, note }),
        }
    }
    marks
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.is_empty() || text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

wire::debug_only!(Mark { column });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    fn problem(column: Option<&str>, text: &str, problem: &str, how_to_fix: &str) -> Problem {
        let column = column.map(str::to_owned);
        Problem { column, text: text.to_owned(), problem: problem.to_owned(), how_to_fix: how_to_fix.to_owned() }
    }

    fn marked(problems: &[Problem]) -> Vec<(usize, String)> {
        let (reason, how_to_fix) = Problem::in_words(problems);
        let columns = ["NHS", "mobile", "Date: of; Birth", "row_in_sheet", "problem", "how_to_fix"];
        marks(&columns, &reason, &how_to_fix).into_iter().map(|mark| (mark.column, mark.note)).collect()
    }

    #[test]
    fn each_wrong_cell_has_a_note_and_no_other() {
        let cell = problem(Some("NHS"), "123; mobile: 4", "this is no number; look", "write it; in digits");
        let date = problem(Some("Date: of; Birth"), "", "there is no such day", "look it up.");
        let row = problem(None, "", "the cells have shifted; mobile phones too", "save it anew");
        assert_eq!(
            marked(&[cell.clone(), date]),
            [
                (0, "This is no number; look.\nWrite it; in digits.".to_owned()),
                (2, "There is no such day.\nLook it up.".to_owned())
            ]
        );
        assert_eq!(marked(std::slice::from_ref(&row)), []);
        assert_eq!(marked(&[row, cell]).len(), 1);
    }

    #[test]
    fn two_faults_of_a_cell_are_one_note() {
        let faults = [problem(Some("mobile"), "0", "too short", "add it"), problem(Some("mobile"), "0", "odd", "ask")];
        assert_eq!(marked(&faults), [(1, "Too short.\nAdd it.\nOdd.\nAsk.".to_owned())]);
    }

    #[test]
    fn a_refusal_of_the_api_finds_fault_with_no_cell() {
        assert_eq!(
            marks(&["mobile", "row_in_sheet", "problem", "how_to_fix"], "Here to Help did not take it: mobile", ""),
            []
        );
    }
}
