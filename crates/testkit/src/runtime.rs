//! Lambda's runtime API, with one event.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

use crate::server::serve;

/// The id of the one invocation.
pub const REQUEST: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

/// A runtime API for one process.
pub struct Runtime {
    /// The variables that the process must find in its environment.
    pub environment: [(&'static str, String); 6],
    /// The process's answer, a failure included.
    pub answer: oneshot::Receiver<String>,
}

impl Runtime {
    /// Serves an event to a function of this name. There is no second one: who asks for it waits for ever.
    pub async fn start(function: &str, event: String, deadline: DateTime<Utc>) -> Self {
        let (answered, answer) = oneshot::channel();
        let event = Arc::new(Mutex::new(Some(event)));
        let answered = Arc::new(Mutex::new(Some(answered)));
        let arn = format!("arn:aws:lambda:eu-west-2:000000000000:function:{function}");
        let next = move || async move {
            let Some(event) = event.lock().expect("no panic").take() else { return std::future::pending().await };
            let headers = [
                ("lambda-runtime-aws-request-id", REQUEST.to_owned()),
                ("lambda-runtime-deadline-ms", deadline.timestamp_millis().to_string()),
                ("lambda-runtime-invoked-function-arn", arn),
            ];
            (headers, event)
        };
        let take = move |answer: String| async move {
            if let Some(answered) = answered.lock().expect("no panic").take() {
                // The test may have given up.
                let _ = answered.send(answer);
            }
            StatusCode::ACCEPTED
        };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(take.clone()))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(take));
        let address = serve(router).await.trim_start_matches("http://").to_owned();
        let environment = [
            ("AWS_LAMBDA_RUNTIME_API", address),
            ("AWS_LAMBDA_FUNCTION_NAME", function.to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "group".to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "stream".to_owned()),
        ];
        Self { environment, answer }
    }
}
