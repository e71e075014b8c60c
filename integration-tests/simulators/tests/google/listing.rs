use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::support::{Bench, SHEET, XLSX, names, ok, refused, text, workbook};

#[tokio::test]
async fn a_folder_lists_what_a_person_dropped() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/week 3.csv", "a,b\n");
    workbook(&bench.path("spl/inbound/week 3.xlsx"));
    bench.put("spl/inbound/week 3.gsheet.csv", "a,b\n");
    bench.put("spl/inbound/.hidden", "");
    bench.put("spl/inbound/~$week 3.xlsx", "lock");
    std::fs::create_dir(bench.path("spl/inbound/done")).expect("made");
    bench.put("spl/inbound/done/old.csv", "");
    bench.put("nsss/inbound/other.csv", "");

    let files = bench.files(&bench.inbound()).await;
    assert_eq!(names(&files), ["done", "week 3", "week 3.csv", "week 3.xlsx"]);
    let csv = bench.named(&bench.inbound(), "week 3.csv").await;
    assert_eq!(csv["mimeType"], "text/csv");
    assert_eq!((&csv["size"], &csv["md5Checksum"]), (&json!("4"), &json!("f69f5b72bc79a92dc70c63c9aa142e36")));
    assert_eq!((&csv["parents"], &csv["trashed"]), (&json!([bench.inbound()]), &json!(false)));
    assert!(text(&csv["createdTime"]).ends_with('Z') && text(&csv["modifiedTime"]).len() == 24);
    assert_eq!(bench.named(&bench.inbound(), "week 3.xlsx").await["mimeType"], XLSX);
    let sheet = bench.named(&bench.inbound(), "week 3").await;
    assert_eq!((&sheet["mimeType"], &sheet["md5Checksum"]), (&json!(SHEET), &Value::Null));
    let done = bench.named(&bench.inbound(), "done").await;
    assert_eq!((&done["mimeType"], &done["size"]), (&json!("application/vnd.google-apps.folder"), &Value::Null));
}

#[tokio::test]
async fn what_lies_on_the_shared_drive_is_not_there_without_the_parameters() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "");
    let q = format!("'{}' in parents and trashed=false", bench.inbound());
    let without = ok(bench.get("/drive/v3/files").query(&[("q", &q)])).await;
    assert_eq!(without["files"], json!([]));
    let supported = ok(bench.get("/drive/v3/files?supportsAllDrives=true").query(&[("q", &q)])).await;
    assert_eq!(supported["files"], json!([]));
    let included = bench.get("/drive/v3/files?includeItemsFromAllDrives=true").query(&[("q", &q)]);
    assert_eq!(refused(included).await, (400, "invalid".to_owned()));
    let id = bench.id_of(&bench.inbound(), "a.csv").await;
    let file = bench.get(&format!("/drive/v3/files/{id}"));
    assert_eq!(refused(file).await, (404, "notFound".to_owned()));
}

#[tokio::test]
async fn pages_hold_everything_once() {
    let bench = Bench::start().await;
    for n in 0..7 {
        bench.put(&format!("spl/inbound/{n}.csv"), n.to_string());
    }
    let mut found = Vec::new();
    let mut token = None;
    let mut pages = 0;
    loop {
        let mut more = vec![("pageSize", "3")];
        more.extend(token.as_deref().map(|token| ("pageToken", token)));
        let page = ok(bench.listing(&bench.inbound(), &more)).await;
        pages += 1;
        found.extend(page["files"].as_array().expect("files").clone());
        match page.get("nextPageToken") {
            Some(next) => token = Some(text(next)),
            None => break,
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(names(&found), ["0.csv", "1.csv", "2.csv", "3.csv", "4.csv", "5.csv", "6.csv"]);
    for wrong in ["0", "1001", "x"] {
        let answer = refused(bench.listing(&bench.inbound(), &[("pageSize", wrong)])).await;
        assert_eq!(answer, (400, "invalid".to_owned()), "{wrong}");
    }
}

#[tokio::test]
async fn a_page_token_is_good_for_its_own_search_only() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "");
    bench.put("spl/inbound/b.csv", "");
    let page = ok(bench.listing(&bench.inbound(), &[("pageSize", "1")])).await;
    let token = text(&page["nextPageToken"]);
    ok(bench.listing(&bench.inbound(), &[("pageToken", &token)])).await;
    let elsewhere = bench.listing(&bench.outbound(), &[("pageToken", &token)]);
    assert_eq!(refused(elsewhere).await, (400, "invalid".to_owned()));
    let made_up = bench.listing(&bench.inbound(), &[("pageToken", "made up")]);
    assert_eq!(refused(made_up).await, (400, "invalid".to_owned()));
}

