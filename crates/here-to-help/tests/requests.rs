//! The requests on the wire, call by call, and what is read from a good answer.

use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use here_to_help::Search;
use serde_json::{Map, Value, json};
use wire::{AddressBlock, HelpRequest, NhsNumber, Note, ShieldingRequest};

use crate::api::{Answer, Api, CORRELATION, in_seconds};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2021, 2, 18, 12, 16, 21).single().expect("a date")
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

#[tokio::test]
async fn create_sends_strings_booleans_and_an_object_and_reads_the_id() {
    let api = Api::start([Answer::json(201, json!({ "Id": 123 }))]).await;
    let request = HelpRequest {
        address_second_line: text("Line 2"),
        callback_required: Some(false),
        contact_mobile_number: text("07700900123"),
        dob_day: text("9"),
        dob_month: text("6"),
        dob_year: text("1984"),
        first_name: text("Zoë"),
        last_name: text("O'Neil-Smith"),
        help_needed: text("Shielding"),
        help_with_something_else: Some(true),
        metadata: object(json!({ "nsss_id": "77", "ingestion_row": CORRELATION })),
        nhs_number: NhsNumber::read("9434765919"),
        postcode: text("E8 1DY"),
        uprn: text("10008315925"),
        ..HelpRequest::default()
    };
    let id = api.invocation().for_row(CORRELATION).create(&request).await.expect("created");
    assert_eq!(id, 123);
    insta::assert_snapshot!(api.the_request(), @r#"
    POST /api/v3/help-requests
    accept: application/json
    content-length: 357
    content-type: application/json
    host: [the host]
    user-agent: here-to-help-ingestion/[version]
    x-api-key: [the key]
    x-correlation-id: 0a1b2c/17

    {"AddressSecondLine":"Line 2","CallbackRequired":false,"ContactMobileNumber":"07700900123","DobDay":"9","DobMonth":"6","DobYear":"1984","FirstName":"Zoë","HelpNeeded":"Shielding","HelpWithSomethingElse":true,"LastName":"O'Neil-Smith","Metadata":{"nsss_id":"77","ingestion_row":"0a1b2c/17"},"NhsNumber":"9434765919","Postcode":"E8 1DY","Uprn":"10008315925"}
    "#);
}

#[tokio::test]
async fn help_request_reads_the_resident_the_metadata_and_the_notes() {
    // As the source has it: nulls are written out, Metadata and CaseNotes are strings, and there is more than
    // is used.
    let reply = json!({
        "Id": 123, "ResidentId": 45, "IsOnBehalf": null, "FirstName": "Zoë", "LastName": "O'Neil-Smith",
        "DobDay": "9", "DobMonth": "6", "DobYear": "1984", "NhsNumber": "943 476 5919", "Uprn": null,
        "AddressFirstLine": "1 Hillman Street", "AddressSecondLine": "", "AddressThirdLine": null,
        "Postcode": "E8 1DY", "Ward": "Hackney Central", "HelpNeeded": "Shielding", "CallbackRequired": true,
        "CaseNotes": "[{\"author\":\"a\",\"note\":\"one\"}]",
        "Metadata": "{\"nsss_id\": \"77\", \"ingestion_row\": \"0a1b2c/17\"}",
        "AssignedTo": null, "HelpRequestCalls": [{ "Id": 1, "CallOutcome": "wrong_number" }],
    });
    let api = Api::start([Answer::json(200, reply)]).await;
    let reply = api.invocation().for_row(CORRELATION).help_request(123).await.expect("found");
    assert_eq!((reply.id, reply.resident_id), (123, 45));
    assert_eq!(reply.help_needed.as_deref(), Some("Shielding"));
    assert_eq!(reply.ingestion_row(), Some("0a1b2c/17"));
    assert_eq!(reply.metadata, object(json!({ "nsss_id": "77", "ingestion_row": "0a1b2c/17" })));
    assert_eq!(reply.case_notes.as_deref(), Some(r#"[{"author":"a","note":"one"}]"#));
    let held = reply.held;
    assert_eq!((held.first_name, held.last_name), (text("Zoë"), text("O'Neil-Smith")));
    assert_eq!((held.dob_day, held.dob_month, held.dob_year), (text("9"), text("6"), text("1984")));
    assert_eq!(
        (held.nhs_number, held.address.uprn, held.address.ward),
        (text("943 476 5919"), None, text("Hackney Central"))
    );
    assert_eq!((held.address.address_first_line, held.address.postcode), (text("1 Hillman Street"), text("E8 1DY")));
    assert_eq!((held.address.address_second_line, held.address.address_third_line), (text(""), None));
    insta::assert_snapshot!(api.the_request(), @"
    GET /api/v3/help-requests/123
    accept: application/json
    host: [the host]
    user-agent: here-to-help-ingestion/[version]
    x-api-key: [the key]
    x-correlation-id: 0a1b2c/17
    ");
}

#[tokio::test]
async fn search_escapes_what_a_query_cannot_hold() {
    let found = json!([{ "Id": 1, "ResidentId": 2 }, { "Id": 3, "ResidentId": 4, "Metadata": null }]);
    let api = Api::start([Answer::json(200, found), Answer::json(200, json!([]))]).await;
    let request = HelpRequest {
        first_name: text("Mary Jane & Zoë"),
        last_name: text("O'Neil+Smith=100%#?"),
        help_needed: text("Welfare Call"),
        ..HelpRequest::default()
    };
    let search = Search::by_whole_names(&request).expect("all three are there");
    let invocation = api.invocation();
    let row = invocation.for_row(CORRELATION);
    let ids: Vec<i64> = row.search(&search).await.expect("found").iter().map(|found| found.id).collect();
    assert_eq!(ids, [1, 3]);
    assert!(row.search(&search).await.expect("nothing fits").is_empty());
    insta::assert_snapshot!(api.asked()[0].path, @"/api/v3/help-requests?FirstName=Mary%20Jane%20%26%20Zo%C3%AB&LastName=O%27Neil%2BSmith%3D100%25%23%3F&HelpNeeded=Welfare%20Call");
}

#[test]
fn a_search_without_both_names_and_the_kind_of_help_is_not_made() {
    let all = HelpRequest {
        first_name: text("Zoë"),
        last_name: text("Smith"),
        help_needed: text("Shielding"),
        ..HelpRequest::default()
    };
    assert!(Search::for_request(&all).is_some());
    for lacking in [
        HelpRequest { first_name: None, ..all.clone() },
        HelpRequest { last_name: text(" "), ..all.clone() },
        HelpRequest { help_needed: text(""), ..all.clone() },
    ] {
        assert_eq!(Search::for_request(&lacking), None);
    }
    let printed = format!("{:?}", Search::for_request(&all));
    assert!(!printed.contains("Zoë") && !printed.contains("Smith"), "{printed}");
}

#[tokio::test]
async fn patch_address_sends_the_block() {
    let api = Api::start([Answer::json(200, json!({ "success": "true" }))]).await;
    let address = AddressBlock {
        address_first_line: text("1 Hillman Street"),
        postcode: text("E8 1DY"),
        uprn: text("10008315925"),
        ..AddressBlock::default()
    };
    api.invocation().for_row(CORRELATION).patch_address(123, &address).await.expect("patched");
    insta::assert_snapshot!(api.the_request(), @r#"
    PATCH /api/v3/help-requests/123
    accept: application/json
    content-length: 80
    content-type: application/json
    host: [the host]
    user-agent: here-to-help-ingestion/[version]
    x-api-key: [the key]
    x-correlation-id: 0a1b2c/17

    {"AddressFirstLine":"1 Hillman Street","Postcode":"E8 1DY","Uprn":"10008315925"}
    "#);
}

#[tokio::test]
async fn add_note_sends_json_inside_a_json_string() {
    let answer = json!({ "Id": 9, "ResidentId": 45, "HelpRequestId": 123, "CaseNote": "…", "HelpNeeded": null });
    let api = Api::start([Answer::json(201, answer)]).await;
    let note = Note { author: "Data Ingestion: Shielding Patient List".into(), note: "SPL Category: 1.".into() };
    api.invocation().for_row(CORRELATION).add_note(45, 123, &note, now()).await.expect("added");
    insta::assert_snapshot!(api.the_request(), @r#"
    POST /api/v4/residents/45/help-requests/123/case-notes
    accept: application/json
    content-length: 147
    content-type: application/json
    host: [the host]
    user-agent: here-to-help-ingestion/[version]
    x-api-key: [the key]
    x-correlation-id: 0a1b2c/17

    {"CaseNote":"{\"author\":\"Data Ingestion: Shielding Patient List\",\"noteDate\":\"Thu, 18 Feb 2021 12:16:21 GMT\",\"note\":\"SPL Category: 1.\"}"}
    "#);
}

#[tokio::test]
async fn notes_are_read_from_the_whole_where_that_can_be_read() {
    let api = Api::start([]).await;
    let invocation = api.invocation();
    let row = invocation.for_row(CORRELATION);
    let whole = r#"[{"author":"a","note":"one"}, {"note":"two"}]"#;
    assert_eq!(row.notes_of(45, 123, Some(whole)).await.expect("readable"), ["one", "two"]);
    assert!(row.notes_of(45, 123, Some("[]")).await.expect("readable").is_empty());
    assert!(api.asked().is_empty(), "no call is needed");
}

#[tokio::test]
async fn notes_are_read_one_by_one_where_the_whole_cannot_be_read() {
    let stored = |note: Value| json!({ "Id": 1, "ResidentId": 45, "HelpRequestId": 123, "CaseNote": note });
    let answer = json!([stored(json!("Got covid")), stored(json!(null)), stored(json!("{\"note\":\"two\"}"))]);
    let api = Api::start([Answer::json(200, answer.clone()), Answer::json(200, answer)]).await;
    let invocation = api.invocation();
    let row = invocation.for_row(CORRELATION);
    for unreadable in [Some("[Got covid, {\"note\":\"two\"}]"), None] {
        let texts = row.notes_of(45, 123, unreadable).await.expect("readable one by one");
        assert_eq!(texts, ["Got covid", "two"]);
    }
    insta::assert_snapshot!(api.asked()[0], @"
    GET /api/v4/residents/45/help-requests/123/case-notes
    accept: application/json
    host: [the host]
    user-agent: here-to-help-ingestion/[version]
    x-api-key: [the key]
    x-correlation-id: 0a1b2c/17
    ");
}

#[tokio::test]
async fn resident_requests_are_those_of_one_kind() {
    let answer = json!([
        { "Id": 1, "ResidentId": 45, "HelpNeeded": "Welfare Call", "CaseNotes": "[]", "Metadata": null },
        { "Id": 2, "ResidentId": 45, "HelpNeeded": "Shielding", "Metadata": "{\"ingestion_row\":\"0a1b2c/17\"}" },
        { "Id": 3, "ResidentId": 45, "HelpNeeded": null },
    ]);
    let api = Api::start([Answer::json(200, answer)]).await;
    let found = api.invocation().for_row(CORRELATION).resident_requests(45, "Shielding").await.expect("read");
    assert_eq!(found.iter().map(|request| request.id).collect::<Vec<_>>(), [2]);
    assert_eq!(found[0].metadata["ingestion_row"], CORRELATION);
    insta::assert_snapshot!(api.the_request().path, @"/api/v4/residents/45/help-requests");
}

#[tokio::test]
async fn euss_requests_are_hidden_unless_asked_for() {
    let answer = json!([{ "Id": 1, "HelpNeeded": "EUSS" }, { "Id": 2, "HelpNeeded": "Shielding" }]);
    let api = Api::start([Answer::json(200, answer)]).await;
    let found = api.invocation().for_row(CORRELATION).resident_requests(45, "EUSS").await.expect("read");
    assert_eq!(found.iter().map(|request| request.id).collect::<Vec<_>>(), [1]);
    insta::assert_snapshot!(api.the_request().path, @"/api/v4/residents/45/help-requests?includeType=EUSS");
}

#[tokio::test]
async fn follow_up_reads_a_bare_integer() {
    let api = Api::start([Answer::json(201, json!(77))]).await;
    let request = ShieldingRequest { callback_required: false, help_needed: "Shielding".into() };
    let id = api.invocation().for_row(CORRELATION).follow_up(45, &request).await.expect("made");
    assert_eq!(id, 77);
    insta::assert_snapshot!(api.the_request(), @r#"
    POST /api/v4/residents/45/help-requests
    accept: application/json
    content-length: 51
    content-type: application/json
    host: [the host]
    user-agent: here-to-help-ingestion/[version]
    x-api-key: [the key]
    x-correlation-id: 0a1b2c/17

    {"CallbackRequired":false,"HelpNeeded":"Shielding"}
    "#);
}

#[tokio::test]
async fn probe_asks_for_a_resident_that_nobody_is() {
    let api = Api::start([Answer::json(200, json!([]))]).await;
    api.invocation().probe().await.expect("the API works");
    insta::assert_snapshot!(api.the_request(), @"
    GET /api/v4/residents/0/help-requests
    accept: application/json
    host: [the host]
    user-agent: here-to-help-ingestion/[version]
    x-api-key: [the key]
    ");
}

#[tokio::test]
async fn connections_are_reused_after_failures_too() {
    let script = (0..30).map(|call| match call % 3 {
        0 => Answer::json(404, json!({ "title": "Not Found", "status": 404 })),
        1 => Answer::json(403, json!({ "message": "Forbidden" })),
        _ => Answer::json(200, json!([])),
    });
    let api = Api::start(script).await;
    let client = api.client(Duration::from_secs(20));
    for _ in 0..30 {
        // Good or not, each row of each invocation uses the same connection.
        let invocation = client.invocation(in_seconds(600));
        let _ = invocation.for_row(CORRELATION).case_notes(45, 123).await;
    }
    assert_eq!((api.asked().len(), api.connections()), (30, 1));
}
