//! The API echoes rows in its errors: nothing of that, and nothing of the row, is ever printed or logged.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use here_to_help::{Error, Invocation, Search};
use serde_json::{Value, json};
use testkit::server::nobody;
use tracing::level_filters::LevelFilter;
use wire::{AddressBlock, HelpRequest, NhsNumber, Note, ResidentPatch, ShieldingRequest};

use crate::api::{Answer, Api, CORRELATION, KEY, client_for, in_seconds};

const CANARY: &str = "CANARY";
const NUMBER: &str = "9434765919";

fn canary() -> Option<String> {
    Some(CANARY.to_owned())
}

fn request() -> HelpRequest {
    HelpRequest {
        address_second_line: canary(),
        address_third_line: canary(),
        contact_mobile_number: canary(),
        contact_telephone_number: canary(),
        dob_day: canary(),
        dob_month: canary(),
        dob_year: canary(),
        email_address: canary(),
        first_name: canary(),
        help_needed: Some("Shielding".to_owned()),
        last_name: canary(),
        metadata: [(CANARY.to_owned(), Value::from(CANARY))].into_iter().collect(),
        nhs_ctas_id: canary(),
        nhs_number: NhsNumber::read(NUMBER),
        postcode: canary(),
        uprn: canary(),
        ..HelpRequest::default()
    }
}

/// Makes every call there is; says what the failures print, their sources included.
async fn every_call(invocation: &Invocation) -> String {
    let row = invocation.for_row(CORRELATION);
    let address = AddressBlock { address_first_line: canary(), postcode: canary(), ..AddressBlock::default() };
    let patch = ResidentPatch { email_address: canary(), address: Some(address), ..ResidentPatch::default() };
    let note = Note { author: "a".into(), note: CANARY.into() };
    let follow_up = ShieldingRequest { callback_required: false, help_needed: "Shielding".into() };
    let search = Search::for_request(&request()).expect("names and kind");
    let now = DateTime::<Utc>::UNIX_EPOCH;

    let errors: [Option<Error>; 9] = [
        row.create(&request()).await.err(),
        row.help_request(1).await.err(),
        row.search(&search).await.err(),
        row.patch(1, &patch).await.err(),
        row.case_notes(1, 1).await.err(),
        row.add_note(1, 1, &note, now).await.err(),
        row.resident_requests(1, "Shielding").await.err(),
        row.follow_up(1, &follow_up).await.err(),
        invocation.probe().await.err(),
    ];
    let mut printed = format!("{row:?} {search:?} {patch:?}");
    for error in errors.iter().flatten() {
        write!(printed, "{error} {error:?}").expect("a string takes it");
        let mut source = error.source();
        while let Some(cause) = source {
            write!(printed, " {cause} {cause:?}").expect("a string takes it");
            source = cause.source();
        }
    }
    printed
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// All that this thread logs from now on.
    fn of_everything() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("nobody panicked").clone()).expect("UTF-8")
    }
}

/// Whatever the API puts into an answer, errors and logs hold none of it.
pub(crate) async fn nothing_of_the_answer_is_printed(answer: Answer) {
    let (log, _guard) = Log::of_everything();
    let api = Api::start(vec![answer.clone(); 40]).await;
    let invocation = api.client(Duration::from_secs(20)).invocation(in_seconds(21));
    let printed = every_call(&invocation).await;
    assert!(printed.len() > 500, "there were failures: {printed}");
    for text in [printed, log.text()] {
        assert!(!text.contains(CANARY) && !text.contains(NUMBER) && !text.contains(KEY), "{answer:?}: {text}");
    }
}

#[tokio::test]
async fn errors_that_echo_the_row_are_not_passed_on() {
    let echo = json!({
        "type": CANARY, "title": CANARY, "status": 400, "traceId": CANARY,
        "errors": { "$.FirstName": [format!("The JSON value {CANARY} could not be converted")], "CANARY": [CANARY] },
    });
    for answer in [
        Answer::json(400, echo.clone()),
        Answer::json(403, echo.clone()),
        Answer::json(404, echo.clone()),
        Answer::json(418, echo),
        Answer::text(302, CANARY).header("location", format!("https://{CANARY}.example/?{CANARY}")),
    ] {
        nothing_of_the_answer_is_printed(answer).await;
    }
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_not_quoted() {
    for answer in [
        Answer::json(200, json!(CANARY)),
        Answer::json(200, json!({ "Id": CANARY, "ResidentId": CANARY, "CANARY": 1 })),
        Answer::json(200, json!([{ "Id": CANARY }])),
        Answer::text(200, format!("<html>{CANARY}")),
    ] {
        nothing_of_the_answer_is_printed(answer).await;
    }
}

#[tokio::test]
async fn failures_that_are_repeated_are_logged_without_the_row() {
    let (log, _guard) = Log::of_everything();
    let busy = Answer::text(429, CANARY).header("x-canary", CANARY);
    let api = Api::start([busy.clone(), Answer::text(500, CANARY), Answer::lost()]).await;
    let search = Search::for_request(&request()).expect("names and kind");
    let invocation = api.client(Duration::from_secs(20)).invocation(in_seconds(23));
    let error = invocation.for_row(CORRELATION).search(&search).await.expect_err("no success");
    let text = log.text();
    assert!(text.contains("a call failed and is made again") && text.contains("search"), "{text}");
    for text in [format!("{error} {error:?}"), text] {
        assert!(!text.contains(CANARY) && !text.contains(NUMBER) && !text.contains(KEY), "{text}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_quoted() {
    let (log, _guard) = Log::of_everything();
    let invocation = client_for(nobody().await, Duration::from_secs(20)).invocation(in_seconds(21));
    let printed = every_call(&invocation).await;
    assert!(printed.contains("no connection"), "{printed}");
    for text in [printed, log.text()] {
        assert!(!text.contains(CANARY) && !text.contains(NUMBER) && !text.contains(KEY), "{text}");
    }
}
