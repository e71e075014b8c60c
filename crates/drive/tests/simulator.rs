//! The client does its work against a strict simulator of Google, and does it still when much goes wrong.

mod common;

use std::{collections::BTreeMap, io::Read as _};

use common::{Google, key, settings, signed_in, texts, workbook};
use drive::{Drive, Error, Form, Kind, Scope, Settings};
use simulators::google::{Change, Direction, Fault, Faults, Folder, OnRead};

fn outbound() -> Folder {
    Folder { feed: "spl".to_owned(), direction: Direction::Outbound }
}

#[tokio::test]
async fn a_csv_file_arrives_as_it_was_dropped() {
    let google = Google::start().await;
    let content = "Forename,Note\r\n\"O'Neil\",\"two\nlines\"\r\n".repeat(10_000);
    google.drop_file("Week 10.csv", &content);
    let entries = google.drive.list(&google.inbound()).await.expect("a listing");
    assert_eq!((entries.len(), entries[0].name.as_str(), entries[0].kind()), (1, "Week 10.csv", Kind::Blob));
    let mut arrived = String::new();
    let mut file = google.drive.download(&entries[0]).await.expect("a file");
    file.read_to_string(&mut arrived).expect("a readable file");
    assert!(arrived == content);
}

#[tokio::test]
async fn a_google_sheet_is_read_whole_in_batches() {
    let google = Google::start().await;
    let row = |number: usize| format!("0770090{number:04},Jane,{}\n", "a note of some length ".repeat(12));
    // A thousand blank rows in the middle.
    let rows = (0..9_000).map(row).chain((0..1_000).map(|_| "\n".to_owned())).chain((0..9_000).map(row));
    let content: String = ["Phone,Forename,Note\n".to_owned()].into_iter().chain(rows).collect();
    google.drop_file("Contacts.gsheet.csv", content);
    let entries = google.drive.list(&google.inbound()).await.expect("a listing");
    assert_eq!((entries[0].name.as_str(), entries[0].kind()), ("Contacts", Kind::Sheet));

    let (rows, batches) = google.rows(&entries[0].id).await;
    let filled: Vec<_> = rows.iter().filter(|row| !row.is_blank()).collect();
    assert_eq!((filled.len(), filled[0].number, filled[18_000].number), (18_001, 1, 19_001));
    assert_eq!((filled[9_001].number, texts(filled[9_001])[0]), (10_002, "07700900000"));
    assert!(batches > 2, "{batches} batches of 2 MB for 5 MB");

    let mut reader = google.drive.sheet(&entries[0].id, "to_fix").await.expect("a sheet").start_at(19_001);
    let last = reader.next().await.expect("an answer").expect("a row");
    assert_eq!((last.len(), last[0].number), (1, 19_001));
}

#[tokio::test]
async fn a_google_sheet_tells_what_a_filter_hides_and_what_is_merged() {
    let google = Google::start().await;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, name) in (0..).zip(["Name", "Ana", "Ben", "Cleo"]) {
        sheet.write_string(row, 0, name).expect("a cell");
    }
    sheet.merge_range(1, 1, 2, 1, "4 Test Walk", &rust_xlsxwriter::Format::new()).expect("a region");
    sheet.autofilter(0, 0, 3, 1).expect("a filter");
    sheet.set_row_hidden(3).expect("a row");
    google.drop_file("Contacts.gsheet.xlsx", book.save_to_buffer().expect("a workbook"));
    let entries = google.drive.list(&google.inbound()).await.expect("a listing");
    let (rows, _) = google.rows(&entries[0].id).await;
    assert_eq!(rows.iter().map(|row| row.hidden).collect::<Vec<_>>(), [false, false, false, true]);
    assert_eq!((texts(&rows[2]), rows[2].cells[1].merged_from), (vec!["Ben", "4 Test Walk"], Some(2)));
    assert_eq!(texts(&rows[3]), ["Cleo"]);
}

