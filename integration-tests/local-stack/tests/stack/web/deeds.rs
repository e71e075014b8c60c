//! What is done to a run: it is cancelled, has its summary written again, is exported.

use std::fs;

use calamine::{Reader, Xlsx, open_workbook};
use local_stack::{Options, Stack, spl};

use super::page::Page;
use crate::common::h2h::H2h;

#[tokio::test]
async fn a_run_is_cancelled_and_another_is_told_of_again_and_exported() {
    let folder = tempfile::tempdir().expect("a folder");
    let drive = folder.path().canonicalize().expect("a path");
    let mut options = Options::new(&drive);
    // So slowly that there is something left to cancel.
    options.calls_per_second = 5;
    let stack = Stack::start(options).await.expect("the stack starts");
    let page = Page::open(&H2h::build(&drive).await).await;
    let inbound = drive.join("spl/inbound");

    fs::write(inbound.join("wrong.csv"), spl::list(0..200)).expect("the sheet");
    page.says("#under-way", "wrong.csv").await;
    page.says("#under-way", " left").await;
    page.press_on("wrong.csv").await;
    page.press_on("Cancel it").await;
    page.says("main", "wrong.csv").await;
    page.type_into("#why", "the list of last week").await;
    page.press_on("Cancel it for good").await;
    page.says("#done", "cancelled").await;
    page.is_for_everybody("a cancellation").await;
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");
    let posted = api.state().residents.len();
    assert!(posted < 150, "{posted}");
    page.open_once("wrong.csv", "cancelled").await;
    page.says("main", "the list of last week").await;

    fs::write(inbound.join("right.csv"), spl::list(1_000..1_003)).expect("the sheet");
    page.open_once("right.csv", "reported").await;
    let arrived = api.state().residents.len();
    assert!(arrived <= posted + 10 + 3, "what was cancelled is posted: {posted}, then {arrived}");
    page.says("main", "version 1").await;
    page.press_on("Write its summary again").await;
    page.press_on("Write it again").await;
    assert!(page.text("h1").await.contains("It is being written"));
    page.open_once("right.csv", "reported").await;
    page.refreshed_until("version 2").await;

    page.press_on("Export its rows").await;
    page.is_for_everybody("the question before an export").await;
    page.click(".question button.primary").await;
    let run = page.word("run").await;
    let book = page.downloaded(&format!("{run}.xlsx")).await;
    let mut book = open_workbook::<Xlsx<_>, _>(book).expect("a workbook");
    let rows = book.worksheet_range("rows").expect("the rows");
    assert_eq!((rows.height(), rows.get((1, 1)).map(ToString::to_string)), (4, Some("created".to_owned())));
    page.go(&format!("run?run={run}")).await;
    page.says("#audit", "exported its rows").await;
    stack.stop().await.expect("the stack stops");
}
