//! Canaries in every cell of the sheets: none of them may reach a log, a metric, a queue or a lasting item of the ledger,
//! whatever the API answers.

use std::fs;
use std::path::Path;
use std::time::Duration;

use aws_sdk_sqs::types::MessageSystemAttributeName;
use feeds::Outcome;
use local_stack::{HereToHelp, Options, Stack};
use serde_json::json;

use crate::common;

/// How often a row is tried.
const RECEIVES: u32 = 1;
/// Cells whose text the feeds' rules dictate: they say nothing about a person.
const DICTATED: [&str; 6] = ["EUSS", "Hackney", "Repairs", "completed", "yes", "2021-03-07"];

/// The sheets, by feed. What can hold a canary does: `CANARY`, or a number or date found nowhere else.
const SHEETS: [(&str, &str); 5] = [
    (
        "spl",
        "\
Traced_NHSNUMBER,PatientFirstName,PatientOtherName,PatientSurname,DateOfBirth,PatientAddress_Line1,PatientAddress_Line2,PatientAddress_Line3,PatientAddress_Line4,PatientAddress_PostCode,PatientEmailAddress,mobile,landline,DateOfDeath,category,uprn
4861501237,Canaryfirsta,Canaryothera,Canarysurnamea,29/07/1931,1 Canaryroad A,Flat Canary A,Canarytown A,Canaryunused A,ZQ91 7QA,canary.a@example.org,07700900871,02079460871,Canarydeath A,Canarycategory A,100087654321
486-150-1245,CANARYFIRSTB,Canaryotherb,CANARYSURNAMEB,29/08/1932,2 Canaryroad B,Flat Canary B,Canarytown B,Canaryunused B,ZQ91 7QB,canary.b@example.org,07700900872,02079460872,Canarydeath B,Canarycategory B,100087654322
4861501253,Canaryfirstc,Canaryotherc,Canarysurnamec,31/02/19CANARY,3 Canaryroad C,Flat Canary C,Canarytown C,Canaryunused C,ZQ91 7QC,canary.c@example.org,07700900873,02079460873,Canarydeath C,Canarycategory C,100087654323
Canarynumber D,Canaryfirstd,Canaryotherd,Canarysurnamed,29/09/1934,4 Canaryroad D,Flat Canary D,Canarytown D,Canaryunused D,Canarypostcode D,Canaryemail D,Canarymobile D,Canarylandline D,Canarydeath D,Canarycategory D,Canaryuprn D
4861501261,Canaryfirste,Canaryothere,Canarysurnamee,29/10/1935,5 Canaryroad E,Flat Canary E,Canarytown E,Canaryunused E,ZQ91 7QE,canary.e@example.org,07700900875,02079460875,Canarydeath E,Canarycategory E,100087654325
4861501326,Canaryfirstq,Canaryotherq,Canarysurnameq,29/03/1936,6 Canaryroad Q,Flat Canary Q,Canarytown Q,Canaryunused Q,ZQ91 7QQ,canary.q@example.org,07700900876,02079460876,Canarydeath Q,Canarycategory Q,100087654326
",
    ),
    (
        "self-isolation",
        "\
ID,NHS Number,Forename,Surname,Date of Birth,House Number,Address Line 1,Address Line 2,Town,Postcode,UPRN,Email,Phone,Phone2,LA Support Required,LA Support Letter Received,Day 4 Outcome,Day 7 Outcome,Day 10 Outcome,Day 13 Outcome,Comments,Date Tested,Status Report,Unused
canary-id-f,4861501288,Canaryfirstf,Canarysurnamef,29/07/1941,77canaryhouse F,Canaryroad F,Flat Canary F,Canarytown F,ZQ92 7QF,100087654331,canary.f@example.org,07700900881,02079460881,yes,yes,CANARY note f4,CANARY note f7,CANARY note f10,CANARY note f13,CANARY comment f,2021-03-07,completed,Canaryunused F
canary-id-g,4861501296,Canaryfirstg,Canarysurnameg,29/08/1942,78canaryhouse G,Canaryroad G,Flat Canary G,Canarytown G,ZQ92 7QG,100087654332,canary.g@example.org,07700900882,02079460882,yes,Canaryletter G,CANARY note g4,CANARY note g7,CANARY note g10,CANARY note g13,CANARY comment g,2021-03-07,completed,Canaryunused G
canary-id-h,4861501318,Canaryfirsth,Canarysurnameh,31/02/19CANARYH,79canaryhouse H,Canaryroad H,Flat Canary H,Canarytown H,ZQ92 7QH,100087654333,canary.h@example.org,07700900883,02079460883,yes,Canaryletter H,CANARY note h4,CANARY note h7,CANARY note h10,CANARY note h13,CANARY comment h,2021-03-07,completed,Canaryunused H
canary-id-i,Canarynumber I,Canaryfirsti,Canarysurnamei,29/09/1944,80canaryhouse I,Canaryroad I,Flat Canary I,Canarytown I,Canarypostcode I,Canaryuprn I,Canaryemail I,Canaryphone I,Canaryphone2 I,yes,Canaryletter I,CANARY note i4,CANARY note i7,CANARY note i10,CANARY note i13,CANARY comment i,Canarytested I,completed,Canaryunused I
canary-id-j,Canarynumber J,Canaryfirstj,Canarysurnamej,29/10/1945,81canaryhouse J,Canaryroad J,Flat Canary J,Canarytown J,Canarypostcode J,Canaryuprn J,Canaryemail J,Canaryphone J,Canaryphone2 J,Canarysupport J,Canaryletter J,CANARY note j4,CANARY note j7,CANARY note j10,CANARY note j13,CANARY comment j,Canarytested J,Canarystatus J,Canaryunused J
",
    ),
    (
        "generic",
        "\
First name,Surname,d.o.b,Help Request Type,Address Line 1,Address Line 2,City,Postcode,Email,Phone number,Phone number 2,UPRN,Subtype,Case Note 1,Case Note 2,Case Note 3,Case Note 4,Unused
Canaryfirstk,Canarysurnamek,29/07/1951,EUSS,1 Canaryroad K,Flat Canary K,Canarytown K,ZQ93 7QK,canary.k@example.org,02079460891,07700900891,100087654341,Repairs,CANARY note k1,CANARY note k2,CANARY note k3,CANARY note k4,Canaryunused K
Canaryfirstl,Canarysurnamel,29/08/1952,EUSS,2 Canaryroad L,Flat Canary L,Canarytown L,ZQ93 7QL,canary.l@example.org,02079460892,07700900892,100087654342,Repairs,CANARY note l1,CANARY note l2,CANARY note l3,CANARY note l4,Canaryunused L
Canaryfirstm,Canarysurnamem,31/02/19CANARYM,EUSS,3 Canaryroad M,Flat Canary M,Canarytown M,ZQ93 7QM,canary.m@example.org,02079460893,07700900893,100087654343,Repairs,CANARY note m1,CANARY note m2,CANARY note m3,CANARY note m4,Canaryunused M
Canaryfirstn,Canarysurnamen,29/09/1954,Canarykind N,4 Canaryroad N,Flat Canary N,Canarytown N,Canarypostcode N,Canaryemail N,Canaryphone N,Canarymobile N,Canaryuprn N,Canarysubtype N,CANARY note n1,CANARY note n2,CANARY note n3,CANARY note n4,Canaryunused N
Canaryfirsto,Canarysurnameo,29/10/1955,EUSS,5 Canaryroad O,Flat Canary O,Canarytown O,Canarypostcode O,Canaryemail O,Canaryphone O,Canarymobile O,Canaryuprn O,Canarysubtype O,CANARY note o1,CANARY note o2,CANARY note o3,CANARY note o4,Canaryunused O
",
    ),
    (
        "contact-tracing",
        "\
Account ID,NHS Number,Forename,Surname,Gender,Date of Birth,House Number,Postcode,Email,Phone,Phone2,First Symptomatic At,Date Tested,Comments,Date Updated,Date Time Extracted,UTLA,Unused
canary-id-r,4861502004,Canaryfirstr,Canarysurnamer,Canarygender R,29/07/1961,71canaryhouse R,ZQ94 7QR,canary.r@example.org,02079460811,07700900811,Canarysymptoms R,2021-03-07,CANARY comment r,Canaryupdated R,Canaryextracted R,Hackney,Canaryunused R
canary-id-s,4861502136,Canaryfirsts,Canarysurnames,Canarygender S,31/02/19CANARYS,72canaryhouse S,ZQ94 7QS,canary.s@example.org,02079460812,07700900812,Canarysymptoms S,2021-03-07,CANARY comment s,Canaryupdated S,Canaryextracted S,Hackney,Canaryunused S
canary-id-t,4861502268,Canaryfirstt,Canarysurnamet,Canarygender T,29/08/1962,73canaryhouse T,ZQ94 7QT,canary.t@example.org,02079460813,07700900813,Canarysymptoms T,Canarytested T,CANARY comment t,Canaryupdated T,Canaryextracted T,Canaryutla T,Canaryunused T
",
    ),
    (
        "nsss",
        "\
ID,nhs_number,first_name,last_name,date_of_birth,address_line1,address_line2,address_town_city,address_postcode,address_uprn,contact_number_calls,contact_number_texts,contact_email,submission_datetime,do_you_want_supermarket_deliveries,do_you_have_someone_to_go_shopping_for_you,do_you_need_someone_to_contact_you_about_local_support,Unused
canary-id-u,4861502527,Canaryfirstu,Canarysurnameu,29/07/1966,1 Canaryroad U,Flat Canary U,Canarytown U,ZQ95 7QU,100087654361,02079460821,07700900821,canary.u@example.org,Canarysubmitted U,Canarydeliveries U,Canaryshopping U,Canarysupport U,Canaryunused U
canary_id_v,4861502659,Canaryfirstv,Canarysurnamev,29/08/1967,2 Canaryroad V,Flat Canary V,Canarytown V,ZQ95 7QV,Canaryuprn V,Canaryphone V,Canarymobile V,Canaryemail V,Canarysubmitted V,Canarydeliveries V,Canaryshopping V,Canarysupport V,Canaryunused V
",
    ),
];

