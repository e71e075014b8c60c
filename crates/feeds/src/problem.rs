//! A problem with a row, or with a file, and what to do about it.

use serde::{Deserialize, Serialize};

/// One thing to correct in a row. Quotes the cell: for the summary and the ledger's row, never for a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The column as the header names it; none where no single column is at fault.
    pub column: Option<String>,
    /// The cell's text.
    pub text: String,
    /// The problem.
    pub problem: String,
    /// Advice on what to write instead.
    pub how_to_fix: String,
}

impl Problem {
    /// One of the row as a whole: no single column is at fault.
    pub(crate) fn of_row(problem: String, how_to_fix: impl Into<String>) -> Self {
        Self { column: None, text: String::new(), problem, how_to_fix: how_to_fix.into() }
    }

    /// One of a column whose text does not matter.
    pub(crate) fn of_column(column: impl Into<String>, problem: &str, how_to_fix: &str) -> Self {
        Self { column: Some(column.into()), ..Self::of_row(problem.to_owned(), how_to_fix) }
    }

    /// All problems of a row as the summary says them: what is wrong, and what to write instead.
    pub fn in_words(problems: &[Self]) -> (String, String) {
        let wrong = problems.iter().map(|problem| match &problem.column {
            Some(column) if problem.text.is_empty() => format!("{column}: {}", problem.problem),
            Some(column) => format!("{column} \"{}\": {}", problem.text, problem.problem),
            None => problem.problem.clone(),
        });
        let fix = problems.iter().enumerate().map(|(at, Self { column, how_to_fix, .. })| {
            // A semicolon stands for the full stop before it.
            let is_last = at + 1 == problems.len();
            let advice = if is_last { how_to_fix } else { how_to_fix.trim_end_matches('.') };
            column.as_ref().map_or_else(|| advice.to_owned(), |column| format!("{column}: {advice}"))
        });
        (wrong.collect::<Vec<_>>().join("; "), fix.collect::<Vec<_>>().join("; "))
    }
}

/// The problems of [`Problem::in_words`], or the advice on them, that are of a column: each with its column as it is named
/// here. What the words quote of a cell is taken for no other problem.
pub(crate) fn by_column<'t, 'c>(words: &'t str, columns: &[&'c str]) -> Vec<(&'c str, &'t str)> {
    let unquoted = mask_quotes(words);
    let mut found: Vec<(&'c str, usize, usize)> = Vec::new();
    // Where a problem may begin: at the beginning, and behind each semicolon.
    let begins = std::iter::once(0).chain(unquoted.match_indices("; ").map(|(at, _)| at + 2));
    for begin in begins {
        let of = |column: &&&'c str| behind_column(&unquoted[begin..], column).is_some();
        let named = columns.iter().filter(|column| !column.is_empty()).filter(of).max_by_key(|column| column.len());
        if let Some((column, length)) =
            named.and_then(|column| Some((*column, behind_column(&unquoted[begin..], column)?)))
        {
            found.push((column, begin, begin + length));
        }
    }
    let ends = found.iter().skip(1).map(|(_, begin, _)| begin - 2).chain([words.len()]).collect::<Vec<_>>();
    found.into_iter().zip(ends).filter_map(|((column, _, from), to)| Some((column, words.get(from..to)?))).collect()
}

/// How long `column: ` or `column "…": ` is, where the words begin so.
fn behind_column(unquoted: &str, column: &str) -> Option<usize> {
    let rest = unquoted.strip_prefix(column)?;
    let rest = match rest.strip_prefix(" \"") {
        Some(quoted) => quoted.trim_start_matches('\0').strip_prefix('"')?,
        None => rest,
    };
    Some(unquoted.len() - rest.strip_prefix(": ")?.len())
}

/// The words with NUL for each byte that they quote.
fn mask_quotes(words: &str) -> String {
    let parts = words.split('"').enumerate().map(|(number, part)| match number % 2 {
        0 => part.to_owned(),
        _ => "\0".repeat(part.len()),
    });
    parts.collect::<Vec<_>>().join("\"")
}

/// Why a whole file is rejected, for the `REJECTED_…` summary and the run item: no personal data, not
/// even the text of a cell below the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// The problem, naming columns and row numbers.
    pub problem: String,
    /// Advice on what to do about it.
    pub how_to_fix: String,
}

/// A file that is rejected whole: nothing of it is posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("the file is rejected: {}", .problems.iter().map(|problem| problem.problem.as_str()).collect::<Vec<_>>().join("; "))]
pub struct FileRejected {
    /// Everything that is wrong with it, at least one thing.
    pub problems: Vec<FileProblem>,
}

wire::debug_only!(Problem { column });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_problems_are_one_sentence_each() {
        let born = Problem { text: "9/12/06".to_owned(), ..Problem::of_column("born", "two digits", "Write four.") };
        let problems =
            [born, Problem::of_column("name", "empty", "Write it."), Problem::of_row("odd".to_owned(), "Ask.")];
        let (wrong, fix) = Problem::in_words(&problems);
        assert_eq!(wrong, "born \"9/12/06\": two digits; name: empty; odd");
        assert_eq!(fix, "born: Write four; name: Write it; Ask.");
    }
}
