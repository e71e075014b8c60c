//! A run: how far it came and when, what its rows became, what people did to it.

use axum::extract::{Query, State};
use feeds::FileProblem;
use ledger::{Cancellation, Rows};
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::Page;
use super::parts::{drive, known, legend, outcomes, stacked, when};
use super::site::{Answer, Shared};
use super::which::run_of;
use crate::command_prelude::*;
use crate::commands::show::in_words;
use crate::views::outcome_of;

/// How many rows stand on a page.
const PAGE: usize = 50;
/// How many rows are looked at for a page of those with one outcome: the list goes on behind them.
const LOOKED_AT: usize = 400;
/// How many rows are read of each of the sixteen lanes at once, for a page of all and for one of an outcome: as many as are looked
/// at and a few more, for a lane that runs low is read on.
const OF_ALL: i32 = 6;
const OF_ONE: i32 = 28;

/// The words of the address; an empty one is none.
#[derive(Deserialize)]
pub(super) struct Asked {
    run: String,
    #[serde(default)]
    outcome: String,
    /// From this row on.
    #[serde(default)]
    from: String,
}

pub(super) async fn page(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer {
    let from = asked.from.trim();
    let first = if from.is_empty() { 0 } else { from.parse().context("a row is a number")? };
    let (id, outcome) = (asked.run.clone(), asked.outcome.clone());
    let environment = site.environment().to_string();
    let (view, found) = site
        .look(|environment| async move {
            let ledger = &environment.ledger;
            let view = RunView::look(ledger, run_of(ledger, &id).await?).await?;
            let lane = if outcome.is_empty() { OF_ALL } else { OF_ONE };
            let rows = view.run.has_rows().then(|| ledger.rows_from(&view.run, first, lane));
            let found = match rows {
                Some(rows) => Found::read(rows, &outcome).await?,
                None => Found::default(),
            };
            Ok((view, found))
        })
        .await?;
    let now = Utc::now();
    let parts = outcomes(&view);
    let body = html! {
        section.card {
            (stacked(&parts))
            (legend(&parts))
            p { strong { (view.state.as_str()) } @if let Some(what) = &view.waits_for { ", waits for " (what) } "." }
            (timeline(&view, now))
            p.row {
                (drive(&view.run.file_id, "The sheet"))
                @for file in view.run.summary_files() { (drive(&file.id, "Its summary")) }
            }
            p.row {
                @if view.run.report.is_some_and(|report| report.version > 0) { a.button href={ "report?run=" (view.id) } { "Write its summary again …" } }
                a.button href={ "dead?run=" (view.id) } { "Its dead rows" }
                a.button href={ "export?run=" (view.id) } { "Export its rows …" }
                @if view.run.is_open() { a.button href={ "cancel?run=" (view.id) } { "Cancel it …" } }
            }
        }
        (history(&view))
        section.card aria-labelledby="rows-title" {
            h2 #rows-title { "Rows" }
            (search(&asked))
            @if found.rows.is_empty() { p { "No such row." } } @else { (rows(&view, &found.rows)) }
            @if let Some(next) = found.next {
                p { a rel="next" href={ "run?run=" (view.id) "&outcome=" (asked.outcome) "&from=" (next) } { "On from row " (next) } }
            }
        }
    };
    let title = plain(&view.file);
    Ok(Page { place: "runs", title: &title, environment: &environment, news: None }.render(&body))
}

/// The rows of a page.
#[derive(Default)]
struct Found {
    rows: Vec<RowRecord>,
    /// Where the next page begins.
    next: Option<u32>,
}

impl Found {
    async fn read(mut all: Rows, outcome: &str) -> anyhow::Result<Self> {
        let mut found = Self::default();
        for _ in 0..LOOKED_AT {
            let Some(row) = all.next().await? else { return Ok(found) };
            if !outcome.is_empty() && outcome != outcome_of(&row) {
                continue;
            }
            if found.rows.len() == PAGE {
                found.next = Some(row.row);
                return Ok(found);
            }
            found.rows.push(row);
        }
        found.next = all.next().await?.map(|row| row.row);
        Ok(found)
    }
}

fn timeline(view: &RunView, now: DateTime<Utc>) -> Markup {
    let run = &view.run;
    let steps = [
        ("dropped", Some(run.file_created)),
        ("taken", Some(run.claimed_at)),
        ("read and enqueued", run.split_at),
        ("last settled", view.progress.last_settled_at),
        ("summary written", run.report.map(|report| report.at)),
    ];
    html! {
        ol.timeline {
            @for (what, at) in steps {
                li class=[at.is_none().then_some("none")] {
                    strong { (what) } " "
                    @if let Some(at) = at { span { (instant(at)) } " " span.quiet { (when(at, now)) } } @else { span.quiet { "not yet" } }
                }
            }
        }
    }
}

/// The run itself, and what people did to it.
fn history(view: &RunView) -> Markup {
    let run = &view.run;
    let mut facts = vec![
        ("run", html! { code { (run.id) } }),
        ("feed", html! { (run.feed.title) }),
        (
            "summary",
            html! { @if let Some(report) = run.report { "version " (report.version) } @else { "not written yet" } },
        ),
    ];
    if run.sweep_rounds > 0 {
        facts.push(("stalled", html! { (count(run.sweep_rounds, "round", "rounds")) " of the sweep" }));
    }
    if let Some(Cancellation { because, by, at, .. }) = &run.cancelled {
        facts.push(("cancelled", html! { "by " (by) ", " (instant(*at)) ": " (plain(because)) }));
    }
    for FileProblem { problem, how_to_fix } in &run.problems {
        facts.push(("problem", html! { (plain(problem)) " " em { (plain(how_to_fix)) } }));
    }
    html! {
        section.card aria-labelledby="history-title" {
            h2 #history-title { "What was done" }
            (known(&facts))
            @if run.audit.is_empty() { p.quiet { "Nobody did anything to it." } }
            ul.plain #audit { @for entry in &run.audit { li { (plain(&in_words(entry))) } } }
        }
    }
}

fn search(asked: &Asked) -> Markup {
    html! {
        form.row.filter action="run" {
            input type="hidden" name="run" value=(asked.run);
            label { "Outcome " select name="outcome" {
                option value="" { "all" }
                @for outcome in Outcome::ALL.iter().map(|outcome| outcome.as_str()).chain(["open"]) {
                    option value=(outcome) selected[outcome == asked.outcome] { (outcome) }
                }
            } }
            label { "From row " input name="from" inputmode="numeric" size="8" value=(asked.from); }
            button { "Show" }
        }
    }
}

fn rows(view: &RunView, rows: &[RowRecord]) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label="The rows of this page" {
            table {
                thead { tr { th.figure scope="col" { "Row" } th scope="col" { "Outcome" } th.figure scope="col" { "Attempts" }
                    th scope="col" { "Last error" } th.figure scope="col" { "Resident" } th.figure scope="col" { "Request" } } }
                tbody {
                    @for row in rows {
                        @let ids = Ids::of(row);
                        tr {
                            th.figure scope="row" { a href={ "row?row=" (row.id(&view.id)) } { (row.row) } }
                            td { (outcome_of(row)) } td.figure { (row.attempts) } td { (row.error_class().unwrap_or_default()) }
                            td.figure { @if let Some(id) = ids.resident_id { (id) } }
                            td.figure { @if let Some(id) = ids.help_request_id { (id) } }
                        }
                    }
                }
            }
        }
    }
}
