//! Sheets v4: the tabs of a Google Sheet, and the cells of ranges.

use std::ops::Range;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use calamine::Dimensions;
use serde::Serialize;
use serde_json::{Value, json};

use super::a1::Area;
use super::book::{Book, Tab};
use super::calls::Call;
use super::entry::{Content, Entry};
use super::error::ApiError;
use super::fields::{BATCH_FIELDS, Mask, SPREADSHEET_FIELDS, VALUES_FIELDS, partial};
use super::gate::Incoming;
use super::shared::Google;
use super::view::View;

pub(super) async fn spreadsheet(
    State(google): State<Arc<Google>>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    let work = async |view: View| {
        let mask = incoming.fields(&SPREADSHEET_FIELDS, "*")?;
        let simulated = mask.names(["sheets", "data", "rowMetadata"]) && !mask.names(["sheets", "data", "rowData"]);
        if incoming.flag("includeGridData")? || mask.names(["sheets", "data", "rowData"]) {
            return Err(ApiError::bad_request("cells are not simulated here: ask for values"));
        }
        let (entry, book) = google.book(id, view).await?;
        let areas = incoming.parameters("ranges").map(|range| Area::locate(range, &book));
        let areas = areas.collect::<Result<Vec<_>, _>>().map_err(ApiError::bad_request)?;
        let is_asked_for = |index: &usize| areas.is_empty() || areas.iter().any(|area| area.tab == *index);
        let tabs = book.tabs.iter().enumerate().filter(|(index, _)| is_asked_for(index));
        let with_data = |(index, tab)| {
            let mut sheet = sheet(index, tab);
            if simulated {
                let whole = 0..tab.grid_rows();
                let rows = areas.iter().filter(|area| area.tab == index).map(|area| area.rows.clone());
                let rows: Vec<Range<usize>> = if areas.is_empty() { vec![whole] } else { rows.collect() };
                sheet["data"] = rows.into_iter().map(|rows| grid(tab, rows)).collect();
            }
            sheet
        };
        let sheets: Vec<Value> = tabs.map(with_data).collect();
        Ok(partial(
            &mask,
            json!({
                "spreadsheetId": entry.id,
                "properties": {
                    "title": entry.name, "locale": "en_GB", "autoRecalc": "ON_CHANGE", "timeZone": "Europe/London",
                    "defaultFormat": {"verticalAlignment": "BOTTOM", "wrapStrategy": "OVERFLOW_CELL"},
                },
                "sheets": sheets,
                "spreadsheetUrl": format!("https://docs.google.com/spreadsheets/d/{}/edit", entry.id),
            }),
        ))
    };
    google.call(Call::SpreadsheetsGet, &incoming, work).await
}

fn sheet(index: usize, tab: &Tab) -> Value {
    let mut properties = json!({
        // The first tab of a new spreadsheet is number 0, as Google's is; the others are arbitrary.
        "sheetId": index * 1_000_003,
        "title": tab.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": tab.grid_rows(), "columnCount": tab.grid_columns()},
    });
    if tab.hidden {
        properties["hidden"] = true.into();
    }
    let mut sheet = json!({ "properties": properties });
    if !tab.merges.is_empty() {
        let range = |region: &Dimensions| {
            json!({
                "sheetId": index * 1_000_003,
                "startRowIndex": region.start.0, "endRowIndex": region.end.0 + 1,
                "startColumnIndex": region.start.1, "endColumnIndex": region.end.1 + 1,
            })
        };
        sheet["merges"] = tab.merges.iter().map(range).collect();
    }
    sheet
}

/// The properties of rows beside their cells; what is false is not said.
fn grid(tab: &Tab, rows: Range<usize>) -> Value {
    let by = if tab.filtered { "hiddenByFilter" } else { "hiddenByUser" };
    let row = |row| match tab.hidden_rows.contains(&row) {
        true => json!({"pixelSize": 21, by: true}),
        false => json!({"pixelSize": 21}),
    };
    json!({"startRow": rows.start, "rowMetadata": rows.map(row).collect::<Vec<_>>()})
}

pub(super) async fn values(
    State(google): State<Arc<Google>>,
    Path((id, range)): Path<(String, String)>,
    incoming: Incoming,
) -> Response {
    let work = async |view: View| {
        let mask = incoming.fields(&VALUES_FIELDS, "*")?;
        check_form(&incoming)?;
        let (entry, book) = google.book(id, view).await?;
        let area = Area::locate(&range, &book).map_err(ApiError::bad_request)?;
        google.was_read(&entry.id).await?;
        answer(move || masked(&mask, &ValueRange::of(&area, &book))).await
    };
    google.call(Call::ValuesGet, &incoming, work).await
}

