//! The gateway before the API: the key, the faults, the counts (A.0).

use std::{future::pending, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use testkit::connection::Cut;
use tokio::time::sleep;

use super::{
    api::Api,
    call::Call,
    database::Work,
    faults::{After, Answer},
    incoming::Incoming,
    refusal::{Answered, Refusal},
    reply::Reply,
    step::Steps,
    strike::Strike,
    v3, v4,
};

/// How a call ends for the caller; without an answer only by a fault.
enum End {
    Reply(Reply),
    Closed(Strike),
    Hang(Strike),
}

/// Answers a call, or does not.
///
/// The API's work goes on in a task of its own: a caller that hangs up stops nothing, as on AWS.
pub(super) async fn answer(
    State(api): State<Arc<Api>>,
    ConnectInfo(connection): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let present = Present::enter(Arc::clone(&api));
    let incoming = Incoming::read(request).await;
    let work = tokio::spawn(async move {
        let end = match incoming {
            Ok(incoming) => serve(&api, &incoming).await,
            Err(refusal) => End::Reply(refusal.into_reply()),
        };
        match &end {
            End::Reply(reply) => api.log().ended(reply.status.as_str(), reply.reason),
            End::Closed(strike) => api.log().ended("closed", Some(strike.reason())),
            End::Hang(strike) => api.log().ended("hang", Some(strike.reason())),
        }
        drop(present);
        end
    });
    match work.await {
        Ok(End::Reply(reply)) => reply.into_response(),
        Ok(End::Closed(_)) => {
            connection.cut();
            StatusCode::OK.into_response()
        }
        Ok(End::Hang(_)) => pending().await,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn serve(api: &Api, incoming: &Incoming) -> End {
    api.log().called(incoming.call);
    if incoming.key.as_deref() != Some(&api.key) {
        return End::Reply(Refusal::WrongKey.into_reply());
    }
    let decision = api.dice().throw(incoming);
    let latency = api.latency + decision.latency;
    if !latency.is_zero() {
        sleep(latency).await;
    }
    match decision.strike {
        None => End::Reply(run(api, incoming, Steps::up_to(After::Everything)).await),
        Some(strike) => {
            if strike.after != After::Nothing {
                run(api, incoming, Steps::up_to(strike.after)).await;
            }
            struck(strike, incoming)
        }
    }
}

fn struck(strike: Strike, incoming: &Incoming) -> End {
    let verb = if incoming.call == Call::Patch { "updated" } else { "created" };
    match strike.reply(&incoming.echo(), verb) {
        Some(reply) => End::Reply(reply),
        None if strike.answer == Answer::Hang => End::Hang(strike),
        None => End::Closed(strike),
    }
}

async fn run(api: &Api, incoming: &Incoming, steps: Steps) -> Reply {
    if let Some(work) = work(incoming.call) {
        api.work(work).await;
    }
    let answered: Answered = match incoming.call {
        Call::Create => v3::create(api, incoming, steps).await,
        Call::Search => v3::search(api, incoming),
        Call::Read => v3::read_request(api, incoming),
        Call::Patch => v3::patch(api, incoming, steps),
        Call::AddNote => v4::add_note(api, incoming, steps),
        Call::RequestNotes => v4::request_notes(api, incoming),
        Call::ResidentNotes => v4::resident_notes(api, incoming),
        Call::ResidentRequests => v4::resident_requests(api, incoming),
        Call::FollowUp => v4::follow_up(api, incoming, steps),
        Call::Ping => Ok(Reply::ok(json!({ "success": true }))),
        Call::PingError => Err(Refusal::OnPurpose),
        Call::WrongMethod => Err(Refusal::WrongMethod),
        Call::Other => Err(Refusal::NoRoute),
    };
    answered.unwrap_or_else(Refusal::into_reply)
}

/// What a call asks of the database; for a POST (A.1) that is known only once the person was looked for.
fn work(call: Call) -> Option<Work> {
    match call {
        Call::Search => Some(Work::Search),
        Call::Read | Call::RequestNotes | Call::ResidentNotes | Call::ResidentRequests => Some(Work::Read),
        Call::Patch | Call::AddNote | Call::FollowUp => Some(Work::Patch),
        Call::Create | Call::Ping | Call::PingError | Call::WrongMethod | Call::Other => None,
    }
}

/// A call that is being worked on; it counts until it is dropped.
struct Present(Arc<Api>);

impl Present {
    fn enter(api: Arc<Api>) -> Self {
        api.arrived();
        Self(api)
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.left();
    }
}
