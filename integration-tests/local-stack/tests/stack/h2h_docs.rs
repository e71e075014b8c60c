//! The pages that show h2h are true: every command of docs/h2h.md is run on a stack, in the page's order, and prints
//! what the page says. `H2H_DOCS=write` writes the pages anew.

use std::path::Path;

use crate::common::console::Page;
use crate::common::office::Office;
use calamine::{Reader, Xlsx, open_workbook};

fn page(name: &str) -> Page {
    Page::read(&Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(name))
}

#[tokio::test]
async fn the_pages_show_what_h2h_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut office = Office::open(folder.path()).await;
    let (mut commands, mut officers) = (page("h2h.md"), page("for-data-officers.md"));
    commands.walk(async |asked| office.answer(asked).await).await;
    what_was_cancelled_never_arrived(&office);
    officers.walk(async |asked| office.answer(asked).await).await;
    let shown = office.commands_run();
    let unshown: Vec<String> = office.every_command().await.into_iter().filter(|one| !shown.contains(one)).collect();
    commands.end();
    officers.end();
    what_no_page_shows(&mut office).await;
    office.close().await;
    assert!(unshown.is_empty(), "docs/h2h.md does not show {unshown:?}");
}

/// Amina is on the list that the page cancels, and on no other.
fn what_was_cancelled_never_arrived(office: &Office) {
    let api = office.stack.here_to_help.as_ref().expect("the stack's own simulator");
    let state = format!("{:?}", api.state().residents);
    assert!(state.contains("Cohen") && !state.contains("Amina"), "{state}");
}

async fn what_no_page_shows(office: &mut Office) {
    let mut file = open_workbook::<Xlsx<_>, _>(office.desk.join("week-9-rows.xlsx")).expect("a workbook");
    let rows = file.worksheet_range("rows").expect("the tab");
    assert_eq!((rows.height(), rows.get((1, 1)).map(ToString::to_string)), (7, Some("created".to_owned())));
    let mut file = open_workbook::<Xlsx<_>, _>(office.desk.join("to-correct.xlsx")).expect("a workbook");
    assert_eq!(file.worksheet_range("to_fix").expect("the tab").height(), 3);

    // Colour is for terminals, and for those who want it.
    assert!(office.shell("h2h --help", Some("")).await.concat().contains('\u{1b}'));
    assert!(!office.shell("NO_COLOR=1 h2h --help", Some("")).await.concat().contains('\u{1b}'));

    // A run that is under way is not forgotten, and is watched to its end.
    office.step("$ h2h pause --why test --yes --stage staging").await;
    office.step("drop later.csv into self-isolation").await;
    office.step("$ h2h poll self-isolation --stage staging").await;
    office.step("taken later.csv").await;
    office.step("1a7e000000000000000f is later.csv").await;
    let refused = office.shell("h2h forget 1a7e --yes --stage staging", None).await;
    assert_eq!(refused.last().map(String::as_str), Some("[exit code 2]"), "{refused:?}");
    assert!(refused[0].contains("is not done"), "{refused:?}");
    let no = office.shell("h2h cancel 1a7e --why wrong --stage staging", Some("n")).await;
    assert_eq!(no[no.len() - 2..], ["Nothing was done.", "[exit code 1]"], "{no:?}");
    let watch = ": > watched; h2h watch --stage staging > watched & until grep -q 'waits for' watched; do sleep 0.1; done; \
                 h2h resume --yes --stage staging > resumed 2>&1; wait; cat watched";
    let watched = office.shell(watch, None).await;
    assert!(watched.len() > 1 && watched[0].contains("waits for"), "{watched:?}");
    assert!(watched.last().is_some_and(|line| line.ends_with("3 settled; reported: done")), "{watched:?}");
}
