use std::fmt::Write as _;

use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};

use crate::support::{Bench, ok, refused, workbook};

async fn bench_with_sheet(csv: &str) -> (Bench, String) {
    let bench = Bench::start().await;
    bench.put("spl/inbound/list.gsheet.csv", csv);
    let id = bench.id_of(&bench.inbound(), "list").await;
    (bench, id)
}

#[tokio::test]
async fn a_spreadsheet_tells_its_tabs_and_their_grids() {
    let bench = Bench::start().await;
    workbook(&bench.path("spl/inbound/book.gsheet.xlsx"));
    let id = bench.id_of(&bench.inbound(), "book").await;
    let book = ok(bench.get(&format!("/v4/spreadsheets/{id}?includeGridData=false"))).await;
    assert_eq!((&book["spreadsheetId"], &book["properties"]["title"]), (&json!(id), &json!("book")));
    let properties: Vec<&Value> =
        book["sheets"].as_array().expect("tabs").iter().map(|tab| &tab["properties"]).collect();
    assert_eq!((&properties[0]["title"], &properties[0]["hidden"]), (&json!("Codes"), &json!(true)));
    assert_eq!(properties[1]["title"], "Week 3's list");
    assert_eq!(properties[1].get("hidden"), None, "what is false is not said");
    assert_eq!(properties[1]["index"], 1);
    assert_eq!(properties[1]["gridProperties"], json!({"rowCount": 1000, "columnCount": 26}));

    let some = bench.get(&format!("/v4/spreadsheets/{id}?fields=sheets.properties(title,gridProperties.rowCount)"));
    assert_eq!(
        ok(some).await,
        json!({"sheets": [
            {"properties": {"title": "Codes", "gridProperties": {"rowCount": 1000}}},
            {"properties": {"title": "Week 3's list", "gridProperties": {"rowCount": 1000}}},
        ]})
    );
    let unknown = bench.get(&format!("/v4/spreadsheets/{id}?fields=sheets.rows"));
    assert_eq!(refused(unknown).await, (400, "INVALID_ARGUMENT".to_owned()));
}

#[tokio::test]
async fn hidden_rows_and_merged_regions_are_told_where_they_are_asked_for() {
    let bench = Bench::start().await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("List").expect("a name");
    for (row, name) in (0..).zip(["Name", "Ana", "Ben", "Cleo"]) {
        sheet.write_string(row, 0, name).expect("written");
    }
    sheet.merge_range(1, 1, 2, 2, "4 Test Walk", &Format::new()).expect("merged");
    sheet.set_row_hidden(2).expect("hidden");
    book.save(bench.path("spl/inbound/list.gsheet.xlsx")).expect("saved");
    let id = bench.id_of(&bench.inbound(), "list").await;

    let merges = ok(bench.get(&format!("/v4/spreadsheets/{id}?fields=sheets.merges(startRowIndex,endRowIndex)"))).await;
    assert_eq!(merges, json!({"sheets": [{"merges": [{"startRowIndex": 1, "endRowIndex": 3}]}]}));
    let rows = |range: &str, fields: &str| bench.get(&format!("/v4/spreadsheets/{id}?ranges={range}&fields={fields}"));
    let hidden = ok(rows("List!A2:A4", "sheets.data.rowMetadata(hiddenByFilter,hiddenByUser)")).await;
    assert_eq!(hidden, json!({"sheets": [{"data": [{"rowMetadata": [{}, {"hiddenByUser": true}, {}]}]}]}));
    assert_eq!(
        ok(rows("List!A2:A4", "sheets.properties.index")).await,
        json!({"sheets": [{"properties": {"index": 0}}]})
    );
    let values = ok(bench.values(&id, "List!A2:C3")).await;
    assert_eq!(values["values"], json!([["Ana", "4 Test Walk"], ["Ben"]]), "only a region's first cell has a value");
    for (range, fields) in [
        ("List!A2:A4", "sheets.data.rowMetadata(hidden)"),
        ("List!A2:A4", "sheets.data(rowMetadata,rowData)"),
        ("List!A2:A1001", "sheets.data.rowMetadata(hiddenByUser)"),
    ] {
        assert_eq!(refused(rows(range, fields)).await, (400, "INVALID_ARGUMENT".to_owned()), "{range} {fields}");
    }
}

#[tokio::test]
async fn cells_are_given_as_they_are_shown_without_empty_ends() {
    let bench = Bench::start().await;
    workbook(&bench.path("spl/inbound/book.gsheet.xlsx"));
    let id = bench.id_of(&bench.inbound(), "book").await;
    let range = "'Week 3''s list'!A1:D1000";
    let values = ok(bench.values(&id, range)).await;
    assert_eq!(
        values,
        json!({
            "range": range, "majorDimension": "ROWS",
            "values": [["Name", "Born", "Age", "OK"], [], ["Ann", "01/02/1950", "71"], ["", "", "1.5", "TRUE"]],
        })
    );
    let untitled = ok(bench.values(&id, "A3:D4")).await;
    assert_eq!(untitled["range"], "'Week 3''s list'!A3:D4", "the first tab that is not hidden");
    assert_eq!(ok(bench.values(&id, "Codes!A1")).await["values"], json!([["secret"]]));
}

