mod again;
mod background;
mod chart;
mod charts;
mod check;
mod classes;
mod days;
mod dead;
mod deeds;
mod doctor;
mod guard;
mod job;
mod jobs;
mod layout;
mod live;
mod news;
mod now;
mod parts;
mod posting;
mod question;
mod row;
mod run;
mod runs;
mod sent_again;
mod site;
mod which;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::net::TcpListener;

use self::guard::{Door, guard};
use self::site::{Shared, Site};
use crate::command_prelude::*;

/// Serve a page for those who run it, on this computer alone
///
/// What the other commands show and do, in a browser: how it is now, the runs, the dead letters, the doctor. It has your rights.
/// Whoever has its address may use it: give it to nobody. It ends with Ctrl-C.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h web --stage staging
  h2h web --local /tmp/try --port 8642")]
pub(crate) struct Arguments {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// The port of 127.0.0.1; without it, any that is free
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let environment = args.environment.connect().await?;
    let (port, place) = (args.port, args.environment.clone());
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await;
    let listener =
        listener.with_context(|| format!("cannot listen on port {port} of 127.0.0.1: name another --port"))?;
    let door = Arc::new(Door::new(listener.local_addr().context("the port is not known")?.port()));
    writeln!(out, "The page of {environment}, for you alone until Ctrl-C: {}", door.address())?;
    out.flush()?;
    let served = axum::serve(listener, pages(door, Arc::new(Site::new(place, environment))));
    tokio::select! {
        ended = async { served.await } => ended.context("the page is not served any more")?,
        pressed = tokio::signal::ctrl_c() => pressed.context("cannot listen for Ctrl-C")?,
    }
    Ok(Exit::Well)
}

/// All pages, behind the door.
fn pages(door: Arc<Door>, site: Shared) -> Router {
    let pages = Router::new()
        .route("/now", get(now::page))
        .route("/now-news", get(now::news))
        .route("/runs", get(runs::page))
        .route("/run", get(run::page))
        .route("/cancel", get(deeds::ask_cancel).post(deeds::cancel))
        .route("/report", get(deeds::ask_report).post(deeds::report))
        .route("/export", get(deeds::ask_export).post(deeds::export))
        .route("/charts", get(charts::page))
        .route("/charts-news", get(charts::news))
        .route("/dead", get(dead::page))
        .route("/dead-news", get(dead::news))
        .route("/row", get(row::page).post(row::reveal))
        .route("/redrive", get(again::ask_redrive).post(again::redrive))
        .route("/discard", get(again::ask_discard).post(again::discard))
        .route("/job", get(job::page))
        .route("/job-news", get(job::news))
        .route("/pause", get(posting::ask_pause).post(posting::pause))
        .route("/resume", get(posting::ask_resume).post(posting::resume))
        .route("/key", get(posting::ask_key).post(posting::store_key))
        .route("/key-tried", get(posting::ask_key).post(posting::try_key))
        .route("/doctor", get(doctor::page))
        .route("/doctor-news", get(doctor::news))
        .route("/mend", get(doctor::ask_mend).post(doctor::mend))
        .route("/check", get(check::page))
        .route("/check-sheet", get(check::sheet))
        .route("/style.css", get(async || ([(CONTENT_TYPE, "text/css")], include_str!("style.css"))))
        .route("/script.js", get(async || ([(CONTENT_TYPE, "text/javascript")], include_str!("script.js"))))
        .with_state(site);
    Router::new().nest(&door.path(), pages).layer(from_fn_with_state(door, guard))
}

#[cfg(test)]
mod tests;
