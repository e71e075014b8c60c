//! What is done to a run: cancel it, write its summary again, export its rows.

use std::io::Read;

use axum::extract::{Form, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;

use super::question::{Question, done, lines};
use super::site::{Answer, Shared};
use super::which::{named, run_of};
use crate::args::reason;
use crate::command_prelude::*;
use crate::commands::{cancel, export, report};
use crate::render::Report;

/// The run, and why where that is asked.
#[derive(Deserialize)]
pub(super) struct Asked {
    run: String,
    #[serde(default)]
    why: String,
}

impl Asked {
    async fn view(&self, environment: &Environment) -> anyhow::Result<RunView> {
        RunView::look(&environment.ledger, run_of(&environment.ledger, &self.run).await?).await
    }

    fn back(&self) -> String {
        format!("run?run={}", self.run)
    }

    fn field(&self) -> Vec<(&'static str, String)> {
        vec![("run", self.run.clone())]
    }
}

pub(super) async fn ask_cancel(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer {
    let environment = site.environment();
    let words = cancel::in_words(&asked.view(&environment).await?, &environment);
    let (fields, back) = (asked.field(), asked.back());
    let button = "Cancel it for good";
    let question = Question { title: "Cancel this run?", to: "cancel", fields, why: true, button, back: &back };
    Ok(question.ask(&environment.to_string(), &lines(&words)))
}

pub(super) async fn cancel(State(site): State<Shared>, Form(asked): Form<Asked>) -> Answer<Response> {
    let (why, id) = (reason(&asked.why)?.to_owned(), named(&asked.run)?);
    let environment = site.environment();
    let view = asked.view(&environment).await?;
    let (number, job) = site.jobs.add(format!("Cancelling {}", plain(&view.file)), view.open());
    tokio::spawn(async move {
        let ended = cancel::act(&environment.ledger, &id, &why, |rows| job.did(rows)).await;
        job.end(ended.map(|(run, rows)| cancel::Report::of(&run, rows, view.sent())));
    });
    Ok(Redirect::to(&format!("job?number={number}")).into_response())
}

pub(super) async fn ask_report(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer {
    let environment = site.environment();
    let words = report::in_words(&asked.view(&environment).await?, &environment)?;
    let (fields, back) = (asked.field(), asked.back());
    let (title, button) = ("Write the summary again?", "Write it again");
    let question = Question { title, to: "report", fields, button, back: &back, ..Question::default() };
    Ok(question.ask(&environment.to_string(), &lines(&words)))
}

pub(super) async fn report(State(site): State<Shared>, Form(asked): Form<Asked>) -> Answer {
    let environment = site.environment();
    let written = report::act(&environment, &asked.view(&environment).await?).await?;
    let mut words = Vec::new();
    written.render(&mut words)?;
    Ok(done("It is being written", &environment.to_string(), &lines(&String::from_utf8_lossy(&words))))
}

pub(super) async fn ask_export(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer {
    let environment = site.environment();
    let view = asked.view(&environment).await?;
    export::has_rows(&view.run)?;
    let words = html! {
        p { "All that the ledger holds of the " (view.rows_read) " rows of " strong { (plain(&view.file)) } " would be downloaded as an Excel workbook: what became of each, and the sheet's own cells." }
        p { strong { "It holds residents' data: keep it as you keep the sheet." } " That you took it is kept with the run." }
    };
    let (fields, back) = (asked.field(), asked.back());
    let (title, button) = ("Export these rows?", "Download them");
    let question = Question { title, to: "export", fields, button, back: &back, ..Question::default() };
    Ok(question.ask(&environment.to_string(), &words))
}

pub(super) async fn export(State(site): State<Shared>, Form(asked): Form<Asked>) -> Answer<Response> {
    let environment = site.environment();
    let run = run_of(&environment.ledger, &asked.run).await?;
    export::has_rows(&run)?;
    let noted = environment.ledger.note_audit_entry(&run.id, &who(), "exported its rows", None).await;
    noted.context("nothing was exported")?;
    let mut file = tempfile::tempfile().context("there is no room for the workbook")?;
    export::xlsx(&environment.ledger, &run, &mut file).await?;
    let mut book = Vec::new();
    io::Seek::rewind(&mut file)?;
    file.read_to_end(&mut book)?;
    let name = format!("attachment; filename=\"{}.xlsx\"", run.id);
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], book).into_response())
}
