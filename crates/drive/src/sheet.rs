//! A Google Sheet, batch by batch.

use std::fmt;

use feeds::{MergedCells, MergedRegion, SheetRow};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::Drive;
use crate::error::{Error, Subject};
use crate::failure::json;
use crate::hidden::{self, Grids, Hidden};
use crate::http::{Call, address};
use crate::ranges::{Batch, a1};

/// The largest answer that is taken into memory, in bytes; one that is larger is asked for in smaller parts.
const BATCH_LIMIT: usize = 8 * 1024 * 1024;

/// The largest row that is taken into memory, in bytes; it cannot be asked for in parts.
const ROW_LIMIT: usize = 32 * 1024 * 1024;

/// Reads one tab of a Google Sheet from top to bottom, as the sheet shows it. No more than one batch is in memory.
pub struct SheetReader {
    drive: Drive,
    file: String,
    preferred: String,
    tab: Tab,
    position: u32,
    /// The first row that is wanted; those above it are read for what is merged down to it.
    from: u32,
    batch: Batch,
    hidden: Hidden,
    merged: MergedCells,
}

/// A tab's title may be a person's name; the cells are theirs all the more.
impl fmt::Debug for SheetReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SheetReader {{ file: {:?}, position: {} of {} }}", self.file, self.position, self.tab.grid.row_count)
    }
}

impl Drive {
    /// Opens a Google Sheet at row 1 of the tab of this name, hidden or not, or, if it has none, of its first visible tab.
    ///
    /// # Errors
    /// [`Error::NotFound`]: deleted or not shared. [`Error::NoTab`]: nothing there to read.
    pub async fn sheet(&self, file: &str, preferred_tab: &str) -> Result<SheetReader, Error> {
        let (tab, merged) = self.find_tab(file, preferred_tab).await?;
        Ok(SheetReader {
            drive: self.clone(),
            file: file.to_owned(),
            preferred: preferred_tab.to_owned(),
            position: 1,
            from: 1,
            batch: Batch::for_columns(tab.grid.column_count),
            hidden: Hidden::below(0),
            merged,
            tab,
        })
    }

    /// The tab of a file that is to be read, as it is now, and what is merged in it.
    async fn find_tab(&self, file: &str, preferred: &str) -> Result<(Tab, MergedCells), Error> {
        let fields = "sheets(properties(title,index,hidden,gridProperties(rowCount,columnCount)),\
                      merges(startRowIndex,endRowIndex,startColumnIndex))";
        let call = self.on_sheet(file, &[], &[("fields", fields)]);
        let ask = || async {
            self.shared.pace.turn().await;
            self.json_once::<Spreadsheet>(&call).await
        };
        let spreadsheet = self.retry(Error::is_transient, ask).await?;
        spreadsheet.tab(preferred).ok_or_else(|| Error::NoTab(file.to_owned()))
    }

    /// A question about a Google Sheet.
    fn on_sheet(&self, file: &str, path: &[&str], query: &[(&str, &str)]) -> Call {
        let url = address(&self.shared.sheets, &[&[file], path].concat(), query);
        Call::new(Method::GET, url, Subject::File(file.to_owned()))
    }
}

impl SheetReader {
    /// Goes on at this row.
    pub fn start_at(self, row: u32) -> Self {
        let from = row.max(1);
        let position = self.merged.first_row_of(from);
        Self { position, from, hidden: Hidden::below(position - 1), ..self }
    }

    /// The name of the tab that is read.
    pub fn tab(&self) -> &str {
        &self.tab.title
    }

    /// The next rows, blank ones among them; nothing at the end of the tab. **No rows is not the end**: a sheet may
    /// have thousands of blank rows in its middle, and the caller may want to stop there.
    ///
    /// # Errors
    /// [`Error::Changed`]: the tab is no longer there, or smaller than it was. [`Error::RowTooLarge`]. After
    /// what only keeps Google from answering, the reader can be asked again.
    pub async fn next(&mut self) -> Result<Option<Vec<SheetRow>>, Error> {
        if self.position > self.tab.grid.row_count {
            return Ok(None);
        }
        let first = self.position;
        let mut attempts = self.drive.attempts(Error::is_transient);
        loop {
            let last = self.tab.grid.row_count.min(first.saturating_add(self.batch.rows - 1));
            let rows_asked = last - first + 1;
            match self.ask(first, last).await {
                Ok((values, bytes)) => {
                    self.batch.learn(rows_asked, bytes);
                    self.position = last + 1;
                    return Ok(Some(self.rows(first, values)));
                }
                Err(Error::AnswerTooLarge(_, limit)) if first == last => {
                    return Err(Error::RowTooLarge(self.file.clone(), first, limit));
                }
                Err(Error::AnswerTooLarge(..)) => self.batch.halve(rows_asked),
                // The tab was there with these rows when the reader was opened.
                Err(Error::Refused(refusal)) if refusal.status == 400 => {
                    match self.drive.find_tab(&self.file, &self.preferred).await {
                        Ok((now, _)) if (&now.title, now.grid) == (&self.tab.title, self.tab.grid) => {
                            return Err(Error::Refused(refusal));
                        }
                        Ok(_) => return Err(Error::Changed(self.file.clone())),
                        Err(error) => attempts.after(error).await?,
                    }
                }
                Err(error) => {
                    // Google may have had too much to do; what is too large for us is asked for in parts at once.
                    if error.is_overload() {
                        self.batch.halve(rows_asked);
                    }
                    attempts.after(error).await?;
                }
            }
        }
    }

