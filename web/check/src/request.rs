//! What the page asks for, and the answers.

use std::path::Path;

use chrono::NaiveDate;
use feeds::Feed;
use preview::RowLine;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sheets::TextSheetError;

use crate::cells::{self, RowView};
use crate::download::{self, Download};
use crate::report::Report;
use crate::sheet::Sheet;
use crate::verdicts::{Kind, Verdict};

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
    /// The next row to fix in the list, from a place on.
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
    /// Makes the corrected sheet.
    Corrected,
    /// Makes a sheet of the rows to fix.
    ToFix,
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

/// A sheet and the list of its rows that is looked at.
#[derive(Default)]
pub(crate) struct Checker {
    /// The bytes of the file to open, or of the one that was made.
    pub(crate) bytes: Vec<u8>,
    sheet: Option<Sheet>,
    list: Vec<usize>,
}

impl Checker {
    /// Carries out a request in JSON.
    pub(crate) fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        let answer = match serde_json::from_slice(request) {
            Ok(request) => self.carry_out(request),
            Err(error) => Err(error.into()),
        };
        answer.unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string().into_bytes())
    }

    fn carry_out(&mut self, request: Request) -> Result<Vec<u8>, Failure> {
        match request {
            Request::Feeds => {
                let feeds = feeds::all().iter().map(|feed| json!({ "name": feed.name(), "title": feed.title }));
                return bytes(&feeds.collect::<Vec<_>>());
            }
            Request::Template { feed, today } => return self.made(download::template(feed, today)),
            Request::Open { name } => {
                let sheet = Sheet::open(name, std::mem::take(&mut self.bytes));
                let answer = bytes(&json!({ "unreadable": sheet.unreadable }));
                (self.sheet, self.list) = (Some(sheet), Vec::new());
                return answer;
            }
            _ => {}
        }
        let sheet = self.sheet.as_mut().ok_or(Failure::NoSheet)?;
        match request {
            Request::Step { rows } => bytes(&sheet.step(rows)),
            Request::Judge { feed, as_of, excluded } => {
                sheet.judge(feed, as_of, &excluded);
                bytes(&json!({}))
            }
            Request::Report => bytes(&Report::of(sheet)),
            Request::List(which) => {
                self.list = listed(sheet, which);
                bytes(&json!({ "count": self.list.len() }))
            }
            Request::Rows { from, count } => {
                let mut again = sheet.pass.as_ref().and_then(|pass| pass.again());
                let places = self.list.iter().skip(from).take(count);
                bytes(&places.filter_map(|&at| RowView::of(sheet, again.as_mut(), at)).collect::<Vec<_>>())
            }
            Request::Next { from, back } => {
                let is_to_fix =
                    |place: &usize| self.list.get(*place).is_some_and(|&at| verdict(sheet, at).kind == Kind::ToFix);
                let place = if back {
                    (0..from).rev().find(is_to_fix)
                } else {
                    (from.saturating_add(1)..self.list.len()).find(is_to_fix)
                };
                bytes(&json!({ "place": place }))
            }
            Request::Place { row } => {
                let at = sheet.rows.place(row);
                bytes(&json!({ "place": at.and_then(|at| self.list.binary_search(&at).ok()) }))
            }
            Request::Text { at, column } => bytes(&json!({ "text": cells::text(sheet, at, column) })),
            Request::Correct { at, column, text } => {
                sheet.correct(at, column, &text);
                let mut again = sheet.pass.as_ref().and_then(|pass| pass.again());
                bytes(&json!({ "row": RowView::of(sheet, again.as_mut(), at) }))
            }
            Request::Lines { from, count } => lines(sheet, from, count),
            Request::Corrected => {
                let made = download::corrected(sheet);
                self.made(made)
            }
            Request::ToFix => {
                let made = download::to_fix(sheet);
                self.made(made)
            }
            Request::Feeds | Request::Template { .. } | Request::Open { .. } => bytes(&json!({})),
        }
    }

    fn made(&mut self, made: Result<Download, TextSheetError>) -> Result<Vec<u8>, Failure> {
        let Download { bytes: made, told } = made?;
        self.bytes = made;
        bytes(&told)
    }
}

/// Why a request is not carried out.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("no sheet is open")]
    NoSheet,
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    #[error("{0}")]
    Sheet(#[from] TextSheetError),
}

fn bytes(answer: &impl Serialize) -> Result<Vec<u8>, Failure> {
    Ok(serde_json::to_vec(answer)?)
}

fn verdict(sheet: &Sheet, at: usize) -> Verdict {
    sheet.pass.as_ref().map(|pass| pass.verdict(at)).unwrap_or_default()
}

/// The places of these rows. Of a sheet without a header all rows are listed as they are.
fn listed(sheet: &Sheet, which: Which) -> Vec<usize> {
    let has_header = sheet.pass.as_ref().is_some_and(|pass| pass.header().is_some());
    let is_listed = |at: &usize| {
        let verdict = verdict(sheet, *at);
        match which {
            Which::All => verdict.kind != Kind::Outside || !has_header,
            Which::ToFix => verdict.kind == Kind::ToFix,
            Which::Skipped => verdict.kind == Kind::Skipped,
            Which::Warnings => verdict.has_warnings,
            Which::Twice => verdict.same_as.is_some(),
            Which::Corrected => sheet.corrected.range((*at, 0)..(*at + 1, 0)).next().is_some(),
        }
    };
    (0..sheet.rows.len()).filter(is_listed).collect()
}

/// A line of JSON for each of these rows that is judged, and the sheet's own.
fn lines(sheet: &Sheet, from: usize, count: usize) -> Result<Vec<u8>, Failure> {
    let Some(pass) = &sheet.pass else { return bytes(&json!({ "rows": [], "sheet": null })) };
    let mut again = pass.again();
    let mut rows = Vec::new();
    for at in (from..sheet.rows.len()).take(count).filter(|at| pass.verdict(*at).kind != Kind::Outside) {
        let judged = again.as_mut().and_then(|again| again.judge(sheet.rows.get(at)?));
        if let Some(judged) = judged {
            rows.push(serde_json::to_value(RowLine::from(&judged))?);
        }
    }
    let whole = preview::Sheet {
        feed: pass.choice.feed,
        as_of: pass.choice.rules.as_of,
        path: Path::new(&sheet.name),
        tab: sheet.tab().map(str::to_owned).filter(|_| pass.header().is_some()),
        header: pass.header().cloned(),
    };
    let whole = match &pass.rejected[..] {
        [] => serde_json::to_value(whole.accepted(&pass.findings, pass.evidence()))?,
        problems => serde_json::to_value(whole.rejected(problems))?,
    };
    bytes(&json!({ "rows": rows, "sheet": whole }))
}