pub(super) async fn batch(State(google): State<Arc<Google>>, Path(id): Path<String>, incoming: Incoming) -> Response {
    let work = async |view: View| {
        let mask = incoming.fields(&BATCH_FIELDS, "*")?;
        check_form(&incoming)?;
        let (entry, book) = google.book(id, view).await?;
        let areas = incoming
            .parameters("ranges")
            .map(|range| Area::locate(range, &book))
            .collect::<Result<Vec<_>, _>>()
            .map_err(ApiError::bad_request)?;
        google.was_read(&entry.id).await?;
        answer(move || {
            let value_ranges = areas.iter().map(|area| ValueRange::of(area, &book)).collect();
            masked(&mask, &Batch { spreadsheet_id: &entry.id, value_ranges })
        })
        .await
    };
    google.call(Call::ValuesBatchGet, &incoming, work).await
}

/// Refuses cells in another form than rows of what people see.
fn check_form(incoming: &Incoming) -> Result<(), ApiError> {
    let simulated = [
        ("majorDimension", "ROWS"),
        ("valueRenderOption", "FORMATTED_VALUE"),
        // Of cells as people see them it says nothing.
        ("dateTimeRenderOption", "SERIAL_NUMBER"),
    ];
    for (name, only) in simulated {
        if let Some(other) = incoming.parameter(name).filter(|given| *given != only) {
            return Err(ApiError::bad_request(format!("{name} {other} is not simulated")));
        }
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValueRange<'a> {
    range: String,
    major_dimension: &'static str,
    /// Without empty cells at the end of a list and empty lists at the end; left out when nothing remains.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Vec<&'a str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Batch<'a> {
    spreadsheet_id: &'a str,
    value_ranges: Vec<ValueRange<'a>>,
}

impl<'a> ValueRange<'a> {
    fn of(area: &Area, book: &'a Book) -> Self {
        let tab = &book.tabs[area.tab];
        let cell = |row: usize, column: usize| tab.rows.get(row).and_then(|row| row.get(column)).unwrap_or_default();
        let rows = area.rows.clone().take_while(|row| *row < tab.rows.len());
        let values = rows.map(|row| area.columns.clone().map(|column| cell(row, column)).collect()).collect();
        Self { range: area.label(book), major_dimension: "ROWS", values: without_empty_ends(values) }
    }
}

fn without_empty_ends(mut values: Vec<Vec<&str>>) -> Vec<Vec<&str>> {
    for list in &mut values {
        list.truncate(list.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1));
    }
    values.truncate(values.iter().rposition(|list| !list.is_empty()).map_or(0, |last| last + 1));
    values
}

/// Writes megabytes of cells beside the event loop.
async fn answer(write: impl FnOnce() -> serde_json::Result<Vec<u8>> + Send + 'static) -> Result<Response, ApiError> {
    let bytes = tokio::task::spawn_blocking(write)
        .await
        .map_err(|_| ApiError::internal("the answer could not be written"))?
        .map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json; charset=UTF-8")], bytes).into_response())
}

fn masked<T: Serialize>(mask: &Mask, value: &T) -> serde_json::Result<Vec<u8>> {
    match mask {
        Mask::All => serde_json::to_vec(value),
        Mask::Only(_) => serde_json::to_vec(&mask.apply(serde_json::to_value(value)?)),
    }
}

impl Google {
    /// A Google Sheet and what it holds.
    async fn book(self: &Arc<Self>, id: String, view: View) -> Result<(Entry, Arc<Book>), ApiError> {
        let (entry, path) = self
            .with_store(move |store| {
                let not_found = || ApiError::new(StatusCode::NOT_FOUND, "notFound", "Requested entity was not found.");
                let entry = store.entry(&id).ok_or_else(not_found)?;
                if !view.shows(&entry.folder) {
                    let message = "The caller does not have permission";
                    return Err(ApiError::new(StatusCode::FORBIDDEN, "forbidden", message));
                }
                if entry.content != Content::Sheet {
                    let message = "This operation is not supported for this document";
                    return Err(ApiError::new(StatusCode::BAD_REQUEST, "failedPrecondition", message));
                }
                Ok((entry.clone(), store.path(entry)))
            })
            .await?;
        let google = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            // A file on disk that a spreadsheet program cannot open: Google would never have such a sheet.
            let book = google.books.get(&path, entry.stamp, &entry.name);
            let book = book.map_err(|error| ApiError::bad_request(format!("{}: {error}", path.display())))?;
            Ok((entry, book))
        })
        .await
        .map_err(|_| ApiError::internal("the sheet could not be read"))?
    }
}
