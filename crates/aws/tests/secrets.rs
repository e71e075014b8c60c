//! Secrets at a cold start: with an SSM of our own, and without any.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws::secrets::{SecretError, Secrets};
use aws_sdk_ssm::config::retry::RetryConfig;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use futures::future::{join_all, try_join_all};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use testkit::aws::sdk_config;
use testkit::server::{listen, nobody, serve};
use tokio::sync::Barrier;

const NAME: &str = "/stage/hash-key";
/// How many posters start at once.
const POSTERS: usize = 10;

/// One parameter of an SSM, and what was done with it.
#[derive(Default)]
struct Parameter {
    value: Option<String>,
    /// The code that reads are refused with.
    reads_refused: Option<&'static str>,
    /// The code that writes are refused with.
    writes_refused: Option<&'static str>,
    /// Written by another while our own write is under way.
    written_by_another: Option<&'static str>,
    puts: Vec<Value>,
}

#[derive(Clone)]
struct Ssm {
    parameter: Arc<Mutex<Parameter>>,
    /// Where first reads wait for each other.
    first_reads: Arc<Barrier>,
}

impl Ssm {
    /// Of `readers` the first reads are answered at once.
    async fn start(parameter: Parameter, readers: usize) -> (Self, Secrets) {
        let ssm = Self { parameter: Arc::new(Mutex::new(parameter)), first_reads: Arc::new(Barrier::new(readers)) };
        let url = serve(Router::new().route("/", post(answer)).with_state(ssm.clone())).await;
        let config = aws_sdk_ssm::config::Builder::from(&sdk_config(&url)).retry_config(RetryConfig::disabled());
        (ssm, Secrets::new(aws_sdk_ssm::Client::from_conf(config.build())))
    }

    fn now(&self) -> MutexGuard<'_, Parameter> {
        self.parameter.lock().expect("no panic")
    }
}

async fn answer(State(ssm): State<Ssm>, headers: HeaderMap, body: Bytes) -> (StatusCode, Json<Value>) {
    let asked: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(asked["Name"], NAME);
    let is_read = headers["x-amz-target"] == "AmazonSSM.GetParameter";
    let answer = if is_read { read(&ssm.now()) } else { write(&mut ssm.now(), asked) };
    if is_read && answer.is_err() {
        ssm.first_reads.wait().await;
    }
    match answer {
        Ok(answer) => (StatusCode::OK, Json(answer)),
        Err(code) => (StatusCode::BAD_REQUEST, Json(json!({ "__type": code }))),
    }
}

fn read(parameter: &Parameter) -> Result<Value, &'static str> {
    let value = parameter.value.as_ref().ok_or("ParameterNotFound");
    parameter.reads_refused.map_or(value, Err).map(|value| json!({ "Parameter": { "Name": NAME, "Value": value } }))
}

fn write(parameter: &mut Parameter, asked: Value) -> Result<Value, &'static str> {
    let new = asked["Value"].as_str().expect("a value").to_owned();
    parameter.puts.push(asked);
    if let Some(other) = parameter.written_by_another.take() {
        parameter.value = Some(other.to_owned());
    }
    let refused = parameter.writes_refused.or(parameter.value.as_ref().map(|_| "ParameterAlreadyExists"));
    refused.map_or(Ok(()), Err)?;
    parameter.value = Some(new);
    Ok(json!({ "Version": 1 }))
}

#[tokio::test]
async fn a_secret_that_is_there_is_read_and_not_touched() {
    let (ssm, secrets) = Ssm::start(Parameter { value: Some(" theirs\n".to_owned()), ..Parameter::default() }, 1).await;
    assert_eq!(secrets.read_or_make(NAME).await.expect("a secret").expose_secret(), "theirs");
    assert!(ssm.now().puts.is_empty());
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_made_at_random_and_encrypted() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let (ssm, secrets) = Ssm::start(Parameter::default(), 1).await;
        let made = secrets.read_or_make(NAME).await.expect("a secret");
        let puts = std::mem::take(&mut ssm.now().puts);
        let kept = made.expose_secret().to_owned();
        assert_eq!(puts, [json!({ "Name": NAME, "Value": kept, "Type": "SecureString", "Overwrite": false })]);
        assert_eq!(kept.len(), 43, "32 bytes in base64");
        seen.push(kept);
    }
    assert_ne!(seen[0], seen[1]);
}

