//! Charts: what became of each feed's rows, day by day.

use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use maud::{Markup, html};

use super::background::Read;
use super::days::{Day, Days};
use super::layout::Page;
use super::news::{News, told};
use super::parts::{legend, outcomes_of, stacked_of};
use super::site::{Answer, Shared, Site};
use crate::command_prelude::*;

const EVERY: Duration = Duration::from_secs(5);

pub(super) async fn page(State(site): State<Shared>) -> Answer {
    let environment = site.environment().to_string();
    let body = part(&site).await?;
    Ok(Page { place: "charts", title: "Charts", environment: &environment, news: Some("charts-news") }.render(&body))
}

pub(super) async fn news(State(site): State<Shared>) -> impl IntoResponse {
    told(EVERY, move || {
        let site = site.clone();
        async move {
            let part = part(&site).await.map(|part| vec![("days", part)]);
            Some(part.map_or_else(|error| News::Lost(format!("{error:#}")), News::Parts))
        }
    })
}

async fn part(site: &Site) -> anyhow::Result<Markup> {
    let days = site.look(|environment| async move {
        let read = || {
            let environment = environment.clone();
            async move { Days::read(&environment.ledger).await }
        };
        Ok(site.days.get(read).await)
    });
    Ok(html! {
        section.card #days aria-labelledby="days-title" {
            h2 #days-title { "Rows by feed and day, the last fortnight" }
            @match days.await? {
                None => { p { "They are being counted …" } noscript { p { a href="" { "Look again" } } } }
                Some(days) if days.value.0.is_empty() => p { "No sheet was taken." },
                Some(days) => (table(&days)),
            }
        }
    })
}

fn table(Read { value: days, at }: &Read<Days>) -> Markup {
    let all = || days.0.values().flat_map(|day| day.values());
    let longest = all().map(Day::rows).max().unwrap_or_default();
    let count = |outcome| all().map(|day| day.count(outcome)).sum();
    html! {
        (legend(&outcomes_of(count, all().map(|day| day.open).sum())))
        div.wide tabindex="0" role="region" aria-label="Day by day" {
            table {
                thead { tr { th scope="col" { "Day" } @for feed in feeds::all() { th scope="col" { (feed) } } } }
                tbody {
                    @for (date, by_feed) in days.0.iter().rev() {
                        tr {
                            th scope="row" { (date.format("%a %d %b")) }
                            @for feed in feeds::all() {
                                td.day { @if let Some(day) = by_feed.get(feed.name()) {
                                    span.figure { (day.rows()) }
                                    (stacked_of(&outcomes_of(|outcome| day.count(outcome), day.open), longest))
                                } }
                            }
                        }
                    }
                }
            }
        }
        p.quiet { "By the day on which the sheet was taken, in London. As it was at " (instant(*at)) "." }
    }
}
