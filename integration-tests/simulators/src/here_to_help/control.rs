//! `/_simulator/…`: what a test, or a person, does with the simulator itself. No key.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State as Shared,
    http::StatusCode,
    routing::{any, get, post, put},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{api::Api, state::State};

/// An error for whoever writes the test.
type Refused = (StatusCode, String);

/// The routes.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/_simulator/state", get(state))
        .route("/_simulator/faults", put(set_faults))
        .route("/_simulator/staff", put(staff))
        .route("/_simulator/reset", post(reset))
        .route("/_simulator/{*other}", any(StatusCode::NOT_FOUND))
}

async fn state(Shared(api): Shared<Arc<Api>>) -> Json<State> {
    Json(api.state())
}

async fn set_faults(Shared(api): Shared<Arc<Api>>, body: Bytes) -> Result<StatusCode, Refused> {
    api.set_faults(read(&body)?);
    Ok(StatusCode::NO_CONTENT)
}

async fn staff(Shared(api): Shared<Arc<Api>>, body: Bytes) -> Result<Json<Value>, Refused> {
    let staff: super::Staff = read(&body)?;
    let id = staff.act(&mut api.store()).map_err(|problem| (StatusCode::BAD_REQUEST, problem))?;
    Ok(Json(json!({ "Id": id })))
}

async fn reset(Shared(api): Shared<Arc<Api>>) -> StatusCode {
    api.reset();
    StatusCode::NO_CONTENT
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}
