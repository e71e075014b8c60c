//! A wrong setup says so in one line of the function's log, and the line tells what to do.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_sqs::types::MessageSystemAttributeName;
use ledger::BreakerState;
use local_stack::{Options, Stack, nhs_number};
use serde_json::{Value, json};
use simulators::google::{Direction, Fault, Faults, Folder};

use crate::invoke;
use crate::invoke::{Said, invoke};
use crate::people::{drop_sheet, row};

/// Enough to start, and to give up on Google.
const SHORT: Duration = Duration::from_secs(6);
/// The poster begins with no row when less than 50 s are left.
const A_MINUTE: Duration = Duration::from_secs(60);
/// Where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9";

type Settings = BTreeMap<String, String>;

/// The settings that the stack gave a function, and those of the SDK.
async fn settings_of(stack: &Stack, function: &str) -> Settings {
    let lambda = aws_sdk_lambda::Client::new(&stack.aws);
    let asked = lambda.get_function_configuration().function_name(function).send().await.expect("the function");
    let variables = asked.environment.and_then(|environment| environment.variables).expect("its settings");
    let sdk = [
        ("AWS_ENDPOINT_URL", stack.endpoints.aws.as_str()),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "eu-west-2"),
    ];
    variables.into_iter().chain(sdk.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

fn with(settings: &Settings, name: &str, value: &str) -> Settings {
    let mut settings = settings.clone();
    settings.insert(name.to_owned(), value.to_owned());
    settings
}

async fn store(stack: &Stack, name: &str, value: &str) {
    let ssm = aws_sdk_ssm::Client::new(&stack.aws);
    let put = ssm.put_parameter().name(name).value(value).r#type(aws_sdk_ssm::types::ParameterType::SecureString);
    put.send().await.expect("the parameter is stored");
}

/// The one line that tells of trouble, and all of these words are in it.
fn says(said: &Said, words: &[&str]) {
    let [line] = said.troubles()[..] else { panic!("not one line: {:#?}", said.troubles()) };
    says_in(line, words);
}

fn says_in(line: &Value, words: &[&str]) {
    let text = line.to_string();
    for word in words {
        assert!(text.contains(word), "no {word:?} in {text}");
    }
}

/// The first line of a function's log on the stack that has this text.
async fn line_of(stack: &Stack, function: &str, text: &str) -> Value {
    let log = stack.logs.join(format!("{function}.log"));
    let found = async {
        loop {
            let lines = std::fs::read_to_string(&log).unwrap_or_default();
            if let Some(line) = lines.lines().find(|line| line.contains(text)) {
                return serde_json::from_str(line).expect("a line of JSON");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(invoke::PATIENCE, found).await.unwrap_or_else(|_| panic!("no {text:?} in {}", log.display()))
}

#[tokio::test]
async fn what_is_set_up_wrong_says_what_to_do_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = Options::new(folder.path());
    // A probe would enable the mapping again that this test disables.
    options.tempo.probe = Duration::from_secs(3600);
    let stack = Stack::start(options).await.expect("the stack starts");
    missing_settings(&stack).await;
    parameters(&stack).await;
    google(&stack).await;
    here_to_help(&stack, folder.path()).await;
    stack.stop().await.expect("the stack stops");
}

async fn missing_settings(stack: &Stack) {
    let needed = [
        ("splitter", vec!["TABLE_NAME", "ROWS_QUEUE_URL", "GOOGLE_CREDENTIALS_PARAMETER", "SPL_INBOUND_FOLDER_ID"]),
        (
            "poster",
            vec![
                "TABLE_NAME",
                "ROWS_QUEUE_URL",
                "HERE_TO_HELP_BASE_URL",
                "HERE_TO_HELP_API_KEY_PARAMETER",
                "HASH_KEY_PARAMETER",
            ],
        ),
        ("reporter", vec!["TABLE_NAME", "REPORTS_QUEUE_URL", "GOOGLE_CREDENTIALS_PARAMETER"]),
    ];
    for (function, names) in needed {
        let settings = settings_of(stack, function).await;
        for name in names {
            let mut settings = settings.clone();
            settings.remove(name).unwrap_or_else(|| panic!("{function} has no {name}"));
            let said = invoke(function, &settings, json!({ "feed": "spl" }), SHORT).await;
            says(&said, &[&format!("the setting {name} is missing: it is the "), "set it in infra and deploy again"]);
            assert!(said.answer.contains(name), "{}", said.answer);
        }
    }
}

async fn parameters(stack: &Stack) {
    store(stack, "/no/json", "canary").await;
    store(stack, "/no/key", r#"{"type":"service_account","private_key":"canary"}"#).await;
    for (function, setting) in [
        ("splitter", "GOOGLE_CREDENTIALS_PARAMETER"),
        ("poster", "HERE_TO_HELP_API_KEY_PARAMETER"),
        ("reporter", "GOOGLE_CREDENTIALS_PARAMETER"),
    ] {
        let settings = settings_of(stack, function).await;
        let said = invoke(function, &with(&settings, setting, "/no/such"), json!({ "feed": "spl" }), SHORT).await;
        says(&said, &["/no/such", "ParameterNotFound", "check that it exists", "role may read and decrypt it"]);
        if setting == "GOOGLE_CREDENTIALS_PARAMETER" {
            for parameter in ["/no/json", "/no/key"] {
                let settings = with(&settings, setting, parameter);
                let said = invoke(function, &settings, json!({ "feed": "spl" }), SHORT).await;
                says(&said, &["the Google credentials cannot be used", "service-account key", setting]);
                assert!(!format!("{:?}", said.lines).contains("canary"), "the key is in the log");
            }
        }
    }
    store(stack, "/no/hash-key", " ").await;
    let blank = with(&settings_of(stack, "poster").await, "HASH_KEY_PARAMETER", "/no/hash-key");
    let said = invoke("poster", &blank, json!({ "probe": true }), SHORT).await;
    says(&said, &["/no/hash-key", "is empty", "write the secret into it"]);
}

async fn google(stack: &Stack) {
    let spl = |direction| Folder { feed: "spl".to_owned(), direction };
    let settings = settings_of(stack, "splitter").await;
    let poll = || json!({ "feed": "spl" });
    let account = "gserviceaccount.com";

    let said = invoke("splitter", &with(&settings, "GOOGLE_API_URL", NOWHERE), poll(), SHORT).await;
    says(&said, &["the folder could not be polled", "Google cannot be reached", "check this machine's network"]);

    // The key of another project: well made, and unknown to Google.
    let elsewhere = simulators::google::Options {
        root: tempfile::tempdir().expect("a folder").keep(),
        listen: std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0)),
    };
    let elsewhere = simulators::google::Simulator::start(elsewhere).await.expect("another Google");
    let key = elsewhere.service_account_key().replace(elsewhere.url(), stack.google.url());
    store(stack, "/deleted/key", &key).await;
    let said =
        invoke("splitter", &with(&settings, "GOOGLE_CREDENTIALS_PARAMETER", "/deleted/key"), poll(), SHORT).await;
    says(&said, &["Google does not let", account, "sign in", "check that the key", "was not deleted"]);

    stack.google.set_faults(Faults { not_shared: [spl(Direction::Inbound)].into(), ..Faults::default() });
    let said = invoke("splitter", &settings, poll(), SHORT).await;
    let id = settings["SPL_INBOUND_FOLDER_ID"].clone();
    says(&said, &["the folder could not be polled", &id, "cannot be found (404)", "share it with", account]);

    let share = BTreeMap::from([(Fault::InsufficientFilePermissions, 1.0)]);
    stack.google.set_faults(Faults { share, ..Faults::default() });
    let said = invoke("splitter", &settings, poll(), SHORT).await;
    says(&said, &["the folder could not be polled", "is not allowed", "403", "share it with", account]);

    // The reporter's folder: the stack's own reporter says it, for a file that is rejected.
    stack.google.set_faults(Faults { not_shared: [spl(Direction::Outbound)].into(), ..Faults::default() });
    let inbound = stack.logs.parent().expect("the drive").join("spl").join("inbound");
    std::fs::write(inbound.join("wrong.csv"), "Name\nNobody\n").expect("the sheet");
    let line = line_of(stack, "reporter", "the summary is tried again later").await;
    let id = stack.google.folder_id("spl", Direction::Outbound);
    says_in(&line, &[&id, "cannot be found (404)", "share it with", account, r#""level":"ERROR""#]);
    stack.google.set_faults(Faults::default());
}

async fn here_to_help(stack: &Stack, drive: &std::path::Path) {
    // The stack's own posters are kept out: this test has the message.
    let lambda = aws_sdk_lambda::Client::new(&stack.aws);
    let mappings = lambda.list_event_source_mappings().function_name("poster").send().await.expect("the mappings");
    for mapping in mappings.event_source_mappings.unwrap_or_default() {
        let id = mapping.uuid.expect("an id");
        lambda.update_event_source_mapping().uuid(id).enabled(false).send().await.expect("disabled");
    }
    let person = row([
        ("Traced_NHSNUMBER", &nhs_number(1)),
        ("PatientFirstName", "Canary"),
        ("PatientSurname", "Canarysurname"),
        ("DateOfBirth", "03/04/1951"),
    ]);
    drop_sheet(drive, "spl", "week 9.csv", &[person]);
    let event = message(stack).await;
    let settings = settings_of(stack, "poster").await;

    store(stack, "/wrong/key", "canary-key").await;
    let wrong = with(&settings, "HERE_TO_HELP_API_KEY_PARAMETER", "/wrong/key");
    let said = invoke("poster", &wrong, event.clone(), A_MINUTE).await;
    says(&said, &["the API refuses the key", "HERE_TO_HELP_API_KEY_PARAMETER"]);

    let paused = stack.ledger.breaker().await.expect("the circuit breaker");
    assert_eq!(paused.state, BreakerState::Open);
    stack.ledger.set_breaker(&paused, BreakerState::Closed, "the key is right again", "test").await.expect("running");

    let gone = with(&settings, "HERE_TO_HELP_BASE_URL", &format!("{NOWHERE}/api/"));
    let said = invoke("poster", &gone, event, A_MINUTE).await;
    says(&said, &["no connection to the API", "HERE_TO_HELP_BASE_URL"]);
    assert!(!format!("{:?}", said.lines).to_lowercase().contains("canary"), "a resident is in the log");
}

/// The message of the one row, as an event source mapping would deliver it.
async fn message(stack: &Stack) -> Value {
    let sqs = aws_sdk_sqs::Client::new(&stack.aws);
    let received = async {
        loop {
            let asked = sqs.receive_message().queue_url(&stack.endpoints.rows_queue).wait_time_seconds(1);
            let asked = asked.message_system_attribute_names(MessageSystemAttributeName::All).send().await;
            if let Some(message) = asked.expect("the queue answers").messages.and_then(|mut messages| messages.pop()) {
                return message;
            }
        }
    };
    let message = tokio::time::timeout(invoke::PATIENCE, received).await.expect("a message for the row");
    let record = json!({
        "messageId": message.message_id, "receiptHandle": message.receipt_handle, "body": message.body,
        "attributes": { "ApproximateReceiveCount": "1" }, "messageAttributes": {}, "md5OfBody": "",
        "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-2:000000000000:rows", "awsRegion": "eu-west-2",
    });
    json!({ "Records": [record] })
}
