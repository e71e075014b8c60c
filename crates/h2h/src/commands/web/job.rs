//! A job's page: a bar while it goes on, then how it ended.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use serde::Deserialize;

use super::jobs::{End, Job};
use super::layout::Page;
use super::news::{News, Piece, told};
use super::question::lines;
use super::site::{Answer, Shared};
use crate::command_prelude::*;

const EVERY: Duration = Duration::from_millis(500);

#[derive(Deserialize)]
pub(super) struct Asked {
    number: usize,
}

pub(super) async fn page(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer {
    let job =
        site.jobs.get(asked.number).context("there is no such job: since it began, the server was started again")?;
    let (title, body) = (job.title.clone(), part(&job));
    let news = job.state().end.is_none().then(|| format!("job-news?number={}", asked.number));
    let environment = site.environment().to_string();
    Ok(Page { place: "", title: &title, environment: &environment, news: news.as_deref() }.render(&body.1))
}

pub(super) async fn news(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer<impl IntoResponse> {
    let job = site.jobs.get(asked.number).context("there is no such job")?;
    Ok(told(EVERY, move || {
        let part = part(&job);
        async move { Some(News::Parts(vec![part])) }
    }))
}

fn part(job: &Arc<Job>) -> Piece {
    ("job", of(job))
}

fn of(job: &Job) -> Markup {
    let state = job.state();
    let done = state.done.min(state.rows);
    html! {
        section.card #job aria-live="polite" {
            p { progress max=(state.rows.max(1)) value=(done) aria-label="Rows done" {} " " strong.figure { (done) " of " (state.rows) } " rows" }
            @match &state.end {
                None => p { "It goes on while no page is open, as long as `h2h web` runs." },
                Some(End::Done(words)) => {
                    div.verdict.good #done data-done { (lines(words)) }
                    p.row { a.button.primary href="dead" { "Dead letters" } a.button href="now" { "Now" } }
                }
                Some(End::Failed(why)) => div.alert data-done { p { (why) } p { "What was done stays done. It may be started again: nothing is done twice." } },
            }
        }
    }
}
