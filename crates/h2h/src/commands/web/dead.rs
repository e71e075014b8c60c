//! Dead letters: by class and feed, then row by row.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use operations::dead::{DeadList, Group};
use serde::Deserialize;

use super::layout::Page;
use super::news::{News, Piece, told};
use super::parts::{being_counted, groups, pages, when};
use super::sent_again;
use super::site::{Answer, Shared, Site};
use super::which::Which;
use crate::command_prelude::*;

const EVERY: Duration = Duration::from_secs(3);
/// How many rows stand on a page.
const PAGE: usize = 100;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    skip: usize,
}

pub(super) async fn page(State(site): State<Shared>, Query(which): Query<Which>, Query(place): Query<Place>) -> Answer {
    let environment = site.environment().to_string();
    let parts = parts(&site, &which, place.skip).await?;
    let news = format!("dead-news?{}&skip={}", which.query(), place.skip);
    let page = Page { place: "dead", title: "Dead letters", environment: &environment, news: Some(&news) };
    Ok(page.render(&html! { @for (_, part) in &parts { (part) } }))
}

pub(super) async fn news(
    State(site): State<Shared>,
    Query(which): Query<Which>,
    Query(place): Query<Place>,
) -> impl IntoResponse {
    told(EVERY, move || {
        let (site, which, skip) = (site.clone(), which.clone(), place.skip);
        async move {
            let parts = parts(&site, &which, skip).await;
            Some(parts.map_or_else(|error| News::Lost(format!("{error:#}")), News::Parts))
        }
    })
}

async fn parts(site: &Site, which: &Which, skip: usize) -> anyhow::Result<Vec<Piece>> {
    let wanted = which.clone();
    site.look(|environment| async move {
        let ledger = &environment.ledger;
        let selection = wanted.find(ledger).await?;
        let letters = environment.letters.depth().await.context("cannot look at the dead-letter queue")?;
        let Some(listed) = site.dead(&environment).await else {
            let counting = html! { section.card #counts { (being_counted()) } };
            return Ok(vec![("counts", counting), ("rows", html! { div #rows {} })]);
        };
        let list = listed.value.only(&selection);
        let shown = list.rows.iter().skip(skip).take(PAGE).cloned().collect();
        let shown = DeadList { rows: shown, ..DeadList::default() }.with_runs(ledger).await?;
        Ok(vec![
            ("counts", counts(&list, &wanted, letters.all(), site.sent_again.waiting(&list.rows), listed.at)),
            ("rows", row_by_row(&shown, &wanted, skip, list.rows.len())),
        ])
    })
    .await
}

fn counts(list: &DeadList, which: &Which, letters: u64, sent_again: usize, at: DateTime<Utc>) -> Markup {
    let mut meant = which.clone();
    meant.all = which.query().is_empty();
    let query = meant.query();
    html! {
        section.card #counts {
            p { strong { (count(list.rows.len(), "dead row", "dead rows")) @if !meant.all { " of this selection" } }
                "; about " (count(letters, "letter", "letters")) " in the dead-letter queue." (sent_again::in_words(sent_again, list.rows.len())) " " span.quiet { "As it was at " (instant(at)) "." } }
            @if !list.rows.is_empty() {
                (groups(&Group::of(&list.rows), at))
                p.row {
                    a.button.primary href={ "redrive?" (query) } { "Send these again …" }
                    a.button href={ "discard?" (query) } { "Discard these …" }
                    @if !meant.all { a.button href="dead" { "All dead rows" } }
                }
            }
            @for row in &list.unreadable { p.alert { "Row " (row.id) " (" (row.feed) ") cannot be read here: " (row.why) } }
        }
    }
}

fn row_by_row(shown: &DeadList, which: &Which, skip: usize, all: usize) -> Markup {
    let to = |skip| format!("dead?{}&skip={skip}", which.query());
    html! {
        section.card #rows aria-labelledby="rows-title" hidden[shown.rows.is_empty()] {
            h2 #rows-title { "Row by row" }
            (rows(shown))
            (pages(skip, shown.rows.len(), all, to, PAGE))
        }
    }
}

fn rows(list: &DeadList) -> Markup {
    let now = Utc::now();
    html! {
        div.wide tabindex="0" role="region" aria-label="Dead rows" {
            table {
                thead { tr { th scope="col" { "Row" } th scope="col" { "File" } th scope="col" { "Class" } th scope="col" { "Outcome" }
                    th.figure scope="col" { "Attempts" } th scope="col" { "Settled" } } }
                tbody {
                    @for dead in &list.rows {
                        tr {
                            th scope="row" { a href={ "row?row=" (dead.id) } { (dead.id) } }
                            td { @if let Some(run) = list.runs.get(&dead.id.run) { (plain(&run.file_name)) } } td { (dead.class) } td { (dead.outcome.as_str()) }
                            td.figure { (dead.attempts) } td { (when(dead.settled_at, now)) }
                        }
                    }
                }
            }
        }
    }
}
