//! Server-sent events: the parts of a page that changed, as they look now.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, stream};
use maud::Markup;
use serde_json::json;

/// A part of a page: the id of its element, and the element.
pub(super) type Piece = (&'static str, Markup);

/// The news of a page.
pub(super) enum News {
    /// These parts; only those that changed are sent.
    Parts(Vec<Piece>),
    /// Nothing could be looked at, for this reason; what the page shows is old.
    Lost(String),
}

/// Tells a page's news every so often, until it is closed or there will be none: `look` gives none then.
pub(super) fn told<F>(
    every: Duration,
    look: impl FnMut() -> F + Send + 'static,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>>
where
    F: Future<Output = Option<News>> + Send + 'static,
{
    let told: Vec<(&str, String)> = Vec::new();
    let events = stream::unfold((look, told, true), move |(mut look, mut told, is_first)| async move {
        if !is_first {
            tokio::time::sleep(every).await;
        }
        let news = match look().await {
            // A browser asks again where it is not told that this was all.
            None => return None,
            Some(News::Lost(why)) => json!({ "lost": why }),
            Some(News::Parts(parts)) => {
                let parts: Vec<(&str, String)> = parts.into_iter().map(|(id, part)| (id, part.into_string())).collect();
                let changed: Vec<_> = parts.iter().filter(|part| !told.contains(part)).cloned().collect();
                told = parts;
                json!({ "parts": changed })
            }
        };
        Some((Ok(Event::default().data(news.to_string())), (look, told, false)))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