#[tokio::test]
async fn a_summary_is_made_filled_found_and_filled_again() {
    let google = Google::start().await;
    let outbound = google.outbound();
    let id =
        google.drive.find_or_create(&outbound, "PROCESSED_x", &key("run-1"), Form::Sheet).await.expect("a summary");
    for content in ["first", "second"] {
        let workbook = workbook(&[("hackney_cases", &[&["Forename"], &[content]]), ("summary", &[&["file"]])]);
        google.drive.replace_content(&id, &workbook).await.expect("an upload");
        let (rows, _) = google.rows(&id).await;
        assert_eq!(texts(&rows[1]), [content]);
        let again =
            google.drive.find_or_create(&outbound, "PROCESSED_x", &key("run-1"), Form::Sheet).await.expect("a summary");
        assert_eq!(again, id);
    }
    let other =
        google.drive.find_or_create(&outbound, "PROCESSED_x", &key("run-2"), Form::Sheet).await.expect("a summary");
    assert_ne!(other, id);
    assert_eq!(google.drive.list(&outbound).await.expect("a listing").len(), 2);
}

#[tokio::test]
async fn a_tab_to_fix_is_read_before_the_first_one() {
    let google = Google::start().await;
    let id = google
        .drive
        .find_or_create(&google.outbound(), "PROCESSED_x", &key("run-1"), Form::Sheet)
        .await
        .expect("a summary");
    let workbook = workbook(&[("hackney_cases", &[&["whole"]]), ("summary", &[&["counts"]]), ("to_fix", &[&["rows"]])]);
    google.drive.replace_content(&id, &workbook).await.expect("an upload");
    assert_eq!(texts(&google.rows(&id).await.0[0]), ["rows"]);
}

#[tokio::test]
async fn everything_is_done_although_google_fails_at_every_turn() {
    let google = Google::start().await;
    google.drop_file("Week 10.csv", "Forename\nJane\n".repeat(50_000));
    google.drop_file("Contacts.gsheet.csv", "Forename\nJane\n".repeat(3_000));
    let all = [
        Fault::RateLimitExceeded,
        Fault::UserRateLimitExceeded,
        Fault::TooManyRequests,
        Fault::InternalError,
        Fault::Unavailable,
        Fault::ExpiredToken,
        Fault::AnswerLost,
        Fault::IncompleteSearch,
        Fault::HalfDownload,
        Fault::UploadCut,
    ];
    // Each round makes sure of two of them.
    for (seed, certain) in (0..).zip(all.chunks(2)) {
        let share: BTreeMap<_, _> = all.into_iter().map(|fault| (fault, 0.06)).collect();
        let next = certain.iter().map(|fault| (*fault, 1)).collect();
        google.simulator.set_faults(Faults { seed, share, next, ..Faults::default() });

        let entries = google.drive.list(&google.inbound()).await.expect("a listing");
        assert_eq!(entries.len(), 2);
        for entry in &entries {
            match entry.kind() {
                Kind::Sheet => assert_eq!(google.rows(&entry.id).await.0.len(), 6_000),
                _ => {
                    let file = google.drive.download(entry).await.expect("a file");
                    assert_eq!(file.metadata().expect("a size").len(), 14 * 50_000);
                }
            }
        }
        let run = format!("run-{seed}");
        let id =
            google.drive.find_or_create(&google.outbound(), &run, &key(&run), Form::Sheet).await.expect("a summary");
        google.drive.replace_content(&id, &workbook(&[("summary", &[&[&run]])])).await.expect("an upload");

        google.simulator.set_faults(Faults::default());
        assert_eq!(texts(&google.rows(&id).await.0[0]), [&run]);
    }
    let made = google.simulator.state().expect("a state").faults;
    assert_eq!(made.len(), all.len(), "each fault was there: {made:?}");
    let summaries = google.drive.list(&google.outbound()).await.expect("a listing");
    assert_eq!(summaries.len(), 5, "one a run, whatever was lost");
}

