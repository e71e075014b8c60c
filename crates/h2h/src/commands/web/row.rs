//! A row: all that is known of it. What the sheet says of the resident is masked until somebody reveals it, and that is kept
//! with the run.

use axum::extract::{Form, Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::Page;
use super::parts::{known, run_link};
use super::site::{Answer, Shared};
use crate::command_prelude::*;
use crate::commands::dlq::show::{self, CellView, MASK};

/// Which row.
#[derive(Deserialize)]
pub(super) struct Asked {
    row: String,
}

pub(super) async fn page(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer {
    shown(&site, &asked.row, false).await
}

/// The same with the resident's data. What is seen was noted before.
pub(super) async fn reveal(State(site): State<Shared>, Form(asked): Form<Asked>) -> Answer {
    shown(&site, &asked.row, true).await
}

async fn shown(site: &Shared, row: &str, is_revealed: bool) -> Answer {
    let name: RowName = row.parse().map_err(anyhow::Error::msg)?;
    let environment = site.environment().to_string();
    let (run, report) = site
        .look(|environment| async move {
            let ledger = &environment.ledger;
            let (run, id) = name.find(ledger).await?;
            if is_revealed {
                let what = format!("looked at what the sheet says in row {}", id.row);
                ledger.note_audit_entry(&run.id, &who(), &what, None).await.context("nothing was revealed")?;
            }
            Ok((run.id.clone(), show::collect(ledger, run, &id, is_revealed).await?))
        })
        .await?;
    let title = format!("Row {}", report.row);
    let body = html! {
        p { (run_link(&run, &report.file)) }
        (facts(&report))
        (cells(&report))
        section.card {
            p.row {
                a.button.primary href={ "redrive?row=" (report.row) } { "Send it again …" }
                a.button href={ "discard?row=" (report.row) } { "Discard it …" }
            }
        }
    };
    Ok(Page { place: "dead", title: &title, environment: &environment, news: None }.render(&body))
}

fn facts(report: &show::Report) -> Markup {
    let facts = report.facts().into_iter().filter(|(_, value)| !value.is_empty());
    let facts: Vec<(&str, Markup)> = facts.map(|(name, value)| (name, html! { (plain(&value)) })).collect();
    html! { section.card aria-labelledby="facts-title" { h2 #facts-title { "What is known" } (known(&facts)) } }
}

fn cells(report: &show::Report) -> Markup {
    html! {
        section.card aria-labelledby="cells-title" {
            h2 #cells-title { "What the sheet says" }
            @if !report.revealed {
                form.row method="post" action="row" {
                    input type="hidden" name="row" value=(report.row);
                    button { "Reveal" }
                    span.quiet { (MASK) " is the resident's data. That you looked at it is kept with the run." }
                }
            }
            dl.facts #cells { @for CellView { column, cell } in &report.cells { div { dt { (plain(column)) } dd { (plain(cell)) } } } }
        }
    }
}