#[tokio::test]
async fn only_the_fields_that_were_asked_for_are_given() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "");
    let page = ok(bench.listing(&bench.inbound(), &[("fields", "files(name,size)")])).await;
    assert_eq!(page, json!({"files": [{"name": "a.csv", "size": "0"}]}));
    let page = ok(bench.listing(&bench.inbound(), &[])).await;
    assert_eq!(page["incompleteSearch"], false);
    let keys: Vec<_> = page["files"][0].as_object().expect("a file").keys().collect();
    assert_eq!(keys, ["kind", "id", "name", "mimeType", "driveId", "teamDriveId"], "by default, little");
    for wrong in ["files(md5)", "files(", "id"] {
        let answer = refused(bench.listing(&bench.inbound(), &[("fields", wrong)])).await;
        assert_eq!(answer, (400, "invalid".to_owned()), "{wrong}");
    }
}

#[tokio::test]
async fn a_search_that_is_not_simulated_is_an_error_and_never_everything() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "");
    bench.put("spl/inbound/b.gsheet.csv", "");
    let search = |q: String| {
        bench.get("/drive/v3/files?supportsAllDrives=true&includeItemsFromAllDrives=true").query(&[("q", q)])
    };
    let inbound = bench.inbound();
    for (clause, found) in
        [("mimeType = 'text/csv'", vec!["a.csv"]), ("mimeType = 'application/vnd.google-apps.spreadsheet'", vec!["b"])]
    {
        let page = ok(search(format!("'{inbound}' in parents and {clause}"))).await;
        assert_eq!(names(page["files"].as_array().expect("files")), found, "{clause}");
    }
    for q in [
        format!("'{inbound}' in parents and createdTime > '2021-01-01'"),
        format!("'{inbound}' in parents or '{}' in parents", bench.outbound()),
        "fullText contains 'x'".to_owned(),
    ] {
        assert_eq!(refused(search(q)).await, (400, "invalid".to_owned()));
    }
    for (parameter, value, reason) in [("orderBy", "size", "invalid"), ("order", "name", "badRequest")] {
        let answer = refused(bench.listing(&inbound, &[(parameter, value)])).await;
        assert_eq!(answer, (400, reason.to_owned()), "{parameter}");
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_or_not_shared_is_not_found() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "");
    let id = bench.id_of(&bench.inbound(), "a.csv").await;
    assert_eq!(ok(bench.metadata(&bench.inbound())).await["mimeType"], "application/vnd.google-apps.folder");
    assert_eq!(refused(bench.listing("folder_nowhere", &[])).await, (404, "notFound".to_owned()));

    bench.set_faults(json!({"not_shared": ["spl/inbound"]}));
    assert_eq!(refused(bench.listing(&bench.inbound(), &[])).await, (404, "notFound".to_owned()));
    assert_eq!(refused(bench.metadata(&bench.inbound())).await, (404, "notFound".to_owned()));
    assert_eq!(refused(bench.metadata(&id)).await, (404, "notFound".to_owned()));
    ok(bench.listing(&bench.outbound(), &[])).await;
}

#[tokio::test]
async fn a_listing_is_sorted_when_asked_for_over_all_pages() {
    let bench = Bench::start().await;
    for (name, age) in [("b", 2), ("c", 3), ("a", 1)] {
        bench.put(&format!("spl/inbound/{name}.csv"), "");
        let file = std::fs::File::options().write(true).open(bench.path(&format!("spl/inbound/{name}.csv")));
        file.expect("a file").set_modified(SystemTime::now() - Duration::from_secs(age)).expect("an older one");
    }
    let sorted = [("orderBy", "recency"), ("pageSize", "2"), ("fields", "nextPageToken,files/name")];
    let page = ok(bench.listing(&bench.inbound(), &sorted)).await;
    assert_eq!(page["files"], json!([{"name": "c.csv"}, {"name": "b.csv"}]));
    let token = text(&page["nextPageToken"]);
    let page = ok(bench.listing(&bench.inbound(), &sorted).query(&[("pageToken", &token)])).await;
    assert_eq!(page, json!({"files": [{"name": "a.csv"}]}));
    let other = bench.listing(&bench.inbound(), &[("pageToken", &token)]);
    assert_eq!(refused(other).await, (400, "invalid".to_owned()), "a token of another order");
    std::fs::remove_file(bench.path("spl/inbound/b.csv")).expect("removed");
    let stale = bench.listing(&bench.inbound(), &sorted).query(&[("pageToken", &token)]);
    assert_eq!(refused(stale).await, (400, "invalid".to_owned()), "the page before ended with a file that is gone");
}
