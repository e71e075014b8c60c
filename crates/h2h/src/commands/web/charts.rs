//! Charts: rows settled a minute and how Here to Help answers, of late; and what became of each feed's rows, day by day.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use serde::Deserialize;

use super::background::Read;
use super::chart::Chart;
use super::days::{Day, Days};
use super::layout::Page;
use super::news::{News, Piece, told};
use super::parts::{being_counted, legend, outcomes_of, stacked_of};
use super::site::{Answer, Shared, Site};
use crate::cloudwatch::Span;
use crate::command_prelude::*;
use crate::commands::metrics::{self, Bin};

const EVERY: Duration = Duration::from_secs(5);

/// The words of the address.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    last: String,
}

impl Asked {
    fn span(&self) -> Span {
        Span::ALL.into_iter().find(|span| span.as_str() == self.last).unwrap_or(Span::Day)
    }
}

pub(super) async fn page(State(site): State<Shared>, Query(asked): Query<Asked>) -> Answer {
    let (span, environment) = (asked.span(), site.environment().to_string());
    let news = format!("charts-news?last={}", span.as_str());
    let body = html! { @for (_, part) in parts(&site, span).await? { (part) } };
    Ok(Page { place: "charts", title: "Charts", environment: &environment, news: Some(&news) }.render(&body))
}

pub(super) async fn news(State(site): State<Shared>, Query(asked): Query<Asked>) -> impl IntoResponse {
    let span = asked.span();
    told(EVERY, move || {
        let site = site.clone();
        async move {
            let parts = parts(&site, span).await;
            Some(parts.map_or_else(|error| News::Lost(format!("{error:#}")), News::Parts))
        }
    })
}

async fn parts(site: &Site, span: Span) -> anyhow::Result<Vec<Piece>> {
    let look = site.look(|environment| async move {
        let days = || {
            let environment = environment.clone();
            async move { Days::read(&environment.ledger).await }
        };
        // Who may not look at the metrics sees the days all the same.
        let lately = || {
            let environment = environment.clone();
            async move { Ok(metrics::collect(&environment, span).await.map_err(|error| format!("{error:#}"))) }
        };
        Ok(tokio::join!(site.lately[span as usize].get(lately), site.days.get(days)))
    });
    let (lately, days) = look.await?;
    Ok(vec![("lately", self::lately(span, lately.as_ref())), ("days", self::days(days.as_ref()))])
}

fn lately(span: Span, read: Option<&Read<Result<metrics::Report, String>>>) -> Markup {
    html! {
        section.card #lately aria-labelledby="lately-title" {
            h2 #lately-title { "Rows settled, and how Here to Help answers" }
            nav.spans aria-label="How far back" {
                @for one in Span::ALL {
                    a href={ "charts?last=" (one.as_str()) } aria-current=[(one == span).then_some("true")] { "The last " (one.as_str()) }
                }
            }
            @match read.map(|read| (read.value.as_ref(), read.at)) {
                None => (being_counted()),
                Some((Err(why), _)) => p.alert { (why) },
                Some((Ok(report), _)) if report.is_empty() => p { (report.nothing()) },
                Some((Ok(report), at)) => {
                    (charts(report))
                    (numbers(report))
                    p.quiet { "As the functions told CloudWatch, " (span.bin_in_words()) " a bar; the last one is not over. A row that was sent again is settled again. As it was at " (instant(at)) "." }
                }
            }
        }
    }
}

fn charts(report: &metrics::Report) -> Markup {
    let bins = &report.bins;
    let outcomes = |bin: &Bin| outcomes_of(|outcome| bin.rows.get(&outcome).copied().unwrap_or_default(), 0);
    let count = |outcome| bins.iter().filter_map(|bin| bin.rows.get(&outcome)).sum();
    let [rows, time, failed] = [
        ("Rows settled a minute", format!("{:.1}", bins.iter().map(Bin::rows_a_minute).fold(0.0, f64::max))),
        (
            "The time that a call takes",
            format!("{} ms", bins.iter().filter_map(|bin| bin.call_ms).max().unwrap_or_default()),
        ),
        (
            "Calls that failed",
            format!("{} in {}", bins.iter().map(Bin::failed).max().unwrap_or_default(), report.span.bin_in_words()),
        ),
    ]
    .map(|(title, most)| move |bars| Chart { title, most, bars, from: report.from, until: report.until }.render());
    html! {
        (rows(bins.iter().map(outcomes).collect()))
        (legend(&outcomes_of(count, 0)[..Outcome::ALL.len()]))
        (time(bins.iter().map(|bin| vec![(bin.call_ms.unwrap_or_default(), "known", "ms")]).collect()))
        (failed(bins.iter().map(|bin| vec![(bin.failed(), "dead", "failed")]).collect()))
    }
}

/// The same in numbers.
fn numbers(report: &metrics::Report) -> Markup {
    html! {
        details #numbers {
            summary { "The same in numbers" }
            div.wide tabindex="0" role="region" aria-label="The charts in numbers" {
                table {
                    thead { tr { th scope="col" { "From" } th.figure scope="col" { "Rows a minute" } th.figure scope="col" { "Calls" }
                        th.figure scope="col" { "A call takes" } th.figure scope="col" { "Failed" } th scope="col" { "What happened" } } }
                    tbody {
                        @for bin in report.told() {
                            tr {
                                th scope="row" { (instant(bin.at)) }
                                td.figure { (format!("{:.1}", bin.rows_a_minute())) } td.figure { (bin.calls) }
                                td.figure { @if let Some(ms) = bin.call_ms { (ms) " ms" } }
                                td.figure { (bin.failed()) } td { (bin.errors_in_words()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn days(read: Option<&Read<Days>>) -> Markup {
    html! {
        section.card #days aria-labelledby="days-title" {
            h2 #days-title { "Rows by feed and day, the last fortnight" }
            @match read {
                None => (being_counted()),
                Some(days) if days.value.0.is_empty() => p { "No sheet was taken." },
                Some(days) => (table(days)),
            }
        }
    }
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
