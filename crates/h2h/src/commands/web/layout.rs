//! The frame of every page: its head, its way to the others, and how a failure is shown.

use axum::http::StatusCode;
use maud::{DOCTYPE, Markup, html};

/// The pages that every page leads to.
const PLACES: [(&str, &str); 6] = [
    ("now", "Now"),
    ("runs", "Runs"),
    ("dead", "Dead letters"),
    ("charts", "Charts"),
    ("doctor", "Doctor"),
    ("check", "Check a sheet"),
];

/// A page of the pipeline that is called so, at one of the places (or none of them).
pub(super) struct Page<'a> {
    pub(super) place: &'a str,
    pub(super) title: &'a str,
    pub(super) environment: &'a str,
    /// Where its news come from, if any come.
    pub(super) news: Option<&'a str>,
}

impl Page<'_> {
    pub(super) fn render(&self, body: &Markup) -> Markup {
        let Self { place, title, environment, news } = self;
        html! {
            (DOCTYPE)
            html lang="en-GB" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " · " (environment) }
                    link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%23005a8c'/%3E%3Cpath d='M4 8.5l2.6 2.6L12 5.4' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E";
                    link rel="stylesheet" href="style.css";
                    script src="script.js" defer {}
                }
                body data-news=[news] {
                    a.skip href="#main" { "Go to the page" }
                    header.top {
                        p.whose { strong { "Here to Help ingestion" } " " span { (environment) } }
                        nav aria-label="Pages" {
                            @for (at, name) in PLACES {
                                a href=(at) aria-current=[(at == *place).then_some("page")] { (name) }
                            }
                        }
                    }
                    p.away #lost role="alert" hidden {}
                    main #main tabindex="-1" {
                        h1 { (title) }
                        (body)
                    }
                }
            }
        }
    }
}

/// A page that could not be made, and why.
pub(super) fn failed(error: &str) -> (StatusCode, Markup) {
    let body = html! {
        section.card.alert {
            p { (error) }
            p { a href="" { "Try again" } }
        }
    };
    let page = Page { place: "", title: "That did not work", environment: "h2h web", news: None };
    (StatusCode::BAD_GATEWAY, page.render(&body))
}
