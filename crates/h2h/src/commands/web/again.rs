//! Dead rows are sent again or discarded: first what would be done, as the index lists them, then a job, which looks at each row.
//! Where that finds another number of rows than was shown, nothing is done.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use operations::dead::{DeadList, Group};
use operations::redrive::{Plan, Step};
use serde::Deserialize;

use super::parts::groups;
use super::question::{Question, lines};
use super::site::{Answer, Shared};
use super::which::Which;
use crate::args::reason;
use crate::command_prelude::*;
use crate::commands::dlq::plan::left_alone;
use crate::commands::dlq::{discard, redrive};

/// An agreement to what was shown.
#[derive(Deserialize)]
pub(super) struct Agreed {
    /// How many rows were shown.
    seen: usize,
    #[serde(default)]
    why: String,
    /// At most so many rows a second; empty for as many as may be.
    #[serde(default)]
    rate: String,
}

pub(super) async fn ask_redrive(State(site): State<Shared>, Query(which): Query<Which>) -> Answer {
    let environment = site.environment();
    let list = listed(&site, &environment, &which).await?.with_runs(&environment.ledger).await?;
    Ok(redrive_question(&environment, &which, &Plan::of(list)))
}

pub(super) async fn redrive(
    State(site): State<Shared>,
    Query(which): Query<Which>,
    Form(agreed): Form<Agreed>,
) -> Answer<Response> {
    let environment = site.environment();
    let selection = which.find_meant(&environment.ledger).await?;
    let rate = match agreed.rate.trim() {
        "" => None,
        rate => Some(rate.parse::<NonZeroU32>().ok().context("rows a second are a whole number, at least 1")?),
    };
    let title = format!("{}: to be sent again", count(agreed.seen, "row", "rows"));
    let (number, job) = site.jobs.add(title, agreed.seen as u64);
    tokio::spawn(async move {
        let act = async {
            let plan = environment.redriver().plan(&selection).await.context("cannot list the dead rows")?;
            as_seen(agreed.seen, plan.rows.len())?;
            let mut to_send = plan.rows.iter();
            let on_step = |step| {
                if let Step::Sent(rows) = step {
                    job.did(rows);
                    let sent = to_send.by_ref().take(usize::try_from(rows).unwrap_or(usize::MAX));
                    site.sent_again.add(sent, Utc::now());
                }
            };
            redrive::act(&environment, &plan, rate, on_step).await
        };
        job.end(act.await);
        site.dead_changed();
    });
    Ok(Redirect::to(&format!("job?number={number}")).into_response())
}

/// An error where what was agreed to is not what was shown.
fn as_seen(seen: usize, now: usize) -> anyhow::Result<()> {
    ensure!(
        seen == now,
        "nothing was done, for it has changed: there were {seen} rows, and there are {now}. Look at them again"
    );
    Ok(())
}

/// The rows, as the index listed them last.
async fn listed(site: &Shared, environment: &Arc<Environment>, which: &Which) -> anyhow::Result<DeadList> {
    let selection = which.find_meant(&environment.ledger).await?;
    match site.dead(environment).await {
        Some(listed) => Ok(listed.value.only(&selection)),
        None => Ok(DeadList::of_index(&environment.ledger, &selection).await.context("cannot list the dead rows")?),
    }
}

fn redrive_question(environment: &Environment, which: &Which, plan: &Plan) -> Markup {
    let rate = html! {
        p.field {
            label for="rate" { "At most so many rows a second; empty: as many as may be" }
            input #rate name="rate" inputmode="numeric" size="8" autocomplete="off";
        }
    };
    let words = html! {
        p { (redrive::in_words(plan, environment)) }
        (groups(&Group::of(&plan.rows), Utc::now()))
        (lines(&redrive::what_stays(plan)))
    };
    let (to, back) = (format!("redrive?{}", which.query()), format!("dead?{}", which.query()));
    let (fields, button) = (seen_now(plan.rows.len()), "Send them again");
    let question = Question { title: "Send dead rows again?", to: &to, fields, why: false, button, back: &back };
    question.ask_with(&environment.to_string(), &words, &rate)
}

pub(super) async fn ask_discard(State(site): State<Shared>, Query(which): Query<Which>) -> Answer {
    let environment = site.environment();
    let list = listed(&site, &environment, &which).await?;
    Ok(discard_question(&environment, &which, &list))
}

pub(super) async fn discard(
    State(site): State<Shared>,
    Query(which): Query<Which>,
    Form(agreed): Form<Agreed>,
) -> Answer<Response> {
    let why = reason(&agreed.why)?.to_owned();
    let environment = site.environment();
    let selection = which.find_meant(&environment.ledger).await?;
    let title = format!("{}: to be discarded", count(agreed.seen, "row", "rows"));
    let (number, job) = site.jobs.add(title, agreed.seen as u64);
    tokio::spawn(async move {
        let act = async {
            let list = DeadList::read(&environment.ledger, &selection).await.context("cannot list the dead rows")?;
            as_seen(agreed.seen, list.rows.len())?;
            discard::act(&environment, &list, &why, || job.did(1)).await
        };
        job.end(act.await);
        site.dead_changed();
    });
    Ok(Redirect::to(&format!("job?number={number}")).into_response())
}

fn discard_question(environment: &Environment, which: &Which, list: &DeadList) -> Markup {
    let words = html! {
        @if let [only] = &list.rows[..] { p { strong { "Row " (only.id.row) " of the run " (only.id.run) "." } } }
        p { (discard::in_words(list, environment)) }
        (groups(&Group::of(&list.rows), Utc::now()))
        (lines(&left_alone(&list.unreadable)))
    };
    let (to, back) = (format!("discard?{}", which.query()), format!("dead?{}", which.query()));
    let (fields, button) = (seen_now(list.rows.len()), "Discard them for good");
    let question = Question { title: "Discard dead rows?", to: &to, fields, why: true, button, back: &back };
    question.ask(&environment.to_string(), &words)
}

fn seen_now(rows: usize) -> Vec<(&'static str, String)> {
    vec![("seen", rows.to_string())]
}