    /// Asks which rows are hidden, down to the last, and for the cells of all, as the sheet shows them. How many bytes
    /// Google sent for these comes along.
    async fn ask(&mut self, first: u32, last: u32) -> Result<(Vec<Vec<String>>, usize), Error> {
        while let Some(rows) = self.hidden.to_ask(last, self.tab.grid.row_count) {
            self.drive.shared.pace.turn().await;
            let range = a1(&self.tab.title, 1, rows.0, rows.1);
            let query = [("ranges", range.as_str()), ("fields", hidden::FIELDS)];
            let grids: Grids = self.drive.json_once(&self.drive.on_sheet(&self.file, &[], &query)).await?;
            self.hidden.learn(rows, grids);
        }
        self.drive.shared.pace.turn().await;
        let range = a1(&self.tab.title, self.tab.grid.column_count, first, last);
        let query = [("majorDimension", "ROWS"), ("valueRenderOption", "FORMATTED_VALUE")];
        let limit = if first == last { ROW_LIMIT } else { BATCH_LIMIT };
        let call = self.drive.on_sheet(&self.file, &["values", &range], &query);
        let answer = self.drive.once(&call).await?;
        let (range, bytes): (ValueRange, usize) = json(answer, &call.subject, limit).await?;
        let rows: Option<Vec<Vec<String>>> =
            range.values.into_iter().map(|row| row.into_iter().map(shown).collect()).collect();
        let rows = rows.filter(|rows| rows.len() <= (last - first + 1) as usize);
        Ok((rows.ok_or(Error::Unreadable(call.subject))?, bytes))
    }

    /// The rows of an answer: it begins with row `first`, and leaves out blank rows at its end only.
    fn rows(&mut self, first: u32, values: Vec<Vec<String>>) -> Vec<SheetRow> {
        let mut rows = Vec::with_capacity(values.len());
        for (number, cells) in (first..).zip(values) {
            let mut row = SheetRow::of_text(number, cells);
            row.hidden = self.hidden.holds(number);
            // One that has nothing of its own stays blank.
            if !row.is_blank() {
                self.merged.fill(&mut row);
            }
            self.merged.begin(&row);
            if number >= self.from {
                rows.push(row);
            }
        }
        rows
    }
}

#[derive(Deserialize)]
struct Spreadsheet {
    sheets: Vec<Sheet>,
}

#[derive(Deserialize)]
struct Sheet {
    properties: Tab,
    #[serde(default)]
    merges: Vec<GridRange>,
}

#[derive(Deserialize)]
struct Tab {
    title: String,
    #[serde(default)]
    index: u32,
    #[serde(default)]
    hidden: bool,
    /// A chart has none.
    #[serde(default, rename = "gridProperties")]
    grid: Grid,
}

/// A merged region as Google writes it: from 0, the end excluded.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct GridRange {
    start_row_index: u32,
    end_row_index: u32,
    start_column_index: u32,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Grid {
    row_count: u32,
    column_count: u32,
}

impl Spreadsheet {
    /// The tab to read: the preferred one, else the first visible one that has cells.
    fn tab(mut self, preferred: &str) -> Option<(Tab, MergedCells)> {
        self.sheets.sort_by_key(|Sheet { properties: tab, .. }| (tab.title != preferred, tab.index));
        let is_to_read =
            |tab: &Tab| (tab.title == preferred || !tab.hidden) && tab.grid.row_count > 0 && tab.grid.column_count > 0;
        let sheet = self.sheets.into_iter().find(|sheet| is_to_read(&sheet.properties))?;
        let regions = sheet.merges.into_iter().map(|range| MergedRegion {
            first: range.start_row_index.saturating_add(1),
            last: range.end_row_index,
            column: range.start_column_index,
        });
        Some((sheet.properties, MergedCells::of(regions.filter(|region| region.first < region.last).collect())))
    }
}

#[derive(Deserialize)]
struct ValueRange {
    #[serde(default)]
    values: Vec<Vec<Value>>,
}

/// A cell's text. Google gives strings where the shown values are asked for; were it a number, its digits would do.
fn shown(cell: Value) -> Option<String> {
    match cell {
        Value::String(text) => Some(text),
        Value::Null => Some(String::new()),
        Value::Bool(yes) => Some(if yes { "TRUE" } else { "FALSE" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn tab(title: &str, index: u32, hidden: bool) -> Value {
        json!({"properties": {
            "title": title, "index": index, "hidden": hidden, "gridProperties": {"rowCount": 9, "columnCount": 9},
        }})
    }

    /// The title of the tab that is read.
    fn read(tabs: &[&Value]) -> Option<String> {
        let spreadsheet: Spreadsheet = serde_json::from_value(json!({"sheets": tabs})).expect("tabs");
        spreadsheet.tab("to_fix").map(|(tab, _)| tab.title)
    }

    #[test]
    fn the_tab_to_fix_comes_before_the_first_visible_one() {
        let chart = json!({"properties": {"title": "Chart", "index": 0}});
        let [hidden, second, third] = [("Hidden", 1, true), ("Second", 2, false), ("Third", 3, false)]
            .map(|(title, index, hidden)| tab(title, index, hidden));
        assert_eq!(read(&[&third, &second, &hidden, &chart, &tab("to_fix", 4, false)]).as_deref(), Some("to_fix"));
        assert_eq!(read(&[&third, &hidden, &chart, &second]).as_deref(), Some("Second"));
        assert_eq!(read(&[&hidden, &chart]), None);
    }
}
