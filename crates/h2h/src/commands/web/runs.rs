//! Runs: a list by feed, state and time.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::Page;
use super::parts::{outcomes, pages, run_link, stacked, when};
use super::site::{Answer, Shared};
use crate::command_prelude::*;
use crate::commands::runs::{self, STATES, Wanted};

/// How many runs stand on a page.
const PAGE: usize = 50;

/// How far back the list goes, as `--since` takes it.
const SPANS: [(&str, &str); 4] = [("1d", "a day"), ("7d", "a week"), ("30d", "a month"), ("3650d", "ever")];

/// The words of the address; an empty one is none.
#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    feed: String,
    state: String,
    since: String,
    skip: usize,
}

impl Default for Asked {
    fn default() -> Self {
        Self { feed: String::new(), state: String::new(), since: SPANS[1].0.to_owned(), skip: 0 }
    }
}

pub(super) async fn page(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer {
    let wanted = Wanted {
        feed: feeds::all().iter().copied().find(|feed| feed.name() == asked.feed),
        state: STATES.into_iter().find(|state| state.as_str() == asked.state),
        since: since(&asked.since).map_err(anyhow::Error::msg)?,
    };
    let environment = site.environment().to_string();
    let skip = asked.skip;
    let (runs, all) =
        site.look(|environment| async move { runs::page(&environment.ledger, &wanted, skip, PAGE).await }).await?;
    let to = |skip| format!("runs?feed={}&state={}&since={}&skip={skip}", asked.feed, asked.state, asked.since);
    let body = html! {
        (filter(&asked))
        section.card {
            @if runs.is_empty() { p { "There are no such runs." } } @else { (list(&runs)) }
            (pages(skip, runs.len(), all, to, PAGE))
        }
    };
    Ok(Page { place: "runs", title: "Runs", environment: &environment, news: None }.render(&body))
}

fn filter(asked: &Asked) -> Markup {
    let choice =
        |value: &str, name: &str, chosen: &str| html! { option value=(value) selected[value == chosen] { (name) } };
    html! {
        form.row.filter action="runs" {
            label { "Feed " select name="feed" {
                (choice("", "all", &asked.feed))
                @for feed in feeds::all() { (choice(feed.name(), feed.name(), &asked.feed)) }
            } }
            label { "State " select name="state" {
                (choice("", "all", &asked.state))
                @for state in STATES { (choice(state.as_str(), state.as_str(), &asked.state)) }
            } }
            label { "Taken within " select name="since" {
                @for (span, name) in SPANS { (choice(span, name, &asked.since)) }
            } }
            button.primary { "Show" }
        }
    }
}

fn list(runs: &[RunView]) -> Markup {
    let now = Utc::now();
    html! {
        div.wide tabindex="0" role="region" aria-label="Runs" {
            table {
                thead { tr {
                    th scope="col" { "File" } th scope="col" { "Feed" } th scope="col" { "State" } th scope="col" { "Taken" }
                    th.figure scope="col" { "Rows" } th scope="col" { "What became of them" }
                } }
                tbody {
                    @for run in runs {
                        tr {
                            th scope="row" { (run_link(&run.id, &run.file)) }
                            td { (run.feed) }
                            td { (run.state.as_str()) @if run.waits_for.is_some() { " …" } }
                            td { (when(run.claimed_at, now)) }
                            td.figure { (run.rows_read) }
                            td.bar { (stacked(&outcomes(run))) }
                        }
                    }
                }
            }
        }
    }
}
