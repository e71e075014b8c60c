//! The lines of the tab `summary`.

use crate::settlement::Outcome;

/// The meaning of the sum.
const TOTAL: &str = "rows in your sheet";

/// The longest bar, in blocks.
const BAR: u64 = 30;

/// A line of the tab, of up to four columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SummaryLine {
    /// What became of the sheet, in one sentence. The first line.
    Headline(String),
    /// The name of the lines below it.
    Heading(&'static str),
    /// A label and what it says.
    Text(&'static str, String),
    /// How many rows ended so.
    Count {
        /// The outcome; none for their sum.
        outcome: Option<Outcome>,
        /// How many.
        rows: u64,
        /// How many there are of all outcomes.
        of: u64,
    },
    /// A warning of some rows.
    Warning {
        /// `warning`, or `others`.
        label: &'static str,
        /// How many rows have it.
        rows: u64,
        /// Its text, with the first rows.
        text: String,
    },
}

impl SummaryLine {
    /// The cells from the first column on.
    pub fn cells(&self) -> Vec<String> {
        match self {
            Self::Headline(text) => vec![text.clone()],
            Self::Heading(text) => vec![(*text).to_owned()],
            Self::Text(label, text) => vec![(*label).to_owned(), text.clone()],
            Self::Count { outcome, rows, of } => {
                let label = outcome.map_or("total", Outcome::as_str).to_owned();
                let bar = outcome.map(|_| bar(*rows, *of)).unwrap_or_default();
                vec![label, rows.to_string(), bar, outcome.map_or(TOTAL, Outcome::meaning).to_owned()]
            }
            Self::Warning { label, rows, text } => vec![(*label).to_owned(), rows.to_string(), text.clone()],
        }
    }
}

/// A bar of blocks, which every spreadsheet program shows: the whole is as long as all rows together. These two blocks are
/// in the fonts that came with Windows for decades; finer ones are not.
fn bar(rows: u64, of: u64) -> String {
    let halves = (rows * 2 * BAR).checked_div(of).unwrap_or_default().max(u64::from(rows > 0));
    let whole = usize::try_from(halves / 2).unwrap_or_default();
    "█".repeat(whole) + if halves % 2 == 1 { "▌" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_nothing() {
        for (rows, of, expected) in [
            (0, 0, String::new()),
            (0, 9, String::new()),
            (1, 100_000, "▌".to_owned()),
            (1, 2, "█".repeat(15)),
            (1, 12, "██▌".to_owned()),
            (7, 7, "█".repeat(30)),
        ] {
            assert_eq!(bar(rows, of), expected, "{rows} of {of}");
        }
    }
}
