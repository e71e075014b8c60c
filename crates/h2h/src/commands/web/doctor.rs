//! Doctor: a list of what is well and what is not, with what to do; and what it can mend.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::Page;
use super::news::{News, told};
use super::question::{Question, done, lines};
use super::site::{Answer, Shared, Site};
use crate::command_prelude::*;
use crate::commands::doctor;
use crate::commands::doctor::check::{Check, Found};
use crate::commands::doctor::mappings;

/// The page closes its news once it has them: so often would they come otherwise.
const EVERY: Duration = Duration::from_secs(60);

/// The wish to wait for what the doctor finds, for whom no script brings it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    wait: bool,
}

pub(super) async fn page(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer {
    let environment = site.environment();
    let (body, news) = if asked.wait {
        (found(&site).await, None)
    } else {
        let looking = html! {
            section.card #found { p { "Looking at all that a deployment needs: that takes some seconds …" } noscript { p { a href="doctor?wait=true" { "Wait for it" } } } }
        };
        (looking, Some("doctor-news"))
    };
    Ok(Page { place: "doctor", title: "Doctor", environment: &environment.to_string(), news }.render(&body))
}

pub(super) async fn news(State(site): State<Shared>) -> impl IntoResponse {
    told(EVERY, move || {
        let site = site.clone();
        async move { Some(News::Parts(vec![("found", found(&site).await)])) }
    })
}

async fn found(site: &Site) -> Markup {
    let environment = site.environment();
    let report = doctor::collect(&environment).await;
    let (well, problems): (Vec<&Check>, Vec<&Check>) = report.checks.iter().partition(|check| check.ok);
    html! {
        div.found #found data-done {
        section.card {
            div.verdict.(if problems.is_empty() { "good" } else { "bad" }) {
                h2 { @if problems.is_empty() { (environment) " has all that was looked for" }
                    @else { (problems.len()) " of " (report.checks.len()) " checks found a problem" } }
            }
            p.row { a.button href="doctor" { "Look again" } a.button href="mend" { "Mend what can be mended …" } a.button href="key" { "Another key …" } }
        }
        @if !problems.is_empty() { section.card aria-labelledby="problems-title" { h2 #problems-title { "Problems" } (list(&problems)) } }
        section.card aria-labelledby="well-title" { h2 #well-title { "Well" } (list(&well)) }
        }
    }
}

fn list(checks: &[&Check]) -> Markup {
    html! {
        ul.checks {
            @for Check { check, found, .. } in checks {
                @match found {
                    Found::Ok { found } => li.ok { strong { "ok" } span { (check) ": " (plain(found)) } },
                    Found::Problem { problem, to_do } => li.problem { strong { "problem" } span { (check) ": " (plain(problem)) br; em { (to_do) } } },
                }
            }
        }
    }
}

pub(super) async fn ask_mend(State(site): State<Shared>) -> Answer {
    let environment = site.environment();
    let Some(off) = mappings::off(&environment).await? else {
        return Ok(done("Nothing is off", &environment.to_string(), &lines("What feeds the reporter is on.")));
    };
    let (title, button) = ("Switch it on?", "Switch it on");
    let question = Question { title, to: "mend", button, back: "doctor", ..Question::default() };
    Ok(question.ask(&environment.to_string(), &lines(&off.in_words())))
}

pub(super) async fn mend(State(site): State<Shared>) -> Answer {
    let environment = site.environment();
    if let Some(off) = mappings::off(&environment).await? {
        off.mend(&environment).await?;
    }
    Ok(done(
        "It is on",
        &environment.to_string(),
        &lines("What feeds the reporter is on: summaries are written again."),
    ))
}
