//! The stack as a whole: started, and ended with all that belongs to it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ::here_to_help::Limit;
use anyhow::{Context, Result};
use chrono::NaiveDate;
use ledger::Ledger;
use simulators::google::{self, Direction};
use simulators::here_to_help;

use crate::binaries::Binaries;
use crate::endpoints::Endpoints;
use crate::functions::{self, Function};
use crate::metrics::Metrics;
use crate::ministack::Ministack;
use crate::proxy::{Decide, Doors, Journal};
use crate::resources::{Resources, TABLE, put_secret, sdk_config};
use crate::schedules::Schedules;
use crate::tempo::Tempo;
use crate::values::{API_KEY_PARAMETER, GOOGLE_PARAMETER, HASH_KEY_PARAMETER, ROW_RECEIVES};

/// The Here to Help API that the stack talks to.
#[derive(Clone, Debug)]
pub enum HereToHelp {
    /// The stack's own simulator.
    Simulated {
        /// How long a POST waits between finding nothing and writing.
        race_window: Duration,
        /// How long every call takes at least.
        latency: Duration,
    },
    /// Another one.
    At {
        /// Its base URL, `/api/` at its end.
        url: String,
        /// Its key.
        key: String,
    },
}

/// How to start a stack.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder tree `DIR/<feed>/inbound|outbound`; what is missing of it is made.
    pub drive: PathBuf,
    /// The API.
    pub here_to_help: HereToHelp,
    /// The ways of the stack's own simulator.
    pub ways: here_to_help::Ways,
    /// The waits.
    pub tempo: Tempo,
    /// How many posters run at once.
    pub poster_concurrency: u32,
    /// True if posters have found already that all of them may be at the API at once; else they begin with one.
    pub posters_are_warm: bool,
    /// The calls a second that all posters together may make.
    pub calls_per_second: u32,
    /// How often a row is tried before it is a dead letter: the poster and the rows queue both go by it.
    pub row_receives: u32,
    /// A date to take for today.
    pub as_of: Option<NaiveDate>,
    /// The contact tracing accounts that are left out.
    pub excluded: String,
    /// Settings of the functions beside those that the stack makes; they win.
    pub settings: BTreeMap<String, String>,
    /// A folder with other builds of the functions, `<folder>/<function>/bootstrap`; without it they are built.
    pub functions: Option<PathBuf>,
    /// The fate of the functions' calls; without it they go straight to the services.
    pub decide: Option<Decide>,
}

impl Options {
    /// Over a folder tree, with the stack's own simulator and everything else as usual.
    pub fn new(drive: impl Into<PathBuf>) -> Self {
        Self {
            drive: drive.into(),
            here_to_help: HereToHelp::Simulated {
                race_window: Duration::from_millis(20),
                latency: Duration::from_millis(5),
            },
            ways: here_to_help::Ways::default(),
            tempo: Tempo::default(),
            poster_concurrency: 10,
            posters_are_warm: false,
            calls_per_second: 100,
            row_receives: ROW_RECEIVES,
            as_of: None,
            excluded: String::new(),
            settings: BTreeMap::new(),
            functions: None,
            decide: None,
        }
    }
}

/// A running stack. Everything ends when it is dropped.
pub struct Stack {
    /// Where everything is.
    pub endpoints: Endpoints,
    /// Google's simulator.
    pub google: google::Simulator,
    /// The API's simulator, where it is the stack's own.
    pub here_to_help: Option<here_to_help::Simulator>,
    /// The ledger, to look into.
    pub ledger: Ledger,
    /// For AWS clients.
    pub aws: aws_config::SdkConfig,
    /// The functions' logs: `ministack.log` and one file for each function.
    pub logs: PathBuf,
    /// The key that the API takes.
    pub api_key: String,
    /// How many posters run at once.
    pub poster_concurrency: NonZeroU32,
    /// The functions' calls to AWS; empty where nothing decides over their calls.
    pub journal: Journal,
    _schedules: Schedules,
    _metrics: Metrics,
    _doors: Option<Doors>,
    ministack: Ministack,
}