fn options(drive: &Path) -> Options {
    let mut options = Options::new(drive);
    options.here_to_help =
        HereToHelp::Simulated { race_window: Duration::from_millis(20), latency: Duration::from_millis(2) };
    options.as_of = Some("2021-03-08".parse().expect("a date"));
    // A row that never goes through is to be a dead letter soon.
    options.tempo.visibility = Duration::from_secs(35);
    options.tempo.report_visibility = Duration::from_secs(35);
    options.row_receives = RECEIVES;
    options
}

/// The texts that must be found nowhere, in lower case: every cell as written, and as the pipeline sends it.
fn canaries() -> Vec<String> {
    // Whatever the pipeline makes of a cell with a word of ours: the word itself stays.
    let mut canaries = vec!["canary".to_owned()];
    for (feed, sheet) in SHEETS {
        for record in csv::Reader::from_reader(sheet.as_bytes()).records() {
            let record = record.unwrap_or_else(|error| panic!("{feed}: {error}"));
            for cell in record.iter().filter(|cell| !DICTATED.contains(cell)) {
                canaries.push(cell.to_lowercase());
                canaries.push(cell.replace(['-', ' '], "").to_lowercase());
                if let Ok(date) = chrono::NaiveDate::parse_from_str(cell, "%d/%m/%Y") {
                    canaries.push(date.to_string());
                }
            }
        }
    }
    canaries.sort();
    canaries.dedup();
    canaries
}

