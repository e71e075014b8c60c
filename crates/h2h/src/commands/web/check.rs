//! The check of a sheet: the page of web/check, where it has been built.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::html;

use super::layout::Page;
use super::site::{Answer, Shared};
use crate::command_prelude::*;

/// Where web/check/build leaves it, from the target folder on.
const BUILT: &str = "web/here-to-help-check.html";

pub(super) async fn page(State(site): State<Shared>) -> Answer {
    let environment = site.environment().to_string();
    let body = html! {
        section.card {
            p { "What a sheet would become, before it is dropped: read and judged in the browser by the splitter's own code. The page has no connection, and nothing of the sheet leaves it." }
            @if file().is_some() { p.row { a.button.primary href="check-sheet" target="_blank" { "Open the check" } } }
            @else { p { "It is not built here: " code { "web/check/install" } " and then " code { "web/check/build" } " in the repository make it. " code { "h2h preview --feed FEED SHEET" } " says the same in a terminal." } }
        }
    };
    Ok(Page { place: "check", title: "Check a sheet", environment: &environment, news: None }.render(&body))
}

/// The check itself. What it may do stands in it; this only forbids to put it into another page.
pub(super) async fn sheet() -> Answer<Response> {
    let path = file().context("the check is not built here: web/check/build makes it")?;
    let page = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let policy = HeaderValue::from_static("frame-ancestors 'none'");
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    Ok(([(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, policy)], page).into_response())
}

/// Beside this command, where it was built from the same repository.
fn file() -> Option<PathBuf> {
    let here = std::env::current_exe().ok()?;
    here.ancestors().skip(1).take(3).map(|folder| folder.join(BUILT)).find(|path| path.is_file())
}
