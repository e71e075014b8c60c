//! Now: whether posting runs, what waits, what goes on, and what needs a person.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use ledger::{BreakerState, By};
use maud::{Markup, html};

use super::layout::Page;
use super::live::{EVERY, Moment};
use super::news::{News, Piece, told};
use super::parts::{groups, outcomes, run_link, stacked, when};
use super::sent_again;
use super::site::{Answer, Shared, Site};
use crate::command_prelude::*;
use crate::commands::{status, watch};
use crate::{schedules, speed};

pub(super) async fn page(State(site): State<Shared>) -> Answer {
    let moment = moment(&site).await;
    let moment = moment.as_ref().as_ref().map_err(|why| anyhow::anyhow!("{why}"))?;
    let body = html! { @for (_, part) in parts(moment) { (part) } };
    let page = Page { place: "now", title: "Now", environment: &moment.status.environment, news: Some("now-news") };
    Ok(page.render(&body))
}

pub(super) async fn news(State(site): State<Shared>) -> impl IntoResponse {
    told(EVERY, move || {
        let site = site.clone();
        async move {
            Some(match moment(&site).await.as_ref() {
                Ok(moment) => News::Parts(parts(moment)),
                Err(why) => News::Lost(why.clone()),
            })
        }
    })
}

async fn moment(site: &Site) -> Arc<Result<Moment, String>> {
    let look = |environment: Arc<Environment>| async move {
        let dead = site.dead(&environment).await;
        let list = dead.as_ref().map(|dead| dead.value.clone()).unwrap_or_default();
        let sent_again = site.sent_again.waiting(&list.rows);
        Ok((status::look(&environment, &list).await?, dead.is_some(), sent_again))
    };
    site.live.moment(site.look(look)).await
}

fn parts(moment: &Moment) -> Vec<Piece> {
    let status = &moment.status;
    vec![
        ("posting", posting(status)),
        ("needs", needs(moment)),
        ("queues", queues(status)),
        ("under-way", under_way(moment)),
        ("dead", dead(status, moment.is_counted)),
    ]
}

fn posting(status: &status::Report) -> Markup {
    let word = match status.breaker.posting {
        BreakerState::Closed => "Posting is running",
        BreakerState::Open => "Posting is paused",
        BreakerState::HalfOpen if status.holds_rows_up() => "Posting is being tried",
        BreakerState::HalfOpen => "Posting is tried with the next row",
    };
    let colour = match status.exit {
        Exit::Failed => "bad",
        Exit::NeedsALook if status.breaker.posting == BreakerState::Open => "bad",
        Exit::NeedsALook => "mixed",
        Exit::Well => "good",
    };
    html! {
        section.card.posting #posting aria-labelledby="posting-title" {
            div.verdict.(colour) {
                h2 #posting-title { (word) }
                p {
                    strong { (status.environment) ": " (status.status) "." }
                    @if status.breaker.by != By::Nobody { " " (plain(&status.breaker.to_string())) }
                }
            }
            @if let Some(schedules) = &status.schedules { p { (schedules::in_words(schedules)) } }
            p.quiet { (speed::in_words(status.api_speed.as_ref(), status.now)) }
            @if let Some(limit) = &status.rows_at_once { p.quiet { (limit.at_length()) } }
            p.row {
                @if status.breaker.posting == BreakerState::Open { a.button.primary href="resume" { "Resume posting …" } }
                @else { a.button href="pause" { "Pause posting …" } }
                a.button href="key" { "Another key …" }
            }
        }
    }
}

/// Something that a person should see to, and what to press for it.
struct Need {
    words: String,
    ways: Vec<(String, &'static str)>,
}

fn needs(moment: &Moment) -> Markup {
    let needs = all_needs(moment);
    html! {
        section.card #needs aria-labelledby="needs-title" {
            h2 #needs-title { "What needs you" }
            @if needs.is_empty() { p { "Nothing: all is well." } }
            ul.needs {
                @for Need { words, ways } in &needs {
                    li { span { (words) } span.row { @for (to, name) in ways { a.button href=(to) { (name) } } } }
                }
            }
        }
    }
}