#[tokio::test]
async fn a_rejected_page_token_loses_nothing() {
    let google = Google::start().await;
    for number in 0..1_001 {
        google.drop_file(&format!("{number}.gsheet.csv"), "Forename\n");
    }
    let next = BTreeMap::from([(Fault::PageTokenRejected, 2)]);
    google.simulator.set_faults(Faults { next, ..Faults::default() });
    assert_eq!(google.drive.list(&google.inbound()).await.expect("a listing").len(), 1_001);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_is_noticed() {
    for (change, expected) in [
        (Change::Append("Jane\n".to_owned()), "changed while it was being read"),
        (Change::Trash, ""),
        (Change::Rename("Other.csv".to_owned()), ""),
        (Change::Delete, "cannot be found"),
    ] {
        let google = Google::start().await;
        google.drop_file("Week 10.csv", "Forename\nJane\n".repeat(100_000));
        let entry = google.drive.list(&google.inbound()).await.expect("a listing").remove(0);
        // The first half arrives, then it happens, then the rest is asked for.
        let on_read = vec![OnRead { file: entry.id.clone(), reads: 1, change: change.clone() }];
        let next = BTreeMap::from([(Fault::HalfDownload, 1)]);
        google.simulator.set_faults(Faults { on_read, next, ..Faults::default() });
        let result = google.drive.download(&entry).await;
        let now = google.drive.entry(&entry.id).await.expect("an answer");
        match result {
            Ok(_) => assert!(expected.is_empty() && now.is_some_and(|now| now.trashed || now.name != entry.name)),
            Err(error) => assert!(!expected.is_empty() && error.to_string().contains(expected), "{change:?}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_google_sheet_that_is_saved_again_has_another_time() {
    let google = Google::start().await;
    google.drop_file("Contacts.gsheet.csv", "Forename\nJane\n");
    let before = google.drive.list(&google.inbound()).await.expect("a listing").remove(0);
    let on_read = vec![OnRead { file: before.id.clone(), reads: 1, change: Change::Touch }];
    google.simulator.set_faults(Faults { on_read, ..Faults::default() });
    google.rows(&before.id).await;
    let after = google.drive.entry(&before.id).await.expect("an answer").expect("a file");
    assert!(after.modified > before.modified);
}

#[tokio::test]
async fn wrong_permissions_say_what_to_do() {
    let google = Google::start().await;
    let account = google.drive.account().expect("an account").to_owned();
    let outbound_id = google.outbound();

    google.simulator.set_faults(Faults { not_shared: [outbound()].into(), ..Faults::default() });
    let error = google.drive.list(&outbound_id).await.expect_err("not shared");
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert!(error.to_string().contains(&account) && error.to_string().contains(&outbound_id), "{error}");

    google.simulator.set_faults(Faults { not_on_shared_drive: [outbound()].into(), ..Faults::default() });
    let error = google.drive.find_or_create(&outbound_id, "x", &key("r"), Form::Sheet).await.expect_err("no storage");
    assert!(error.to_string().contains("must be on a shared drive"), "{error}");

    google.simulator.set_faults(Faults::default());
    let reader = signed_in(&google.simulator, Scope::ReadOnly);
    let error = reader.find_or_create(&outbound_id, "x", &key("r"), Form::Sheet).await.expect_err("may not write");
    assert!(matches!(error, Error::Forbidden { .. }), "{error:?}");

    let error = google.drive.list("no-such-folder").await.expect_err("no such folder");
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert_eq!(google.drive.entry("no-such-file").await.expect("an answer"), None);
}

#[tokio::test]
async fn an_unreachable_google_says_so() {
    let google = Google::start().await;
    google.simulator.set_faults(Faults { unreachable: true, ..Faults::default() });
    let error = google.drive.list(&google.inbound()).await.expect_err("cut off");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn google_says_how_large_an_upload_may_be() {
    let google = Google::start().await;
    google.simulator.set_faults(Faults { max_import_bytes: Some(1_000), ..Faults::default() });
    assert_eq!(google.drive.max_import_size().await.expect("an answer"), Some(1_000));
}

/// Google converts up to its limit; what is larger is refused as a Google Sheet, and taken as an XLSX file.
#[tokio::test]
async fn what_is_too_large_to_be_converted_is_stored_as_an_xlsx_file() {
    let google = Google::start().await;
    let content = workbook(&[("summary", &[&["counts"]])]);
    let bytes = content.metadata().expect("a size").len();
    google.simulator.set_faults(Faults { max_import_bytes: Some(bytes - 1), ..Faults::default() });
    let most = google.drive.max_import_size().await.expect("an answer");
    assert_eq!(Form::of(bytes, most), Form::Xlsx);

    let outbound = google.outbound();
    let sheet = google.drive.find_or_create(&outbound, "x", &key("run-1"), Form::Sheet).await.expect("a sheet");
    let error = google.drive.replace_content(&sheet, &content).await.expect_err("too large to be converted");
    assert!(!error.is_transient(), "{error:?}");

    let made = google.drive.find_or_create(&outbound, "x.xlsx", &key("run-2"), Form::Xlsx).await.expect("a file");
    google.drive.replace_content(&made, &content).await.expect("an upload");
    google.drive.replace_content(&made, &content).await.expect("the same again");
    let entry = google.drive.entry(&made).await.expect("an answer").expect("a file");
    assert_eq!((entry.name.as_str(), entry.kind(), entry.size), ("x.xlsx", Kind::Blob, Some(bytes)));

    google.drive.trash(&sheet).await.expect("thrown away");
    assert_eq!(google.drive.list(&outbound).await.expect("a listing").len(), 1);
}

/// A rename moves a Google Sheet's version and time as a person's edit does; content of one's own has a revision of its own.
#[tokio::test]
async fn a_file_is_as_left_until_somebody_else_modifies_it() {
    let google = Google::start().await;
    let content = workbook(&[("summary", &[&["counts"]])]);
    let outbound_id = google.outbound();
    google.simulator.set_faults(Faults { conversion_goes_on: true, ..Faults::default() });
    for (form, suffix, renamed) in [(Form::Sheet, ".xlsx", false), (Form::Xlsx, "", true)] {
        let name = format!("{form:?}");
        let file = google.drive.find_or_create(&outbound_id, &name, &key(&name), form).await.expect("a file");
        google.drive.replace_content(&file, &content).await.expect("an upload");
        let look = async || google.drive.entry(&file).await.expect("an answer").expect("a file");
        let left = look().await;
        let revision = left.revision().expect("a revision").to_owned();
        let later = look().await;
        assert_eq!((later.modified > left.modified), form == Form::Sheet, "Google has moved its time");
        assert!(later.is_as_left(&revision), "{form:?}: nobody was there");

        let path = google.inbound_path("../outbound").join(format!("{name}{suffix}"));
        let other = path.with_file_name(format!("Renamed{suffix}"));
        std::fs::rename(&path, &other).expect("a rename");
        assert_eq!(look().await.is_as_left(&revision), renamed, "{form:?}: a person gave it another name");
        std::fs::write(&other, "another").expect("room on the disk");
        assert!(!look().await.is_as_left(&revision), "{form:?}: a person edited it");
        google.drive.trash(&file).await.expect("thrown away");
    }
}

/// A Workspace that forbids external sharing: the service account sees nothing, and as a user of it all.
#[tokio::test]
async fn an_account_acts_as_a_user_whom_it_may_act_as() {
    let google = Google::start().await;
    google.drop_file("Contacts.csv", "Forename\nJane\n");
    let user = "ingestion@council.example";
    let faults = Faults { no_external_sharing: true, ..Faults::default() };
    google.simulator.set_faults(faults.clone());
    let error = google.drive.list(&google.inbound()).await.expect_err("outside of the Workspace");
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");

    let subject = Some(user.to_owned());
    let acting = Settings { subject, ..settings(&google.simulator, Scope::ReadWrite) };
    let acting = Drive::new(&acting).expect("settings");
    assert_eq!(acting.account(), Some(user), "whom to share folders with");
    let error = acting.list(&google.inbound()).await.expect_err("not delegated");
    assert!(matches!(error, Error::Delegation { .. }), "{error:?}");
    let said = error.to_string();
    assert!(said.contains(user) && said.contains("unauthorized_client") && said.contains("domain-wide"), "{said}");

    google.simulator.set_faults(Faults { delegated: [user.to_owned()].into(), ..faults });
    assert_eq!(acting.list(&google.inbound()).await.expect("a listing").len(), 1);
}

#[tokio::test]
async fn a_file_that_may_not_be_downloaded_says_so_before() {
    let google = Google::start().await;
    google.drop_file("Contacts.csv", "Forename\nJane\n");
    let entry = google.drive.list(&google.inbound()).await.expect("a listing").remove(0);
    assert!(entry.can_download());
    let folder = Folder { feed: "spl".to_owned(), direction: Direction::Inbound };
    google.simulator.set_faults(Faults { no_download: [folder].into(), ..Faults::default() });
    let entry = google.drive.list(&google.inbound()).await.expect("a listing").remove(0);
    assert!(!entry.can_download());
    let error = google.drive.download(&entry).await.expect_err("forbidden to viewers");
    assert!(error.to_string().contains("as Contributor, if the drive forbids viewers to download"), "{error}");
}