/// All of them have seen that there is none before the first one writes.
#[tokio::test]
async fn of_many_who_start_at_once_one_makes_it_and_all_have_the_same() {
    let (ssm, secrets) = Ssm::start(Parameter::default(), POSTERS).await;
    let had = try_join_all((0..POSTERS).map(|_| secrets.read_or_make(NAME))).await.expect("secrets");
    let kept = ssm.now().value.clone().expect("one was made");
    assert_eq!(ssm.now().puts.len(), POSTERS, "none saw another's");
    assert!(had.iter().all(|one| one.expose_secret() == kept));
}

/// The local AWS never says that several write at once; AWS may.
#[tokio::test]
async fn whoever_is_told_that_another_writes_reads_the_others() {
    for code in ["TooManyUpdates", "ParameterAlreadyExists"] {
        let parameter =
            Parameter { writes_refused: Some(code), written_by_another: Some("theirs"), ..Parameter::default() };
        let (_ssm, secrets) = Ssm::start(parameter, 1).await;
        assert_eq!(secrets.read_or_make(NAME).await.expect("a secret").expose_secret(), "theirs", "{code}");
    }
}

/// One that cannot be read may be there all the same: rows are posted under it.
#[tokio::test]
async fn nothing_is_made_where_the_read_failed_for_another_reason() {
    for code in ["AccessDeniedException", "InternalServerError", "ThrottlingException", "InvalidKeyId"] {
        let (ssm, secrets) = Ssm::start(Parameter { reads_refused: Some(code), ..Parameter::default() }, 1).await;
        let error = secrets.read_or_make(NAME).await.expect_err("unreadable");
        assert!(matches!(error, SecretError::Unreadable { .. }) && !error.is_not_found(), "{error}");
        assert!(error.to_string().contains(code), "{error}");
        assert!(ssm.now().puts.is_empty(), "{code}");
    }
    let (ssm, secrets) = Ssm::start(Parameter { value: Some(" ".to_owned()), ..Parameter::default() }, 1).await;
    let error = secrets.read_or_make(NAME).await.expect_err("blank");
    assert!(matches!(error, SecretError::Empty { .. }) && ssm.now().puts.is_empty(), "{error}");
}

/// Nobody works with a secret that nobody else can read.
#[tokio::test]
async fn one_that_could_not_be_made_is_not_had() {
    let (ssm, secrets) =
        Ssm::start(Parameter { writes_refused: Some("AccessDeniedException"), ..Parameter::default() }, 1).await;
    let error = secrets.read_or_make(NAME).await.expect_err("not made");
    let tried = ssm.now().puts[0]["Value"].as_str().expect("a value").to_owned();
    let said = format!("{error} {error:?}");
    assert!(matches!(error, SecretError::NotMade { .. }), "{said}");
    assert!(
        said.contains(NAME) && said.contains("AccessDeniedException") && said.contains("role may put it"),
        "{said}"
    );
    assert!(!said.contains(&tried), "{said}");
}

/// Reading is not making.
#[tokio::test]
async fn read_alone_makes_none() {
    let (ssm, secrets) = Ssm::start(Parameter::default(), 1).await;
    assert!(secrets.read(NAME).await.expect_err("there is none").is_not_found());
    assert!(ssm.now().puts.is_empty());
}

/// Nobody listens, and somebody listens who never answers. The clock is the test's own.
#[tokio::test(start_paused = true)]
async fn an_ssm_that_cannot_be_reached_is_not_waited_for_beyond_the_cold_start() {
    let (_silent, silent) = listen().await;
    for url in [format!("http://{}", nobody().await), silent] {
        let began = tokio::time::Instant::now();
        let secrets = Secrets::new(aws_sdk_ssm::Client::new(&sdk_config(&url)));
        for asked in join_all([true, false].map(|may_make| ask(&secrets, may_make))).await {
            let error = asked.expect_err("nobody answers").to_string();
            assert!(error.contains(NAME), "{error}");
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }
}

async fn ask(secrets: &Secrets, may_make: bool) -> Result<secrecy::SecretString, SecretError> {
    if may_make { secrets.read_or_make(NAME).await } else { secrets.read(NAME).await }
}