fn all_needs(moment: &Moment) -> Vec<Need> {
    let status = &moment.status;
    let mut needs = Vec::new();
    let mut need = |words: String, ways: &[(&str, &'static str)]| {
        let ways = ways.iter().map(|(to, name)| ((*to).to_owned(), *name)).collect();
        needs.push(Need { words, ways });
    };
    if status.holds_rows_up() {
        match &status.breaker.by {
            By::Function(_) => need(
                "Posting paused itself: rows wait, and nothing is lost. It goes on by itself once Here to Help answers as it should; where it refuses the key, once it has the right one. The doctor says which.".to_owned(),
                &[("doctor", "Doctor"), ("key", "Another key …")],
            ),
            By::Person(_) | By::Nobody => {
                need("A person paused posting, and only a person ends it.".to_owned(), &[("resume", "Resume posting …")]);
            }
        }
    }
    if status.disagrees() {
        let does = if status.rows_queue_feeds_posters { "feeds" } else { "does not feed" };
        need(
            format!("The rows queue {does} the posters, other than the circuit breaker says."),
            &[("pause", "Pause posting …"), ("resume", "Resume posting …")],
        );
    }
    if !status.reports_queue_feeds_reporter {
        need(
            "The reports queue does not feed the reporter: no summary is written.".to_owned(),
            &[("mend", "Switch it on …")],
        );
    }
    if status.schedules.as_deref().is_some_and(schedules::are_broken) {
        need("A schedule that every feed needs is off.".to_owned(), &[("doctor", "Doctor")]);
    }
    for run in status.open_runs.iter().filter(|run| status.stalled_runs.contains(&run.id)) {
        let moved = age(run.moved_at, status.now);
        let words = format!("{} is stalled: nothing has happened to it for {moved}.", plain(&run.file));
        need(words, &[(&format!("run?run={}", run.id), "Look at it")]);
    }
    let rows = |outcomes: &[Outcome]| -> u64 {
        let wanted = status.dead_rows.iter().filter(|group| outcomes.contains(&group.outcome));
        wanted.map(|group| group.rows).sum()
    };
    let dead = rows(&[Outcome::DeadLettered, Outcome::Uncertain]);
    if dead > 0 {
        let words = format!(
            "{} could not be posted.{}",
            count(dead, "row", "rows"),
            sent_again::in_words(moment.sent_again, usize::try_from(dead).unwrap_or(usize::MAX))
        );
        need(words, &[("dead", "Look at them"), ("redrive?all=true", "Send all again …")]);
    }
    let failed = rows(&[Outcome::Failed]);
    if failed > 0 {
        let words = format!(
            "{}: the data team's to correct (to_fix). A discard takes them off the list.",
            count(failed, "failed row", "failed rows")
        );
        need(words, &[("dead", "Look at them")]);
    }
    if status.unreadable > 0 {
        let rows = count(status.unreadable, "dead row", "dead rows");
        need(format!("{rows} cannot be read here: a newer version wrote them."), &[("dead", "Look at them")]);
    }
    needs
}

fn queues(status: &status::Report) -> Markup {
    let queues = [
        ("rows", status.rows_queue, status.oldest_row),
        ("reports", status.reports_queue, status.oldest_report),
        ("dead letters", status.dead_letter_queue, status.oldest_dead_letter),
    ];
    html! {
        section.card #queues aria-labelledby="queues-title" {
            h2 #queues-title { "Queues" }
            table {
                thead { tr { th scope="col" { "Queue" } th.figure scope="col" { "Waiting" } th.figure scope="col" { "In flight" } th scope="col" { "Oldest" } } }
                tbody {
                    @for (name, depth, oldest) in queues {
                        tr {
                            th scope="row" { (name) } td.figure { (depth.visible) } td.figure { (depth.in_flight) }
                            td { @if let Some(at) = oldest { (age(at, status.now)) } }
                        }
                    }
                }
            }
        }
    }
}

fn under_way(moment: &Moment) -> Markup {
    let runs = moment.status.open_runs.iter().zip(&moment.rates);
    html! {
        section.card #under-way aria-labelledby="under-way-title" {
            h2 #under-way-title { (count(moment.status.open_runs.len(), "run", "runs")) " under way" }
            @for (run, rate) in runs { (one_under_way(run, rate, moment.status.now)) }
        }
    }
}

fn one_under_way(run: &RunView, rate: &watch::Report, now: DateTime<Utc>) -> Markup {
    html! {
        article.run {
            h3 { (run_link(&run.id, &run.file)) " " span.quiet { (run.feed) } }
            (stacked(&outcomes(run)))
            p {
                strong.figure { (run.settled) " of " (run.rows_read) } " rows settled"
                @if let Some(left) = rate.time_left() { "; " (format!("{:.1}", rate.rows_per_second)) " rows/s, " (left) " left" }
                @if let Some(what) = &run.waits_for { "; waits for " (what) }
                "; moved " (when(run.moved_at, now))
            }
        }
    }
}

fn dead(status: &status::Report, is_counted: bool) -> Markup {
    let dead: u64 = status.dead_rows.iter().map(|group| group.rows).sum();
    html! {
        section.card #dead aria-labelledby="dead-title" {
            h2 #dead-title { @if is_counted { (count(dead, "dead row", "dead rows")) } @else { "Dead rows are being counted …" } }
            @if dead > 0 { (groups(&status.dead_rows, status.now)) }
            ul.plain {
                @for error in &status.last_errors {
                    li { "Last error of " (error.feed) ": " (error.class) " at row "
                        a href={ "row?row=" (error.row) } { (error.row) } ", " (when(error.at, status.now)) }
                }
            }
        }
    }
}
