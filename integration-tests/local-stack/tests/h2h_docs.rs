//! The pages that show h2h are true: every command of docs/h2h.md is run on a stack, in the page's order, and prints
//! what the page says. `H2H_DOCS=write` writes the pages anew.

use std::path::Path;

#[path = "common/console.rs"]
mod console;
#[path = "common/office.rs"]
mod office;
#[path = "common/picture.rs"]
mod picture;

use console::Page;
use office::Office;

fn page(name: &str) -> Page {
    Page::read(&Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(name))
}

#[tokio::test]
async fn the_pages_show_what_h2h_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut office = Office::open(folder.path()).await;
    let (mut commands, mut officers) = (page("h2h.md"), page("for-data-officers.md"));
    commands.walk(async |asked| office.answer(asked).await).await;
    officers.walk(async |asked| office.answer(asked).await).await;
    let shown = office.commands_run();
    let unshown: Vec<String> = office.every_command().await.into_iter().filter(|one| !shown.contains(one)).collect();
    office.close().await;
    commands.end();
    officers.end();
    assert!(unshown.is_empty(), "docs/h2h.md does not show {unshown:?}");
}
