use drive::Error;
use serde_json::{Value, json};

use crate::google::{Answer, Google};
use crate::shown;

fn tab(title: &str, index: u32, hidden: bool, rows: u32, columns: u32) -> Value {
    json!({"properties": {
        "title": title, "index": index, "hidden": hidden, "gridProperties": {"rowCount": rows, "columnCount": columns},
    }})
}

fn tabs(tabs: impl IntoIterator<Item = Value>) -> Answer {
    Answer::ok(json!({"sheets": tabs.into_iter().collect::<Vec<_>>()}))
}

fn values(rows: Value) -> Answer {
    Answer::ok(json!({"range": "'Sheet1'!A1:B9", "majorDimension": "ROWS", "values": rows}))
}

/// Google's answer about rows: which of them, counted from 0, are hidden.
fn hidden(rows: &[usize]) -> Answer {
    let mut metadata = vec![json!({}); rows.iter().max().map_or(0, |last| last + 1)];
    for row in rows {
        metadata[*row] = json!({"hiddenByFilter": true});
    }
    Answer::ok(json!({"sheets": [{"data": [{"rowMetadata": metadata}]}]}))
}

/// The rows as `number: cells`.
fn lines(rows: &[feeds::SheetRow]) -> Vec<String> {
    let line = |row: &feeds::SheetRow| {
        let cells: Vec<_> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        format!("{}: {}", row.number, cells.join("|"))
    };
    rows.iter().map(line).collect()
}