impl Stack {
    /// Builds the functions and starts everything.
    pub async fn start(options: Options) -> Result<Self> {
        let binaries = match &options.functions {
            Some(folder) => Binaries::built(folder)?,
            None => Binaries::build().await?,
        };
        std::fs::create_dir_all(&options.drive).with_context(|| format!("cannot make {}", options.drive.display()))?;
        let drive = options.drive.canonicalize().with_context(|| format!("cannot use {}", options.drive.display()))?;
        let logs = drive.join(".logs");
        std::fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
        for feed in feeds::all() {
            for direction in ["inbound", "outbound"] {
                let folder = drive.join(feed.name()).join(direction);
                std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
            }
        }

        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let google = google::Simulator::start(google::Options { root: drive.clone(), listen })
            .await
            .context("cannot start Google's simulator")?;
        let (here_to_help, base_url, api_key) = start_api(&options, listen).await?;
        let ministack = Ministack::start(binaries.target(), &logs.join("ministack.log")).await?;
        let aws = sdk_config(&ministack.url);
        let resources = Resources::make(&aws, &options.tempo, options.row_receives).await?;
        put_secret(&aws, API_KEY_PARAMETER, &api_key).await?;
        put_secret(&aws, GOOGLE_PARAMETER, &google.service_account_key()).await?;

        let settings = settings(&options, &google, &resources, &base_url);
        let lambda = aws_sdk_lambda::Client::new(&aws);
        let tempo = options.tempo;
        let journal = Journal::default();
        let mut doors = options.decide.map(|decide| Doors::new(decide, journal.clone(), &ministack.url)).transpose()?;
        for (name, timeout) in [
            ("splitter", tempo.splitter_timeout),
            ("poster", tempo.poster_timeout),
            ("reporter", tempo.reporter_timeout),
        ] {
            let settings = match &mut doors {
                Some(doors) => doors.before(name, &settings).await?,
                None => settings.clone(),
            };
            functions::make(&lambda, &binaries, &logs, Function { name, timeout, settings: &settings }).await?;
        }
        functions::map(&aws, &resources, options.poster_concurrency).await?;
        let mut schedules = Schedules::default();
        for feed in feeds::all() {
            let input = serde_json::json!({ "feed": feed.name() }).to_string();
            schedules.every(tempo.poll, lambda.clone(), "splitter", input);
        }
        schedules.every(tempo.probe, lambda.clone(), "poster", r#"{"probe":true}"#.to_owned());
        schedules.every(tempo.sweep, lambda.clone(), "reporter", r#"{"sweep":true}"#.to_owned());

        let metrics = Metrics::tell(&ministack.url, &logs, ["splitter", "poster", "reporter"]);
        let endpoints = Endpoints {
            aws: ministack.url.clone(),
            google: google.url().to_owned(),
            here_to_help: base_url,
            table: TABLE.to_owned(),
            rows_queue: resources.rows.url,
            dead_letter_queue: resources.dead_letters.url,
            reports_queue: resources.reports.url,
            notices_topic: resources.notices_topic_arn,
        };
        endpoints.write(&drive)?;
        let clock: ledger::Clock = std::sync::Arc::new(chrono::Utc::now);
        let ledger = Ledger::new(aws_sdk_dynamodb::Client::new(&aws), TABLE, clock);
        if options.posters_are_warm {
            let limit = Limit::of(f64::from(options.poster_concurrency), BTreeMap::new());
            ledger.note_api_limit(0, limit).await.context("the limit of rows at once cannot be noted")?;
        }
        Ok(Self {
            endpoints,
            google,
            here_to_help,
            ledger,
            aws,
            logs,
            api_key,
            poster_concurrency: NonZeroU32::new(options.poster_concurrency).context("no poster may run")?,
            journal,
            _schedules: schedules,
            _metrics: metrics,
            _doors: doors,
            ministack,
        })
    }

    /// Ends it, and waits until every process of it is gone.
    pub async fn stop(self) -> Result<()> {
        drop(self._schedules);
        self.ministack.stop().await
    }
}

async fn start_api(wanted: &Options, listen: SocketAddr) -> Result<(Option<here_to_help::Simulator>, String, String)> {
    match &wanted.here_to_help {
        HereToHelp::At { url, key } => Ok((None, url.clone(), key.clone())),
        HereToHelp::Simulated { race_window, latency } => {
            let api_key = "local-key".to_owned();
            let options = here_to_help::Options {
                listen,
                api_key: api_key.clone(),
                race_window: *race_window,
                latency: *latency,
                database: None,
                ways: wanted.ways,
            };
            let simulator =
                here_to_help::Simulator::start(options).await.context("cannot start the API's simulator")?;
            let base_url = simulator.base_url();
            Ok((Some(simulator), base_url, api_key))
        }
    }
}

/// The functions' settings: docs/design.md, Settings.
fn settings(
    options: &Options,
    google: &google::Simulator,
    resources: &Resources,
    base_url: &str,
) -> BTreeMap<String, String> {
    let tempo = &options.tempo;
    let mut settings: BTreeMap<String, String> = [
        ("STAGE", "local".to_owned()),
        ("TABLE_NAME", TABLE.to_owned()),
        ("ROWS_QUEUE_URL", resources.rows.url.clone()),
        ("DEAD_LETTER_QUEUE_URL", resources.dead_letters.url.clone()),
        ("REPORTS_QUEUE_URL", resources.reports.url.clone()),
        ("NOTICES_TOPIC_ARN", resources.notices_topic_arn.clone()),
        ("HERE_TO_HELP_BASE_URL", base_url.to_owned()),
        ("HERE_TO_HELP_API_KEY_PARAMETER", API_KEY_PARAMETER.to_owned()),
        ("HASH_KEY_PARAMETER", HASH_KEY_PARAMETER.to_owned()),
        ("GOOGLE_CREDENTIALS_PARAMETER", GOOGLE_PARAMETER.to_owned()),
        ("GOOGLE_API_URL", google.url().to_owned()),
        ("SHEET_READS_PER_MINUTE", "6000".to_owned()),
        ("EXCLUDED_CTAS_IDS", options.excluded.clone()),
        ("API_CALLS_PER_SECOND", options.calls_per_second.to_string()),
        ("POSTER_CONCURRENCY", options.poster_concurrency.to_string()),
        ("MAX_RECEIVES", options.row_receives.to_string()),
        ("QUIET_SECONDS", tempo.quiet.as_secs().to_string()),
        ("RETRY_SECONDS", tempo.retry.as_secs().to_string()),
        ("STALLED_SECONDS", tempo.stalled.as_secs().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if let Some(as_of) = options.as_of {
        settings.insert("AS_OF".to_owned(), as_of.to_string());
    }
    for feed in feeds::all() {
        let prefix = feed.settings_prefix;
        let folder = |direction| google.folder_id(feed.name(), direction);
        settings.insert(format!("{prefix}_INBOUND_FOLDER_ID"), folder(Direction::Inbound));
        settings.insert(format!("{prefix}_OUTBOUND_FOLDER_ID"), folder(Direction::Outbound));
    }
    settings.extend(options.settings.clone());
    settings
}
