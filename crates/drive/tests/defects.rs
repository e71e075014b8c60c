//! The defects of the replaced system that are the client's to prevent: the numbers are those of
//! docs/contract/feeds.md, part 3.

mod common;

use std::{
    collections::BTreeMap,
    fs::File,
    time::{Duration, SystemTime},
};

use common::{Google, key, texts, workbook};
use drive::{Form, Kind};
use simulators::google::{Fault, Faults};

/// A file that was uploaded late, moved in, or waited past midnight was never processed: only today's were asked for.
#[tokio::test]
async fn defect_27_a_file_of_another_day_is_listed() {
    let google = Google::start().await;
    google.drop_file("Last month.csv", "Forename\n");
    let long_ago = SystemTime::now() - Duration::from_secs(40 * 24 * 3600);
    let file = File::options().append(true).open(google.inbound_path("Last month.csv")).expect("the file");
    file.set_modified(long_ago).expect("a file whose time can be set");
    let entries = google.drive.list(&google.inbound()).await.expect("a listing");
    assert_eq!(entries.len(), 1);
    assert!(chrono::Utc::now() - entries[0].modified > chrono::TimeDelta::days(39));
}

/// Only the first page of a listing was looked at.
#[tokio::test]
async fn defect_28_a_folder_of_more_than_a_page_is_listed_whole() {
    let google = Google::start().await;
    for number in 0..2_100 {
        google.drop_file(&format!("{number}.gsheet.csv"), "Forename\n");
    }
    assert_eq!(google.drive.list(&google.inbound()).await.expect("a listing").len(), 2_100);
}

/// A CSV or XLSX file that was not converted to a Google Sheet was "No File found".
#[tokio::test]
async fn defect_29_csv_and_xlsx_files_are_listed_and_read() {
    let google = Google::start().await;
    google.drop_file("a.csv", "Forename\nJane\n");
    let mut xlsx = Vec::new();
    std::io::Read::read_to_end(&mut rewound(workbook(&[("Sheet1", &[&["Forename"], &["Jane"]])])), &mut xlsx)
        .expect("a readable file");
    google.drop_file("b.xlsx", &xlsx);
    let mut entries = google.drive.list(&google.inbound()).await.expect("a listing");
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    for (entry, size) in entries.iter().zip([14, xlsx.len() as u64]) {
        assert_eq!(entry.kind(), Kind::Blob);
        let file = google.drive.download(entry).await.expect("a file");
        assert_eq!(file.metadata().expect("a size").len(), size);
    }
    assert_eq!(entries.len(), 2);
}

/// The output was made before it was filled: an error between left an empty file that marked the input as processed.
#[tokio::test]
async fn defect_32_a_summary_that_was_made_and_not_filled_is_filled_later() {
    let google = Google::start().await;
    // The answer to the creation is lost, and then nothing goes up.
    let next = BTreeMap::from([(Fault::AnswerLost, 1)]);
    let calls = [simulators::google::Call::FilesCreate].into();
    google.simulator.set_faults(Faults { next, calls, ..Faults::default() });
    let made = google
        .drive
        .find_or_create(&google.outbound(), "PROCESSED_x", &key("run-1"), Form::Sheet)
        .await
        .expect("a summary");
    let share = BTreeMap::from([(Fault::InternalError, 1.0)]);
    google.simulator.set_faults(Faults { share, ..Faults::default() });
    let content = workbook(&[("summary", &[&["done"]])]);
    google.drive.replace_content(&made, &content).await.expect_err("nothing goes up");

    // The next attempt finds it and fills it.
    google.simulator.set_faults(Faults::default());
    let found = google
        .drive
        .find_or_create(&google.outbound(), "PROCESSED_x", &key("run-1"), Form::Sheet)
        .await
        .expect("a summary");
    assert_eq!(found, made);
    google.drive.replace_content(&found, &content).await.expect("an upload");
    assert_eq!(texts(&google.rows(&found).await.0[0]), ["done"]);
    assert_eq!(google.drive.list(&google.outbound()).await.expect("a listing").len(), 1);
}

/// Values were written as if typed: `=…` became a formula, a phone lost its zero.
#[tokio::test]
async fn defect_48_what_is_written_stays_text() {
    let google = Google::start().await;
    let cells: &[&str] = &["=1+1", "07700900123", "+447700900123", "1e5", "2021-03-08", "TRUE", "@SUM(A1)", "1_000"];
    let id = google
        .drive
        .find_or_create(&google.outbound(), "PROCESSED_x", &key("run-1"), Form::Sheet)
        .await
        .expect("a summary");
    google.drive.replace_content(&id, &workbook(&[("hackney_cases", &[cells])])).await.expect("an upload");
    assert_eq!(texts(&google.rows(&id).await.0[0]), cells);
}

fn rewound(mut file: File) -> File {
    std::io::Seek::rewind(&mut file).expect("a file that can be rewound");
    file
}
