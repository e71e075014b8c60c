//! An outage, a wrong key, a row's own fault and a person's pause, one after the other, while a sheet is being posted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use aws_sdk_sqs::types::QueueAttributeName;
use feeds::Outcome;
use ledger::{BreakerState, By, CircuitBreaker};
use local_stack::proxy::{Decide, Fate};
use local_stack::{HereToHelp, Options, Stack};
use serde_json::json;
use simulators::here_to_help::{self, Simulator};

use crate::common::gate::Gate;
use crate::common::until;

use crate::common;
use crate::common::deeds;

/// Enough that posting goes on throughout.
const ROWS: usize = 400;
/// How many probes find a pause as it is before it ends.
const PROBES: usize = 3;

fn sheet() -> String {
    let mut sheet = "First name,Surname,d.o.b,Help Request Type,Address Line 1,Address Line 2,City,Postcode,Email,\
                     Phone number,Phone number 2,UPRN,Subtype,Case Note 1,Case Note 2,Case Note 3,Case Note 4\n"
        .to_owned();
    for row in 0..ROWS {
        writeln!(sheet, "Ann,{},,EUSS,,,,,person{row}@example.org,,,,,Note {row},,,", surname(row)).expect("text");
    }
    sheet
}

fn surname(row: usize) -> String {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).expect("small"));
    [row / (26 * 26), row / 26, row]
        .into_iter()
        .map(letter)
        .fold("Lee".to_owned(), |name, letter| name + &letter.to_string())
}

async fn breaker(stack: &Stack, posting: BreakerState) -> CircuitBreaker {
    until("the circuit breaker", async || {
        let breaker = stack.ledger.breaker().await.expect("the circuit breaker");
        (breaker.state == posting).then_some(breaker)
    })
    .await
}

async fn posted(api: &Simulator, requests: usize) {
    until("posted", async || (api.state().help_requests.len() >= requests).then_some(())).await;
}

async fn mapping(stack: &Stack, enabled: bool) {
    let lambda = aws_sdk_lambda::Client::new(&stack.aws);
    let wanted = if enabled { "Enabled" } else { "Disabled" };
    until(wanted, async || {
        let found = lambda.list_event_source_mappings().function_name("poster").send().await.expect("the mappings");
        let mappings = found.event_source_mappings.unwrap_or_default();
        mappings.iter().any(|mapping| mapping.state.as_deref() == Some(wanted)).then_some(())
    })
    .await;
}

fn lines(stack: &Stack, words: &[&str]) -> usize {
    let log = fs::read_to_string(stack.logs.join("poster.log")).expect("the poster's log");
    log.lines().filter(|line| words.iter().all(|word| line.contains(word))).count()
}

fn alarms(stack: &Stack) -> usize {
    lines(stack, &["ERROR", "posting is paused"])
}

/// The pause lasts: some more probes leave it as it is.
async fn stays_paused(stack: &Stack) {
    let probed = || lines(stack, &["probed", "paused"]);
    let before = probed();
    until("probed", async || (probed() >= before + PROBES).then_some(())).await;
    assert_eq!(stack.ledger.breaker().await.expect("the circuit breaker").state, BreakerState::Open);
    mapping(stack, false).await;
}

#[tokio::test]
async fn an_outage_a_wrong_key_and_a_persons_pause_lose_nothing_and_double_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let api = Simulator::start(here_to_help::Options::default()).await.expect("the API");
    let own = api.base_url().replace("http://", "").replace("/api/", "").parse().expect("an address");
    let mut gate = Gate::open_to(own).await;
    let mut options = Options::new(folder.path());
    let key = here_to_help::Options::default().api_key;
    options.here_to_help = HereToHelp::At { url: format!("http://{}/api/", gate.address), key };
    options.calls_per_second = 60;
    // For the journal of calls.
    options.decide = Some(Decide::by(|_| Fate::Pass));
    let stack = Stack::start(options).await.expect("the stack starts");
    let faults = |rules| serde_json::from_value(json!({ "seed": 1, "rules": rules })).expect("faults");

    // Two rows' own 403: the others go on. The first that arrive, for one by name may arrive after the rule is gone.
    api.set_faults(faults(json!([{"answer": "403", "calls": ["create"], "next": 2}])));
    fs::write(folder.path().join("generic/inbound/week 9.csv"), sheet()).expect("the sheet");
    posted(&api, ROWS / 8).await;
    assert_eq!(alarms(&stack), 0);

    gate.shut().await;
    let paused = breaker(&stack, BreakerState::Open).await;
    assert_eq!(paused.by, By::Function("poster".to_owned()));
    stays_paused(&stack).await;
    gate.open().await;
    breaker(&stack, BreakerState::Closed).await;
    assert_eq!(alarms(&stack), 1);

    posted(&api, ROWS / 2).await;
    api.set_faults(faults(json!([{"answer": "403"}])));
    let paused = breaker(&stack, BreakerState::Open).await;
    assert!(paused.why.contains("the API refuses the key"), "{}", paused.why);
    stays_paused(&stack).await;
    api.set_faults(faults(json!([])));
    let running = breaker(&stack, BreakerState::Closed).await;
    assert_eq!(alarms(&stack), 2);

    posted(&api, ROWS / 4 * 3).await;
    let by_ann = async |seen: &CircuitBreaker, posting| {
        let set = stack.ledger.set_breaker(seen, posting, "a new server", "ann").await;
        set.expect("an answer").expect("nobody else set it")
    };
    let paused = by_ann(&running, BreakerState::Open).await;
    stays_paused(&stack).await;
    by_ann(&paused, BreakerState::Closed).await;
    mapping(&stack, true).await;

    let runs = common::reported(&stack, 1).await;
    let (run, progress) = &runs[0];
    let rows = u64::try_from(ROWS).expect("small");
    assert_eq!(progress.totals(run), BTreeMap::from([(Outcome::Created, rows)]));
    let state = api.state();
    assert_eq!((state.residents.len(), state.help_requests.len(), state.case_notes.len()), (ROWS, ROWS, ROWS));
    let doubles = &state.doubles;
    assert!(doubles.residents.is_empty() && doubles.help_requests.is_empty() && doubles.case_notes.is_empty());
    assert_eq!(alarms(&stack), 2, "one line for each outage");
    assert_eq!(waiting(&stack, &stack.endpoints.dead_letter_queue).await, 0);
    let calls = [
        "poster lambda:UpdateEventSourceMapping event-source-mapping",
        "poster sqs:ChangeMessageVisibility rows",
        "poster sqs:SendMessage rows",
    ];
    deeds::demand(&stack, &calls);
    stack.stop().await.expect("the stack stops");
}

/// How many messages are in a queue, seen or not.
async fn waiting(stack: &Stack, queue: &str) -> u32 {
    let names = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let sqs = aws_sdk_sqs::Client::new(&stack.aws);
    let asked = sqs.get_queue_attributes().queue_url(queue).set_attribute_names(Some(names.to_vec())).send().await;
    let attributes = asked.expect("the queue's attributes").attributes.unwrap_or_default();
    names.iter().filter_map(|name| attributes.get(name)?.parse::<u32>().ok()).sum()
}
