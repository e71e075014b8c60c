//! The pictures of the page in the docs: taken here, and those that are there are compared by their sizes alone. The script
//! integration-tests/local-stack/pictures takes them over.

use std::fs;
use std::path::Path;

use local_stack::{Options, Stack, spl};

use super::page::Page;
use crate::common::h2h::H2h;
use crate::common::on_call::failing;

#[tokio::test]
async fn the_pictures_of_the_docs_can_be_taken_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let drive = folder.path().canonicalize().expect("a path").join("demo");
    let mut options = Options::new(&drive);
    (options.calls_per_second, options.row_receives) = (30, 1);
    let stack = Stack::start(options).await.expect("the stack starts");
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");
    let well = (2_000..2_060).map(|person| spl::row(person, &[]));
    let rows: Vec<Vec<String>> = failing(api, [24, 21, 15]).into_iter().chain(well).collect();
    let inbound = drive.join("spl/inbound");
    fs::write(inbound.join("wednesday.csv"), spl::csv(&rows)).expect("the sheet");
    // Where it lies would stand on the page: it is called by its name alone.
    let h2h = H2h { local: "demo".into(), ..H2h::build(&drive).await };
    let page = Page::open_from(&h2h, folder.path()).await;
    page.look(1_200, 900, "light").await;
    page.go("dead").await;
    page.says("#counts", "60 dead rows").await;
    taken(&page, "web-dead.png").await;

    fs::write(inbound.join("monday.csv"), spl::list(3_000..3_300)).expect("the sheet");
    page.go("now").await;
    page.says("#under-way", " left").await;
    taken(&page, "web-now.png").await;
    page.go("runs").await;
    page.press_on("wednesday.csv").await;
    taken(&page, "web-run.png").await;
    page.go("charts?last=hour").await;
    page.says("#lately", "60 dead-lettered").await;
    taken(&page, "web-charts.png").await;
    stack.stop().await.expect("the stack stops");
}

async fn taken(page: &Page, name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("target/web/pictures");
    fs::create_dir_all(&folder).expect("a folder");
    let picture = page.picture().await;
    fs::write(folder.join(name), &picture).expect("written");
    let size = |png: &[u8]| png.get(16..24).map(<[u8]>::to_vec);
    let in_docs = fs::read(root.join("docs/pictures").join(name));
    let is_there = in_docs.is_ok_and(|in_docs| size(&in_docs) == size(&picture));
    let advice = "run integration-tests/local-stack/pictures";
    assert!(is_there || std::env::var_os("PICTURES").is_some(), "docs/pictures/{name}: {advice}");
}