#[tokio::test]
async fn an_empty_batch_is_not_the_end_and_past_the_grid_is_an_error() {
    let mut csv = String::from("a,b\n");
    for row in 2..=1_200 {
        writeln!(csv, "{}", if row == 1_200 { "last,row" } else { "" }).expect("written");
    }
    let (bench, id) = bench_with_sheet(&csv).await;
    let empty = ok(bench.values(&id, "list!A100:B900")).await;
    assert_eq!(empty, json!({"range": "list!A100:B900", "majorDimension": "ROWS"}));
    let last = ok(bench.values(&id, "list!A1199:B1200")).await;
    assert_eq!(last["values"], json!([[], ["last", "row"]]), "row 1200 stands where a spreadsheet shows it");
    for past in ["list!A1200:B1201", "list!A1201:B1202", "list!A1:AA2"] {
        assert_eq!(refused(bench.values(&id, past)).await, (400, "INVALID_ARGUMENT".to_owned()), "{past}");
    }
}

#[tokio::test]
async fn several_ranges_come_in_one_answer() {
    let (bench, id) = bench_with_sheet("a,b\n1,2\n").await;
    let batch =
        bench.get(&format!("/v4/spreadsheets/{id}/values:batchGet")).query(&[("ranges", "A1:A2"), ("ranges", "B2")]);
    assert_eq!(
        ok(batch).await,
        json!({"spreadsheetId": id, "valueRanges": [
            {"range": "list!A1:A2", "majorDimension": "ROWS", "values": [["a"], ["1"]]},
            {"range": "list!B2:B2", "majorDimension": "ROWS", "values": [["2"]]},
        ]})
    );
}

#[tokio::test]
async fn what_is_no_google_sheet_or_no_range_is_refused() {
    let (bench, id) = bench_with_sheet("a,b\n1,2\n").await;
    for (range, parameter) in [
        ("Nothing!A1", ("majorDimension", "ROWS")),
        ("list!", ("majorDimension", "ROWS")),
        ("A1", ("majorDimension", "COLUMNS")),
        ("A1", ("valueRenderOption", "FORMULA")),
        ("A1", ("rangeless", "1")),
    ] {
        let answer = refused(bench.values(&id, range).query(&[parameter])).await;
        assert_eq!(answer, (400, "INVALID_ARGUMENT".to_owned()), "{range} {parameter:?}");
    }
    workbook(&bench.path("spl/inbound/book.xlsx"));
    let blob = bench.id_of(&bench.inbound(), "book.xlsx").await;
    let answer = refused(bench.get(&format!("/v4/spreadsheets/{blob}"))).await;
    assert_eq!(answer, (400, "FAILED_PRECONDITION".to_owned()), "an XLSX that was not converted");
    assert_eq!(refused(bench.get("/v4/spreadsheets/nothing")).await, (404, "NOT_FOUND".to_owned()));
    bench.set_faults(json!({"not_shared": ["spl/inbound"]}));
    assert_eq!(refused(bench.values(&id, "A1")).await, (403, "PERMISSION_DENIED".to_owned()));
}

#[tokio::test]
async fn a_change_on_disk_is_seen_at_the_next_read() {
    let (bench, id) = bench_with_sheet("a\n").await;
    let before = ok(bench.metadata(&id)).await;
    bench.set_faults(json!({"on_read": [{"file": id, "reads": 1, "change": {"append": "b\n"}}]}));
    assert_eq!(ok(bench.values(&id, "A1:A2")).await["values"], json!([["a"]]));
    assert_eq!(ok(bench.values(&id, "A1:A2")).await["values"], json!([["a"], ["b"]]));
    let after = ok(bench.metadata(&id)).await;
    assert_ne!(after["modifiedTime"], before["modifiedTime"]);
    assert_ne!(after["version"], before["version"]);
}

#[tokio::test]
async fn a_hundred_thousand_rows_of_sixty_columns_are_read_range_by_range() {
    let mut csv = String::new();
    for row in 1..=100_000 {
        for column in 1..60 {
            write!(csv, "r{row}c{column},").expect("written");
        }
        writeln!(csv, "end").expect("written");
    }
    let (bench, id) = bench_with_sheet(&csv).await;
    let tabs = ok(bench.get(&format!("/v4/spreadsheets/{id}?fields=sheets.properties.gridProperties"))).await;
    assert_eq!(tabs["sheets"][0]["properties"]["gridProperties"], json!({"rowCount": 100_000, "columnCount": 60}));
    let mut rows = 0;
    for first in (1..=100_000).step_by(4_000) {
        let answer = ok(bench.values(&id, &format!("list!A{first}:BH{}", first + 3_999))).await;
        let values = answer["values"].as_array().expect("rows");
        assert_eq!((&values[0][0], &values[0][59]), (&json!(format!("r{first}c1")), &json!("end")));
        rows += values.len();
    }
    assert_eq!(rows, 100_000);
}
