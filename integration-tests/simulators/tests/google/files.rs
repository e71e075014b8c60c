use serde_json::{Value, json};

use crate::support::{Bench, SHEET, XLSX, ok, refused, text};

const ALL: [(&str, &str); 1] = [("supportsAllDrives", "true")];

#[tokio::test]
async fn an_empty_google_sheet_is_made_and_found_again_by_its_properties() {
    let bench = Bench::start().await;
    let body = json!({
        "name": "SPL 3/4 summary", "mimeType": SHEET, "parents": [bench.outbound()],
        "properties": {"run": "r1", "kind": "summary", "part": "1"},
    });
    let request = bench.post("/drive/v3/files").query(&ALL).query(&[("fields", "id,name,mimeType,properties")]);
    let made = ok(request.json(&body)).await;
    assert_eq!((&made["name"], &made["mimeType"]), (&body["name"], &json!(SHEET)));
    assert_eq!(made["properties"], body["properties"]);
    assert!(bench.path("spl/outbound/SPL 3%2F4 summary.xlsx").exists(), "a file to open, without the slash");

    let found = bench.files(&bench.outbound()).await;
    assert_eq!((&found[0]["id"], &found[0]["properties"]), (&made["id"], &body["properties"]));
    let id = text(&made["id"]);
    assert_eq!(ok(bench.values(&id, "A1:Z1000")).await.get("values"), None, "it is empty");
}

#[tokio::test]
async fn two_files_of_drive_may_have_one_name() {
    let bench = Bench::start().await;
    let (one, two) = (bench.new_sheet("summary", json!({})).await, bench.new_sheet("summary", json!({})).await);
    assert_ne!(one, two);
    let files = bench.files(&bench.outbound()).await;
    assert_eq!(files.iter().map(|file| &file["name"]).collect::<Vec<_>>(), ["summary", "summary"]);
    assert!(bench.path("spl/outbound/summary (2).xlsx").exists());
}

#[tokio::test]
async fn a_file_is_renamed_and_trashed() {
    let bench = Bench::start().await;
    let id = bench.new_sheet("summary", json!({"run": "r1", "kind": "k"})).await;
    let update =
        |body: Value| bench.patch(&format!("/drive/v3/files/{id}")).query(&ALL).query(&[("fields", "*")]).json(&body);
    let before = ok(bench.metadata(&id)).await;

    let renamed = ok(update(json!({"name": "new name"}))).await;
    assert_eq!((&renamed["id"], &renamed["name"]), (&json!(id), &json!("new name")));
    assert_eq!(renamed["properties"], json!({"run": "r1", "kind": "k"}));
    assert_eq!(renamed["createdTime"], before["createdTime"]);
    let version = |file: &Value| text(&file["version"]).parse::<u64>().expect("a number");
    assert!(version(&renamed) > version(&before));
    assert!(bench.path("spl/outbound/new name.xlsx").exists());
    assert!(!bench.path("spl/outbound/summary.xlsx").exists());

    assert_eq!(ok(update(json!({"trashed": true}))).await["trashed"], true);
    assert!(bench.files(&bench.outbound()).await.is_empty());
    assert!(!bench.path("spl/outbound/new name.xlsx").exists());
    let trashed = ok(bench.metadata(&id)).await;
    assert_eq!((&trashed["trashed"], &trashed["name"]), (&json!(true), &json!("new name")), "not gone");
    ok(bench.values(&id, "A1:A1")).await;

    for change in [json!({"trashed": false}), json!({"properties": {"part": "2"}})] {
        assert_eq!(refused(update(change)).await, (400, "badRequest".to_owned()), "not simulated");
    }
}

#[tokio::test]
async fn nothing_is_made_where_a_service_account_has_no_room() {
    let bench = Bench::start().await;
    let create = |body: Value| bench.post("/drive/v3/files").query(&ALL).json(&body);
    let full = (403, "storageQuotaExceeded".to_owned());
    assert_eq!(refused(create(json!({"name": "n", "mimeType": SHEET}))).await, full, "its own drive");
    bench.set_faults(json!({"not_on_shared_drive": ["spl/outbound"]}));
    let body = json!({"name": "n", "mimeType": SHEET, "parents": [bench.outbound()]});
    assert_eq!(refused(create(body)).await, full, "a person's folder");
    let folder = ok(bench.get(&format!("/drive/v3/files/{}?fields=*", bench.outbound())).query(&ALL)).await;
    assert_eq!(folder["driveId"], Value::Null);
}

#[tokio::test]
async fn what_cannot_be_made_or_changed_so_is_an_error() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "");
    let id = bench.id_of(&bench.inbound(), "a.csv").await;
    let parents = json!([bench.outbound()]);
    let create = |body: Value| bench.post("/drive/v3/files").query(&ALL).json(&body);
    for body in [
        json!({"name": "n", "mimeType": SHEET, "parents": parents, "id": "generated"}),
        json!({"name": "n", "mimeType": SHEET, "parents": parents, "properties": {"run": "x".repeat(122)}}),
        json!({"name": "n", "mimeType": SHEET, "parents": [bench.outbound(), bench.inbound()]}),
    ] {
        assert_eq!(refused(create(body)).await, (400, "badRequest".to_owned()));
    }
    let nowhere = json!({"name": "n", "mimeType": SHEET, "parents": ["nowhere"]});
    assert_eq!(refused(create(nowhere)).await, (404, "notFound".to_owned()));
    let move_it = bench.patch(&format!("/drive/v3/files/{id}")).query(&ALL).json(&json!({"parents": parents}));
    assert_eq!(refused(move_it).await, (403, "fieldNotWritable".to_owned()));
    let broken = bench.patch(&format!("/drive/v3/files/{id}")).query(&ALL).body("{");
    assert_eq!(refused(broken).await, (400, "parseError".to_owned()));
    let unknown = bench.patch(&format!("/drive/v3/files/{id}?addParents=x")).query(&ALL).json(&json!({}));
    assert_eq!(refused(unknown).await, (400, "badRequest".to_owned()));
    let gone = bench.patch("/drive/v3/files/nothing").query(&ALL).json(&json!({"name": "x"}));
    assert_eq!(refused(gone).await, (404, "notFound".to_owned()));
    assert_eq!(refused(bench.get("/drive/v2/files")).await, (404, "notFound".to_owned()));
}

#[tokio::test]
async fn about_says_what_can_be_imported_and_how_little_room_there_is() {
    let bench = Bench::start().await;
    assert_eq!(refused(bench.get("/drive/v3/about")).await, (400, "required".to_owned()));
    let fields = "importFormats,maxImportSizes,storageQuota/limit";
    let about = ok(bench.get("/drive/v3/about").query(&[("fields", fields)])).await;
    assert_eq!(
        about,
        json!({
            "importFormats": {XLSX: [SHEET], "text/csv": [SHEET]},
            "maxImportSizes": {SHEET: "104857600"},
            "storageQuota": {"limit": "0"},
        })
    );
    bench.set_faults(json!({"max_import_bytes": 1000}));
    let about = ok(bench.get("/drive/v3/about?fields=*")).await;
    assert_eq!(about["maxImportSizes"][SHEET], "1000");
}