/// The text around each canary that is in there.
fn leaks(text: &str, canaries: &[String]) -> Vec<String> {
    let text = text.to_lowercase();
    let around = |(at, canary): (usize, &str)| {
        let before: String = text[..at].chars().rev().take(200).collect();
        let from = before.chars().rev().collect::<String>();
        let after: String = text[at + canary.len()..].chars().take(100).collect();
        format!("{canary}: {from}[{canary}]{after}")
    };
    canaries.iter().filter_map(|canary| text.match_indices(canary.as_str()).next().map(around)).collect()
}

/// Every file in there, however deep, as text.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else {
            let bytes = fs::read(&path).expect("the file is readable");
            found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    found
}

/// Every message that waits in a queue: body, and attributes of any kind.
async fn messages(sqs: &aws_sdk_sqs::Client, queue: &str) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let received = sqs
            .receive_message()
            .queue_url(queue)
            .max_number_of_messages(10)
            .wait_time_seconds(1)
            .message_attribute_names("All")
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send()
            .await
            .expect("the queue answers")
            .messages
            .unwrap_or_default();
        if received.is_empty() {
            return found;
        }
        for message in received {
            let attributes = format!("{:?} {:?}", message.attributes, message.message_attributes);
            found.push(format!("{} {attributes}", message.body.unwrap_or_default()));
        }
    }
}

