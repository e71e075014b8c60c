//! The server as others on the machine meet it: over HTTP, before a pipeline that nobody answers for.

use clap::Parser;
use reqwest::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY};
use reqwest::{Client, StatusCode};
use serde_json::json;

use super::*;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    web: Arguments,
}

/// The address of a server, below which all is.
async fn served() -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let aws = format!("http://{}", testkit::server::nobody().await);
    let endpoints =
        json!({ "aws": aws, "table": "t", "rows_queue": "r", "dead_letter_queue": "d", "reports_queue": "s" });
    std::fs::write(folder.path().join("endpoints.json"), endpoints.to_string()).expect("room on the disk");
    let local = folder.path().to_str().expect("a path");
    let Command { web } = Command::try_parse_from(["h2h", "--local", local]).expect("arguments");
    let environment = web.environment.connect().await.expect("an environment");
    let (listener, url) = testkit::server::listen().await;
    let door = Arc::new(Door::new(listener.local_addr().expect("an address").port()));
    let root = format!("{url}{}", door.path());
    let site = Arc::new(Site::new(web.environment.clone(), environment));
    tokio::spawn(async move { axum::serve(listener, pages(door, site)).await });
    root
}

#[tokio::test]
async fn every_answer_is_kept_nowhere_and_framed_nowhere() {
    let (root, client) = (served().await, Client::new());
    for (path, status) in [
        ("/style.css", StatusCode::OK),
        ("/check", StatusCode::OK),
        ("/key", StatusCode::OK),
        ("/nothing", StatusCode::NOT_FOUND),
        ("x/check", StatusCode::NOT_FOUND),
    ] {
        let answer = client.get(format!("{root}{path}")).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{path}");
        let header = |name| answer.headers()[&name].to_str().expect("text").to_owned();
        assert_eq!(header(CACHE_CONTROL), "no-store", "{path}");
        assert_eq!(header(REFERRER_POLICY), "same-origin", "{path}");
        assert!(header(CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.headers().get("set-cookie").is_none(), "{path}");
    }
}

#[tokio::test]
async fn only_a_form_of_ours_changes_anything_and_only_under_our_name() {
    let (root, client) = (served().await, Client::new());
    let host = root.split('/').nth(2).expect("a host").to_owned();
    let post = async |origin: &str| {
        let form = [("key", " ")];
        let request = client.post(format!("{root}/key-tried")).header(ORIGIN, origin).form(&form);
        request.send().await.expect("an answer").status()
    };
    assert_eq!(post("http://evil.example").await, StatusCode::FORBIDDEN);
    assert_eq!(post(&format!("http://{host}")).await, StatusCode::BAD_GATEWAY, "it came to the key, which is empty");
    let renamed = client.get(format!("{root}/check")).header(HOST, "evil.example").send().await;
    assert_eq!(renamed.expect("an answer").status(), StatusCode::MISDIRECTED_REQUEST);
    let read = client.get(format!("{root}/key-tried?key=x")).send().await.expect("an answer");
    assert_eq!(read.status(), StatusCode::OK);
    assert!(read.text().await.expect("a page").contains("The new key"), "it is asked for again, and none is tried");
}

/// One family has one look: what is called the same is the same colour.
#[test]
fn the_colours_are_those_of_the_check_of_a_sheet() {
    let colours = |style: &str| -> Vec<String> {
        let words = style.split([';', '{', '\n']).map(str::trim);
        words.filter(|word| word.starts_with("--") && word.contains(": #")).map(str::to_owned).collect()
    };
    let theirs = colours(include_str!("../../../../../web/check/page/style.css"));
    for colour in colours(include_str!("style.css")) {
        let name = colour.split_once(": ").expect("a colour").0;
        let is_known = theirs.iter().any(|one| one.starts_with(&format!("{name}: ")));
        assert!(!is_known || theirs.contains(&colour), "{colour}");
    }
}
