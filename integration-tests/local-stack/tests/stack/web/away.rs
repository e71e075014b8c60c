//! Who must not get in, and a stack that goes away and comes back.

use std::net::UdpSocket;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use ledger::BreakerState;
use local_stack::{Options, Stack};
use reqwest::StatusCode;
use serde_json::Value;

use super::page::Page;
use crate::common::h2h::H2h;

async fn posting(stack: &Stack) -> BreakerState {
    stack.ledger.breaker().await.expect("the circuit breaker").state
}

/// Another page in the same browser, which somehow knows the address, tries to pause posting: by a form and by a script.
async fn other_origin(page: &Page) {
    let root = page.root.clone();
    let form = format!(
        "<!doctype html><title>Other</title><form method=post action='{root}/pause'><input name=why value=harm><button>Go</button></form>"
    );
    let other = testkit::server::serve(Router::new().route("/", get(async move || Html(form)))).await;
    page.open_other(&other).await;
    // The browser takes another process for a page of another origin: what is asked of the one before is never answered.
    page.until("document.title === 'Other'").await;
    let reads = "
        const ways = [];
        const ask = (place, how) => fetch(input + place, { ...how, signal: AbortSignal.timeout(20000) });
        const unanswered = (what) => (error) => { if (error.name === 'TimeoutError') ways.push(`unanswered: ${what}`); };
        await ask('/now').then(() => ways.push('read'), unanswered('read'));
        await ask('/pause', { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ why: 'harm' }) }).catch(unanswered('pause'));
        await ask('/now', { mode: 'no-cors' }).then((answer) => { if (answer.status) ways.push('seen'); }, unanswered('seen'));
        const frame = document.createElement('iframe');
        frame.src = input + '/now';
        document.body.append(frame);
        await new Promise((soon) => setTimeout(soon, 500));
        try { if (frame.contentDocument?.querySelector('#posting')) ways.push('framed'); } catch { }
        return ways;";
    assert_eq!(page.run(reads, root).await, serde_json::json!([]));
    page.click("button").await;
    page.until("document.body.innerText.includes('not from another page')").await;
}

#[tokio::test]
async fn nobody_else_gets_in_and_a_stack_that_goes_away_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("a path");
    let stack = Stack::start(Options::new(&path)).await.expect("the stack starts");
    let page = Page::open(&H2h::build(&path).await).await;
    page.says("#posting", "Posting is running").await;

    // A token that is wrong, no token, another host's name, another address of this machine.
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let (origin, token) = page.root.rsplit_once('/').expect("a token");
    let wrong: String = token.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    for address in [format!("{origin}/{wrong}/now"), format!("{origin}/now"), format!("{origin}/")] {
        let answer = client.get(&address).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert!(!answer.text().await.expect("text").contains("Posting"));
    }
    let answer = client.get(format!("{}/now", page.root)).header("host", "evil.example").send().await;
    assert_eq!(answer.expect("an answer").status(), StatusCode::MISDIRECTED_REQUEST);
    let answer = client.post(format!("{}/pause", page.root)).form(&[("why", "harm")]).send().await;
    assert_eq!(answer.expect("an answer").status(), StatusCode::FORBIDDEN, "nothing says that a page of ours asks");
    let answer = client.get(format!("{}/now", page.root)).send().await.expect("an answer");
    assert_eq!(answer.headers()["referrer-policy"], "same-origin");
    assert!(answer.headers()["content-security-policy"].to_str().expect("text").starts_with("default-src 'none'"));
    // No packet is sent: this only asks which address one would be sent from.
    let outward = UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.connect("192.0.2.1:9").map(|()| socket));
    if let Ok(ours) = outward.and_then(|socket| socket.local_addr()) {
        let port = origin.rsplit_once(':').expect("a port").1;
        let other = client.get(format!("http://{}:{port}/{token}/now", ours.ip())).send().await;
        assert!(other.is_err(), "it listens on {}", ours.ip());
    }
    other_origin(&page).await;
    // What reads changes nothing.
    client.get(format!("{}/pause?why=harm", page.root)).send().await.expect("an answer");
    assert_eq!(posting(&stack).await, BreakerState::Closed);

    // Paused and resumed by hand, with the reason.
    page.go("now").await;
    page.press_on("Pause posting").await;
    page.is_for_everybody("a question").await;
    page.type_into("#why", "Here to Help is being upgraded").await;
    page.press_on("Pause posting").await;
    assert_eq!(posting(&stack).await, BreakerState::Open);
    page.go("now").await;
    page.says("#posting", "Posting is paused").await;
    page.says("#posting", "Here to Help is being upgraded").await;
    page.says("#needs", "only a person ends it").await;
    page.press_on("Resume posting").await;
    page.press_on("Resume posting").await;
    page.go("now").await;
    page.says("#posting", "Posting is running").await;
    assert_eq!(posting(&stack).await, BreakerState::Closed);

    // The stack dies under the open page, and comes back at other addresses.
    stack.stop().await.expect("the stack stops");
    page.says("#lost", "the page tries again by itself").await;
    let stack = Stack::start(Options::new(&path)).await.expect("the stack starts again");
    page.until("document.getElementById('lost').hidden").await;
    page.says("#posting", "Posting is running").await;
    let kept = "return [localStorage.length, sessionStorage.length, document.cookie.length]";
    assert_eq!(page.run(kept, Value::Null).await, serde_json::json!([0, 0, 0]));
    stack.stop().await.expect("the stack stops");
}
