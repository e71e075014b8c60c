//! A stand-in for SNS: what was published lies in a list.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// A published message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) topic: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// The topics.
#[derive(Clone, Default)]
pub(crate) struct Topics(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    published: Vec<Published>,
    is_down: bool,
}

impl Topics {
    /// Starts it; gives it and its address.
    pub(crate) async fn start() -> (Self, String) {
        let topics = Self::default();
        let url = testkit::server::serve(Router::new().fallback(answer).with_state(topics.clone())).await;
        (topics, url)
    }

    /// The notices that were asked to be published, whatever the answer.
    pub(crate) fn published(&self) -> Vec<Published> {
        self.0.lock().expect("no panic").published.clone()
    }

    /// From now on it takes what is published, and says that it did not.
    pub(crate) fn break_down(&self) {
        self.0.lock().expect("no panic").is_down = true;
    }
}

async fn answer(State(topics): State<Topics>, body: String) -> Response {
    let query: Uri = format!("http://sns/?{body}").parse().expect("a form");
    let Query(mut form) = Query::<BTreeMap<String, String>>::try_from_uri(&query).expect("a form");
    let mut field = |name: &str| form.remove(name).unwrap_or_else(|| panic!("{name} is missing"));
    assert_eq!(field("Action"), "Publish");
    let mut state = topics.0.lock().expect("no panic");
    state.published.push(Published { topic: field("TopicArn"), subject: field("Subject"), text: field("Message") });
    if state.is_down {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let answer = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>1\
                  </MessageId></PublishResult></PublishResponse>";
    ([(header::CONTENT_TYPE, "text/xml")], answer).into_response()
}