/// Every item of the ledger but the rows, which hold the cells and expire.
async fn items_but_rows(stack: &Stack) -> Vec<String> {
    let dynamodb = aws_sdk_dynamodb::Client::new(&stack.aws);
    let mut pages = dynamodb.scan().table_name(&stack.endpoints.table).into_paginator().items().send();
    let mut items = Vec::new();
    while let Some(item) = pages.next().await {
        let item = item.expect("a page of the table");
        let is_row = item["sk"].as_s().expect("a text").starts_with("ROW#");
        items.extend((!is_row).then(|| format!("{item:?}")));
    }
    items
}

#[tokio::test]
async fn nothing_of_a_person_is_in_a_log_a_queue_or_a_lasting_item_whatever_the_api_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let stack = Stack::start(options(folder.path())).await.expect("the stack starts");
    let sqs = aws_sdk_sqs::Client::new(&stack.aws);
    // Errors that repeat the row, for two rows and now and then; and two rows that are given up: of one nobody can tell
    // what became of it, the other was never taken.
    let faults = json!({
        "seed": 7,
        "rules": [
            {"answer": "object-400", "name": "canaryfirstb canarysurnameb", "next": 1},
            {"answer": "text-400", "name": "canaryfirstk canarysurnamek", "next": 1},
            {"answer": "500", "name": "canaryfirstl canarysurnamel"},
            {"answer": "429", "name": "canaryfirste canarysurnamee"},
            {"answer": "500", "probability": 0.1},
            {"answer": "text-400", "probability": 0.1},
        ],
    });
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");
    api.set_faults(serde_json::from_value(faults).expect("faults as the simulator takes them"));
    for (feed, sheet) in SHEETS {
        fs::write(folder.path().join(feed).join("inbound").join("week 9.csv"), sheet).expect("the sheet");
    }

    let runs = common::reported(&stack, SHEETS.len()).await;
    let total = |outcome| {
        runs.iter().map(|(run, progress)| progress.totals(run).get(&outcome).copied().unwrap_or_default()).sum::<u64>()
    };
    // All ways that a row can go were gone.
    for outcome in Outcome::ALL.iter().copied().filter(|outcome| *outcome != Outcome::AlreadyKnown) {
        assert!(total(outcome) > 0, "no row is {outcome}");
    }

    let canaries = canaries();
    let dead_letters = async {
        loop {
            let found = messages(&sqs, &stack.endpoints.dead_letter_queue).await;
            if !found.is_empty() {
                return found;
            }
        }
    };
    let mut waiting =
        tokio::time::timeout(common::PATIENCE, dead_letters).await.expect("a dead-lettered row leaves a message");
    for queue in [&stack.endpoints.rows_queue, &stack.endpoints.reports_queue] {
        waiting.extend(messages(&sqs, queue).await);
    }
    let logs = texts(&stack.logs);
    assert!(logs.iter().any(|(_, text)| text.contains("settled")), "no row in the logs: {:?}", stack.logs);
    // The metrics are lines of the same logs.
    for metric in ["RowsSettled", "ApiCalls", "ApiMilliseconds", "ApiErrors"] {
        assert!(logs.iter().any(|(_, text)| text.contains(metric)), "no {metric} in the logs");
    }
    let items = items_but_rows(&stack).await;
    for kind in ["RUN", "FILE", "LEASE", "PROGRESS"] {
        assert!(items.iter().any(|item| item.contains(&format!("S(\"{kind}\")"))), "no item {kind}");
    }

    let waiting = waiting.into_iter().map(|message| ("a queue".to_owned(), message));
    let items = items.into_iter().map(|item| ("the ledger".to_owned(), item));
    let emitted = logs.into_iter().chain(waiting).chain(items);
    let leaked: Vec<_> =
        emitted.map(|(place, text)| (place, leaks(&text, &canaries))).filter(|(_, leaks)| !leaks.is_empty()).collect();
    assert!(leaked.is_empty(), "{leaked:#?}");
    stack.stop().await.expect("the stack stops");
}
