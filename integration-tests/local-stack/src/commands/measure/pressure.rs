//! `local-stack measure pressure`: how fast rows are posted, and what a call handler's search takes meanwhile, by the number of
//! posters; fixed numbers of posters beside it.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroU32;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use here_to_help::{Limit, MayWait};
use local_stack::posters::{Posters, Setting};
use serde::Serialize;
use simulators::here_to_help::{Database, Options};

/// A search twice as slow as without us is what staff are to feel at most.
const TWICE: f64 = 2.0;
/// More than any fixed number lets wait: with as much the limit never falls below the number of posters.
const NO_LIMIT: &str = "10";

/// The options of `measure pressure`.
#[derive(Debug, Args)]
pub(crate) struct Pressure {
    /// The most posters at once; each is tried.
    #[arg(long, value_name = "POSTERS", value_delimiter = ',', default_values_t = [2, 3, 5, 10, 20, 50, 100])]
    posters: Vec<u32>,
    /// The fixed numbers of posters to compare with.
    #[arg(long, value_name = "POSTERS", value_delimiter = ',', default_values_t = [1, 2, 3, 4, 6])]
    fixed: Vec<u32>,
    /// The cores of the API's database.
    #[arg(long, default_value = "2")]
    cores: NonZeroU32,
    /// The residents whom it has.
    #[arg(long, default_value_t = 50_000)]
    residents: u32,
    /// How long a call takes on its way there and back.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 10)]
    network: u64,
    /// The calls a second that are agreed for all posters together.
    #[arg(long, value_name = "CALLS", default_value = "1000")]
    rate: NonZeroU32,
    /// How many calls may wait at the API, on average.
    #[arg(long, value_name = "CALLS", default_value = "0.4")]
    may_wait: MayWait,
    /// How long each is measured.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Print JSON, one object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Measured {
    search_alone_ms: f64,
    fixed: Vec<Line>,
    limited: Vec<Line>,
}

/// One number of posters.
#[derive(Clone, Serialize)]
struct Line {
    posters: u32,
    rows_a_second: f64,
    search_p50_ms: f64,
    search_p95_ms: f64,
    /// The 95 % of the searches, as a multiple of those without us.
    search_times: f64,
    /// Of what the best fixed number up to this one reaches that staff do not feel.
    of_the_best: Option<f64>,
    /// The limit at the end.
    rows_at_once: f64,
}

impl Pressure {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let idle = self.posters(1, self.may_wait).await?;
        let alone = percentile(searches(idle.api.base_url(), Duration::from_secs(10)).await?, 95);
        let mut fixed = Vec::new();
        for posters in &self.fixed {
            fixed.push(self.line(*posters, NO_LIMIT.parse()?, alone, &[]).await?);
        }
        let mut limited = Vec::new();
        for posters in &self.posters {
            limited.push(self.line(*posters, self.may_wait, alone, &fixed).await?);
        }
        self.print(&Measured { search_alone_ms: alone, fixed, limited })?;
        Ok(ExitCode::SUCCESS)
    }

    async fn posters(&self, posters: u32, may_wait: MayWait) -> Result<Posters> {
        let database = Database { cores: self.cores, residents: self.residents };
        let latency = Duration::from_millis(self.network);
        let api = Options { database: Some(database), latency, ..Options::default() };
        let posters = NonZeroU32::new(posters).context("no posters")?;
        let setting = Setting { posters, calls_per_second: self.rate, may_wait };
        // More than can be posted in the time.
        let rows = u32::try_from(self.seconds)?.saturating_mul(40);
        Posters::start(api, setting, rows).await
    }

    async fn line(&self, number: u32, may_wait: MayWait, alone: f64, fixed: &[Line]) -> Result<Line> {
        let posters = self.posters(number, may_wait).await?;
        if fixed.is_empty() {
            posters.ledger.note_api_limit(0, fixed_at(number)?).await?;
        }
        let time = Duration::from_secs(self.seconds);
        let searches = tokio::spawn(searches(posters.api.base_url(), time));
        posters.work(time).await?;
        let searches = searches.await.context("no searches")??;
        let rows_a_second = posters.api.state().help_requests.len() as f64 / time.as_secs_f64();
        let p95 = percentile(searches.clone(), 95);
        let keeps = |line: &&Line| line.posters <= number && line.search_times <= TWICE;
        let best = fixed.iter().filter(keeps).map(|line| line.rows_a_second).reduce(f64::max);
        Ok(Line {
            posters: number,
            rows_a_second: tenths(rows_a_second),
            search_p50_ms: tenths(percentile(searches, 50)),
            search_p95_ms: tenths(p95),
            search_times: hundredths(p95 / alone),
            of_the_best: best.map(|best| hundredths(rows_a_second / best)),
            rows_at_once: posters.ledger.api_limit::<Limit>().await?.limit.rows,
        })
    }

    fn print(&self, measured: &Measured) -> Result<()> {
        let mut out = std::io::stdout();
        if self.json {
            return Ok(writeln!(out, "{}", serde_json::to_string(measured)?)?);
        }
        writeln!(out, "a search alone: {:.0} ms (p95)", measured.search_alone_ms)?;
        for (what, lines) in [("fixed at", &measured.fixed), ("at most", &measured.limited)] {
            for Line {
                posters,
                rows_a_second,
                search_p50_ms,
                search_p95_ms,
                search_times,
                of_the_best,
                rows_at_once,
            } in lines
            {
                let best = of_the_best.map(|part| format!(", {part:.2} of the best fixed number")).unwrap_or_default();
                writeln!(
                    out,
                    "{what} {posters} posters: {rows_a_second:.1} rows a second{best}; a search {search_p50_ms:.0} ms, \
                     {search_p95_ms:.0} (p95), {search_times:.2} times; {rows_at_once} at once at the end",
                )?;
            }
        }
        Ok(())
    }
}

/// A call handler searches for somebody twice a second; how long each search takes, in milliseconds.
async fn searches(base_url: String, time: Duration) -> Result<Vec<f64>> {
    let client = reqwest::Client::new();
    let url = format!("{base_url}v3/help-requests?FirstName=Ada&LastName=Nobody");
    let key = Options::default().api_key;
    let (began, mut took) = (Instant::now(), Vec::new());
    while began.elapsed() < time {
        let asked = Instant::now();
        let answer = client.get(&url).header("x-api-key", &key).send().await.context("no answer to a search")?;
        answer.error_for_status().context("a search failed")?.bytes().await?;
        took.push(asked.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(took)
}

/// As many rows at once as there are posters from the beginning, and no row is ever let alone.
fn fixed_at(posters: u32) -> Result<Limit> {
    let mut limit = serde_json::to_value(Limit::of(f64::from(posters), BTreeMap::new()))?;
    limit["alone_at"] = i64::MAX.into();
    Ok(serde_json::from_value(limit)?)
}

fn percentile(mut values: Vec<f64>, part: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() * part / 100).min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
