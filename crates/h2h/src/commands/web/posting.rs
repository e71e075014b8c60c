//! Posting: pause and resume it, and give it another key.

use std::sync::PoisonError;

use axum::extract::{Form, State};
use maud::html;
use serde::Deserialize;

use super::layout::Page;
use super::question::{Question, done, lines};
use super::site::{Answer, Shared, Site};
use crate::args::reason;
use crate::command_prelude::*;
use crate::commands::key;

#[derive(Deserialize)]
pub(super) struct Reason {
    why: String,
}

/// Asks whether posting would be paused or resumed; says how it is now.
async fn ask(site: &Site, would: &str, question: Question<'_>) -> Answer {
    let environment = site.environment();
    let now = PostingView::look(&environment.ledger).await?;
    let words = html! { p { (plain(&now.to_string())) } p { "Posting in " (environment) " would " (would) "." } };
    Ok(question.ask(&environment.to_string(), &words))
}

pub(super) async fn ask_pause(State(site): State<Shared>) -> Answer {
    let (title, button) = ("Pause posting?", "Pause posting");
    let question = Question { title, to: "pause", why: true, button, back: "now", ..Question::default() };
    ask(&site, "be paused until somebody resumes it. Rows wait, and nothing is lost", question).await
}

pub(super) async fn pause(State(site): State<Shared>, Form(asked): Form<Reason>) -> Answer {
    let (why, environment) = (reason(&asked.why)?, site.environment());
    let paused = operations::breaker::pause(&environment.ledger, &environment.mapping, why, &who()).await;
    let paused = PostingView::of(paused.context("posting may not be paused whole")?);
    Ok(done("Posting is paused", &environment.to_string(), &lines(&plain(&paused.to_string()))))
}

pub(super) async fn ask_resume(State(site): State<Shared>) -> Answer {
    let (title, button) = ("Resume posting?", "Resume posting");
    ask(&site, "go on", Question { title, to: "resume", button, back: "now", ..Question::default() }).await
}

pub(super) async fn resume(State(site): State<Shared>) -> Answer {
    let environment = site.environment();
    let resumed = operations::breaker::resume(&environment.ledger, &environment.mapping, &who()).await;
    let resumed = PostingView::of(resumed.context("posting may not be resumed whole")?);
    Ok(done("Posting is running", &environment.to_string(), &lines(&plain(&resumed.to_string()))))
}

#[derive(Deserialize)]
pub(super) struct Key {
    key: String,
}

pub(super) async fn ask_key(State(site): State<Shared>) -> Answer {
    let environment = site.environment().to_string();
    let body = html! {
        section.card.question {
            p { "If Here to Help has given out a new key: it is tried first, and stored only if Here to Help takes it and you agree then. It is shown nowhere." }
            form method="post" action="key-tried" {
                p.field { label for="key" { "The new key" } input #key type="password" name="key" required autocomplete="off"; }
                p.row { button.primary { "Try it" } a.button href="now" { "No, go back" } }
            }
        }
    };
    Ok(Page { place: "", title: "Another key", environment: &environment, news: None }.render(&body))
}

/// Tries a key, and asks whether to store it. Meanwhile it is here, not in the page.
pub(super) async fn try_key(State(site): State<Shared>, Form(asked): Form<Key>) -> Answer {
    let environment = site.environment();
    let wanted = Some(asked.key.trim()).filter(|key| !key.is_empty()).context("the key is empty")?;
    let key::Tried { url, parameter } = key::attempt(&environment, wanted).await?;
    *site.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(wanted.to_owned());
    let words = format!(
        "Here to Help ({url}) takes this key. It would be stored in {parameter} in place of the one that {environment} has."
    );
    let (title, button) = ("Store this key?", "Store it");
    let question = Question { title, to: "key", button, back: "key", ..Question::default() };
    Ok(question.ask(&environment.to_string(), &lines(&words)))
}

pub(super) async fn store_key(State(site): State<Shared>) -> Answer {
    let environment = site.environment();
    let tried = site.key.lock().unwrap_or_else(PoisonError::into_inner).take();
    let wanted = tried.context("no key was tried: nothing is stored")?;
    let tried = key::attempt(&environment, &wanted).await?;
    key::store(&environment, &tried, &wanted).await?;
    let words = lines("The posters take it by themselves, and posting goes on within a minute or two.");
    Ok(done("The key is stored", &environment.to_string(), &words))
}
