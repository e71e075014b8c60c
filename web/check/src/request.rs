//! What the page asks for.

use chrono::NaiveDate;
use feeds::Feed;
use serde::Deserialize;

/// One thing to do; in JSON such as `{"rows": {"from": 0, "count": 40}}`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// The feeds, for the page to offer.
    Feeds,
    /// Opens the file whose bytes were taken.
    Open {
        /// Its name.
        name: String,
    },
    /// Reads or judges so many rows more; to be asked until all is done.
    Step {
        /// How many.
        rows: usize,
    },
    /// Judges all rows anew, in steps.
    Judge {
        /// By the rules of this feed; of the likeliest one where none is named.
        feed: Option<&'static Feed>,
        /// As of this day.
        as_of: NaiveDate,
        /// The Account IDs that contact tracing leaves out, separated by commas.
        excluded: String,
    },
    /// What is known of the sheet.
    Report,
    /// Which rows are listed from now on.
    List(Which),
    /// Some of the listed rows.
    Rows {
        /// The first.
        from: usize,
        /// How many.
        count: usize,
    },
    /// The next row to fix in the list, from a place on and, behind the last one, from the first on. `null` where none is.
    Next {
        /// The place; it is not looked at itself.
        from: usize,
        /// Up the list.
        back: bool,
    },
    /// The place in the list of a row by its number.
    Place {
        /// The number that the sheet shows.
        row: u32,
    },
    /// The whole text of a cell.
    Text {
        /// Its row's place among all rows.
        at: usize,
        /// Its column's.
        column: usize,
    },
    /// Writes over a cell.
    Correct {
        /// Its row's place among all rows.
        at: usize,
        /// Its column's.
        column: usize,
        /// What it shall hold.
        text: String,
    },
    /// What `h2h preview --json` prints of so many of all rows, and of the sheet.
    Lines {
        /// The first row's place among all rows.
        from: usize,
        /// How many.
        count: usize,
    },
    /// Begins to make the corrected sheet.
    Corrected,
    /// Begins to make a sheet of the rows to fix.
    ToFix,
    /// Writes so many rows more of the file that is made; to be asked until it is done. One that nobody makes any more, for it
    /// was ended or the sheet has changed, is `null`.
    Make {
        /// How many.
        rows: usize,
    },
    /// Makes no file after all.
    End,
    /// Makes a template.
    Template {
        /// Of this feed.
        feed: &'static Feed,
        /// The day in London.
        today: NaiveDate,
    },
}

/// Which rows of the sheet are listed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// All below the header.
    All,
    /// Those that must be corrected.
    ToFix,
    /// Those that a rule leaves out.
    Skipped,
    /// Those with warnings.
    Warnings,
    /// Those for the same person or request as an earlier one.
    Twice,
    /// Those with a cell that was typed over.
    Corrected,
}
