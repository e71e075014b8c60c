//! A.6b

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Caller, Got, ann, with};

#[tokio::test]
async fn names_and_postcode_are_contained_and_the_kind_of_help_is_equal() {
    let caller = Caller::start().await;
    let first = caller
        .create(
            json!({"FirstName": "Mary Jane", "LastName": "O'Neil", "Postcode": "E8 1AA", "HelpNeeded": "Welfare Call"}),
        )
        .await;
    let second = caller.create(with(&ann(), json!({"HelpNeeded": "EUSS"}))).await;
    caller.create(json!({"HelpNeeded": "Welfare Call"})).await;
    for (query, expected) in [
        (vec![], vec![]),
        (vec![("FirstName", ""), ("LastName", " "), ("HelpNeeded", "Welfare Call")], vec![]),
        (vec![("FirstName", "maryjane"), ("LastName", "o'neil")], vec![first]),
        (vec![("FirstName", "ry ja")], vec![first]),
        (vec![("firstname", "Mary Jane"), ("helpneeded", "welfare call")], vec![first]),
        (vec![("FirstName", "a"), ("LastName", "e")], vec![first, second]),
        (vec![("FirstName", "Mary%")], vec![]),
        (vec![("Postcode", "e81")], vec![first]),
        (vec![("FirstName", "a"), ("HelpNeeded", "WelfareCall")], vec![first]),
        (vec![("FirstName", "a"), ("HelpNeeded", "Welfare")], vec![]),
        (vec![("FirstName", "Ann"), ("LastName", "Able"), ("HelpNeeded", "EUSS")], vec![second]),
        (vec![("FirstName", "Nobody")], vec![]),
    ] {
        let got = Got::of(caller.request(Method::GET, "v3/help-requests").query(&query)).await;
        assert_eq!(got.status, 200);
        let ids: Vec<i64> =
            got.body.as_array().expect("an array").iter().filter_map(|request| request["Id"].as_i64()).collect();
        assert_eq!(ids, expected, "{query:?}");
    }
}

#[tokio::test]
async fn what_is_found_is_shown_as_the_get_shows_it() {
    let caller = Caller::start().await;
    let id = caller.create(with(&ann(), json!({"Metadata": {"ingestion_row": "run/1"}, "CaseNotes": "x"}))).await;
    let got = caller.get("v3/help-requests?FirstName=Ann&LastName=Able&HelpNeeded=Shielding").await;
    assert_eq!(got, Got::new(StatusCode::OK, Value::Array(vec![caller.read(id).await])));
}

#[tokio::test]
async fn nul_in_the_query_is_an_empty_500() {
    let caller = Caller::start().await;
    let got = caller.get("v3/help-requests?FirstName=%00").await;
    assert_eq!(got, Got::new(StatusCode::INTERNAL_SERVER_ERROR, Value::Null));
}