#[tokio::test]
async fn a_sheet_is_read_as_it_is_shown() {
    let google = Google::answering([
        tabs([tab("Sheet1", 0, false, 6, 3)]),
        hidden(&[]),
        values(json!([
            ["Forename", "Phone", "Note"],
            ["Nan", "07700900123", "1e5"],
            [],
            ["", "+447700900123"],
            [1.5, true, null]
        ])),
    ])
    .await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
    let rows = reader.next().await.expect("an answer").expect("rows");
    assert_eq!(
        lines(&rows),
        ["1: Forename|Phone|Note", "2: Nan|07700900123|1e5", "3: ", "4: |+447700900123", "5: 1.5|TRUE|"]
    );
    assert!(format!("{reader:?}").contains("position: 7 of"), "{reader:?}");
    assert_eq!(reader.next().await.expect("an answer"), None);
    insta::assert_snapshot!(google.requests(), @r"
    GET /v4/spreadsheets/s?fields=sheets(properties(title,index,hidden,gridProperties(rowCount,columnCount)),merges(startRowIndex,endRowIndex,startColumnIndex))
    GET /v4/spreadsheets/s?ranges='Sheet1'!A1:A6&fields=sheets.data.rowMetadata(hiddenByFilter,hiddenByUser)
    GET /v4/spreadsheets/s/values/'Sheet1'!A1:C6?majorDimension=ROWS&valueRenderOption=FORMATTED_VALUE
    ");
}

#[tokio::test]
async fn an_empty_batch_is_not_the_end_and_no_range_goes_past_the_grid() {
    // 18,278 columns: 6 rows at first.
    let google = Google::answering([
        tabs([tab("Sheet1", 0, false, 20, 18_278)]),
        hidden(&[]),
        values(json!([["Forename"]])),
        Answer::ok(json!({"range": "'Sheet1'!A7:ZZZ18", "majorDimension": "ROWS"})),
        values(json!([[], ["Jane"]])),
    ])
    .await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
    let mut batches = Vec::new();
    while let Some(rows) = reader.next().await.expect("an answer") {
        batches.push(lines(&rows));
    }
    assert_eq!(batches, [vec!["1: Forename"], vec![], vec!["19: ", "20: Jane"]]);
    insta::assert_snapshot!(google.requests(), @r"
    GET /v4/spreadsheets/s?fields=sheets(properties(title,index,hidden,gridProperties(rowCount,columnCount)),merges(startRowIndex,endRowIndex,startColumnIndex))
    GET /v4/spreadsheets/s?ranges='Sheet1'!A1:A20&fields=sheets.data.rowMetadata(hiddenByFilter,hiddenByUser)
    GET /v4/spreadsheets/s/values/'Sheet1'!A1:ZZZ6?majorDimension=ROWS&valueRenderOption=FORMATTED_VALUE
    GET /v4/spreadsheets/s/values/'Sheet1'!A7:ZZZ18?majorDimension=ROWS&valueRenderOption=FORMATTED_VALUE
    GET /v4/spreadsheets/s/values/'Sheet1'!A19:ZZZ20?majorDimension=ROWS&valueRenderOption=FORMATTED_VALUE
    ");
}

#[tokio::test]
async fn it_goes_on_at_a_given_row() {
    let google =
        Google::answering([tabs([tab("Sheet1", 0, false, 9, 2)]), hidden(&[]), values(json!([["Jane"]]))]).await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet").start_at(9);
    assert_eq!(lines(&reader.next().await.expect("an answer").expect("rows")), ["9: Jane"]);
    assert_eq!(reader.next().await.expect("an answer"), None);
    assert_eq!(reader.start_at(11).next().await.expect("an answer"), None);
}

#[tokio::test]
async fn hidden_rows_and_what_is_merged_downwards_are_told() {
    let mut sheet = tab("Week 9", 0, false, 9, 2);
    sheet["merges"] = json!([{"startRowIndex": 1, "endRowIndex": 4, "startColumnIndex": 1}]);
    let rows = json!([["Name", "Road"], ["Ana", "4 Test Walk"], ["Ben"], ["Cleo"], ["Dan"]]);
    let google = Google::answering([tabs([sheet.clone()]), hidden(&[1, 2]), values(rows)]).await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
    assert_eq!(reader.tab(), "Week 9");
    let read = reader.next().await.expect("an answer").expect("rows");
    assert_eq!(
        lines(&read),
        ["1: Name|Road", "2: Ana|4 Test Walk", "3: Ben|4 Test Walk", "4: Cleo|4 Test Walk", "5: Dan"]
    );
    assert_eq!(read.iter().map(|row| row.hidden).collect::<Vec<_>>(), [false, true, true, false, false]);
    assert_eq!((read[2].cells[1].merged_from, read[1].cells[1].merged_from), (Some(2), None));

    // Whoever goes on in the middle of the region gets its value too.
    let rows = json!([["Ana", "4 Test Walk"], ["Ben"], ["Cleo"]]);
    let google = Google::answering([tabs([sheet]), hidden(&[0, 2]), values(rows)]).await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet").start_at(4);
    let read = reader.next().await.expect("an answer").expect("rows");
    assert_eq!((lines(&read), read[0].hidden), (vec!["4: Cleo|4 Test Walk".to_owned()], true));
    insta::assert_snapshot!(google.requests().lines().skip(1).collect::<Vec<_>>().join("\n"), @r"
    GET /v4/spreadsheets/s?ranges='Week 9'!A2:A9&fields=sheets.data.rowMetadata(hiddenByFilter,hiddenByUser)
    GET /v4/spreadsheets/s/values/'Week%209'!A2:B9?majorDimension=ROWS&valueRenderOption=FORMATTED_VALUE
    ");
}

#[tokio::test]
async fn a_row_with_nothing_of_its_own_stays_blank() {
    let mut sheet = tab("Week 9", 0, false, 3, 2);
    sheet["merges"] = json!([{"startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 0}]);
    let rows = json!([["x"], [" "], ["", "y"]]);
    let google = Google::answering([tabs([sheet]), hidden(&[]), values(rows)]).await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
    let read = reader.next().await.expect("an answer").expect("rows");
    assert_eq!(lines(&read), ["1: x", "2:  ", "3: x|y"]);
}

#[tokio::test]
async fn a_sheet_without_a_visible_tab_says_so() {
    let google = Google::answering([tabs([tab("Hidden", 0, true, 9, 9)])]).await;
    insta::assert_snapshot!(google.drive().sheet("s", "to_fix").await.expect_err("nothing to read"), @"the Google Sheet `s` has no visible tab with cells: show the tab that is to be read");
}

#[tokio::test]
async fn the_range_is_halved_when_google_cannot_cope() {
    let google = Google::answering([
        tabs([tab("Sheet1", 0, false, 100, 2)]),
        hidden(&[]),
        Answer::refusal(503, "backendError"),
        Answer::refusal(500, "internalError"),
        // "Slower" is not a reason to ask for less.
        Answer::refusal(429, "rateLimitExceeded"),
        values(json!([["Forename"]])),
    ])
    .await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
    reader.next().await.expect("an answer");
    assert!(format!("{reader:?}").contains("position: 26 of"), "{reader:?}");
    let requests = google.requests();
    let ranges: Vec<_> = requests.lines().filter_map(|line| line.split("values/").nth(1)?.split('?').next()).collect();
    assert_eq!(ranges, ["'Sheet1'!A1:B100", "'Sheet1'!A1:B50", "'Sheet1'!A1:B25", "'Sheet1'!A1:B25"]);
}

#[tokio::test]
async fn an_answer_too_large_for_memory_is_asked_for_in_parts() {
    let large = || values(json!([["x".repeat(9 * 1024 * 1024)]]));
    let tab = tabs([tab("Sheet1", 0, false, 2, 1)]);
    let google = Google::answering([tab, hidden(&[]), large(), large(), values(json!([["end"]]))]).await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
    let rows = reader.next().await.expect("an answer").expect("rows");
    assert_eq!((rows[0].number, rows[0].cells[0].text.len()), (1, 9 * 1024 * 1024));
    assert_eq!(lines(&reader.next().await.expect("an answer").expect("rows")), ["2: end"]);
}

#[tokio::test]
async fn a_row_too_large_for_memory_is_named() {
    let huge = || values(json!([["CANARY".repeat(6 * 1024 * 1024)]]));
    let google = Google::answering([tabs([tab("Sheet1", 0, false, 1, 1)]), hidden(&[]), huge()]).await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
    let error = reader.next().await.expect_err("too large");
    insta::assert_snapshot!(error, @"row 1 of the Google Sheet `s` is larger than 33554432 bytes: shorten its cells");
    assert!(!shown(&error).contains("CANARY"));
}

#[tokio::test]
async fn a_tab_that_vanished_or_shrank_means_that_the_file_changed() {
    let was = || tab("Sheet1", 0, false, 9, 2);
    for now in [tab("Sheet1", 0, false, 8, 2), tab("Renamed", 0, false, 9, 2)] {
        let refusal = Answer::refusal(400, "badRequest");
        let google = Google::answering([tabs([was()]), hidden(&[]), refusal, tabs([now])]).await;
        let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
        let error = reader.next().await.expect_err("a range past the grid");
        assert!(matches!(error, Error::Changed { .. }), "{error:?}");
    }
    // Were it nothing of that kind, reading it again and again would not help.
    let refusal = Answer::refusal(400, "badRequest");
    let google = Google::answering([tabs([was()]), hidden(&[]), refusal, tabs([was()])]).await;
    let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
    let error = reader.next().await.expect_err("a refusal");
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn no_error_repeats_what_a_cell_says() {
    let broken = [
        json!({"values": [["CANARY", {"CANARY": "CANARY"}]]}).to_string(),
        json!({"values": "CANARY"}).to_string(),
        json!({"values": [["CANARY"], ["CANARY"]]}).to_string(),
        r#"{"values": [["CANARY"#.to_owned(),
        "CANARY".to_owned(),
    ];
    for body in broken {
        let answers = (0..8).map(|_| Answer::new(200, body.clone()));
        let before = [tabs([tab("Sheet1", 0, false, 1, 2)]), hidden(&[])];
        let google = Google::answering(before.into_iter().chain(answers)).await;
        let mut reader = google.drive().sheet("s", "to_fix").await.expect("a sheet");
        let error = reader.next().await.expect_err("not an answer");
        assert!(!shown(&error).contains("CANARY") && error.is_transient(), "{error:?}");
        assert!(!format!("{reader:?}").contains("Sheet1"), "{reader:?}");
    }
}
