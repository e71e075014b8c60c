use std::fs;

use serde_json::json;

use crate::support::{Bench, DRIVE, answer, names, ok, text};

#[tokio::test]
async fn ids_properties_and_the_bin_outlive_a_restart() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "x\n");
    bench.put("spl/inbound/b.csv", "y\n");
    let kept = bench.id_of(&bench.inbound(), "a.csv").await;
    let trashed = bench.id_of(&bench.inbound(), "b.csv").await;
    let summary = bench.new_sheet("3/4", json!({"run": "r1"})).await;
    let all = [("supportsAllDrives", "true")];
    ok(bench.patch(&format!("/drive/v3/files/{trashed}")).query(&all).json(&json!({"trashed": true}))).await;
    let before =
        [ok(bench.metadata(&kept)).await, ok(bench.metadata(&trashed)).await, ok(bench.metadata(&summary)).await];
    let (folder, Bench { dir, google, .. }) = (bench.inbound(), bench);
    drop(google);

    let bench = Bench::over(dir, DRIVE).await;
    assert_eq!(bench.inbound(), folder);
    let after =
        [ok(bench.metadata(&kept)).await, ok(bench.metadata(&trashed)).await, ok(bench.metadata(&summary)).await];
    assert_eq!(after, before);
    assert_eq!((&after[2]["name"], &after[2]["properties"]), (&json!("3/4"), &json!({"run": "r1"})));
}

#[tokio::test]
async fn a_file_keeps_its_id_when_it_is_renamed_moved_or_written_anew() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "x\n");
    let before = bench.named(&bench.inbound(), "a.csv").await;
    let id = text(&before["id"]);

    fs::rename(bench.path("spl/inbound/a.csv"), bench.path("spl/inbound/b.csv")).expect("renamed");
    bench.put("spl/inbound/a.csv", "another\n");
    assert_eq!(bench.id_of(&bench.inbound(), "b.csv").await, id);
    assert_ne!(bench.id_of(&bench.inbound(), "a.csv").await, id, "a new file under the old name");

    bench.put("spl/unfinished", "x\ny\n");
    fs::rename(bench.path("spl/unfinished"), bench.path("spl/inbound/b.csv")).expect("saved by a program");
    let saved = bench.named(&bench.inbound(), "b.csv").await;
    assert_eq!(saved["id"], json!(id));
    assert_ne!(saved["md5Checksum"], before["md5Checksum"]);
    assert_eq!(saved["createdTime"], before["createdTime"]);

    fs::rename(bench.path("spl/inbound/b.csv"), bench.path("nsss/inbound/c.csv")).expect("moved");
    let moved = ok(bench.metadata(&id)).await;
    assert_eq!((&moved["name"], &moved["parents"]), (&json!("c.csv"), &json!(["folder_nsss_inbound"])));
}

#[tokio::test]
async fn a_summary_that_a_person_renames_stays_a_google_sheet_with_its_properties() {
    let bench = Bench::start().await;
    let id = bench.new_sheet("summary", json!({"run": "r1"})).await;
    fs::rename(bench.path("spl/outbound/summary.xlsx"), bench.path("spl/outbound/done.xlsx")).expect("renamed");
    let file = ok(bench.metadata(&id)).await;
    assert_eq!((&file["name"], &file["properties"]), (&json!("done"), &json!({"run": "r1"})));
    assert_eq!(file["mimeType"], crate::support::SHEET);
    assert_eq!(file["lastModifyingUser"]["me"], false);

    fs::copy(bench.path("spl/outbound/done.xlsx"), bench.path("spl/inbound/again.xlsx")).expect("copied");
    let copy = bench.named(&bench.inbound(), "again.xlsx").await;
    assert_eq!(copy["mimeType"], crate::support::XLSX, "a copy is a file of its own");
    assert_eq!(copy.get("properties"), None);
}

#[tokio::test]
async fn what_is_deleted_on_disk_is_gone_and_an_inode_used_again_is_no_old_file() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "x\n");
    let id = bench.id_of(&bench.inbound(), "a.csv").await;
    fs::remove_file(bench.path("spl/inbound/a.csv")).expect("removed");
    for n in 0..20 {
        bench.put(&format!("spl/inbound/new {n}.csv"), "x\n");
    }
    let files = bench.files(&bench.inbound()).await;
    assert_eq!(files.len(), 20);
    assert!(!files.iter().any(|file| file["id"] == json!(id)));
    assert_eq!(answer(bench.metadata(&id)).await.0, 404);
}

#[tokio::test]
async fn a_feed_of_a_new_name_is_served_as_well() {
    let bench = Bench::start().await;
    fs::create_dir_all(bench.path("sixth/inbound")).expect("made");
    bench.put("sixth/inbound/a.csv", "");
    assert_eq!(names(&bench.files("folder_sixth_inbound").await), ["a.csv"]);
}

#[tokio::test]
async fn the_state_shows_files_and_calls() {
    let bench = Bench::start().await;
    let id = bench.new_sheet("summary", json!({"run": "r1"})).await;
    assert_eq!(answer(bench.metadata("nothing")).await.0, 404);
    let state = bench.state().await;
    assert_eq!(state["calls"], json!({"token": 1, "drive.files.get": 1, "drive.files.create": 1}));
    let file = &state["files"][0];
    assert_eq!((&file["id"], &file["folder"], &file["name"]), (&json!(id), &json!("spl/outbound"), &json!("summary")));
    assert_eq!((&file["properties"], &file["trashed"]), (&json!({"run": "r1"}), &json!(false)));
    assert_eq!(
        state["refused"],
        json!([
            {"call": "drive.files.get", "status": 404, "why": "notFound: File not found: nothing."},
        ])
    );
}
