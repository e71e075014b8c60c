use std::collections::BTreeMap;

use here_to_help::Kind;

use crate::cloudwatch::{self, Bins, Metric, Span, Sums};
use crate::command_prelude::*;

/// Show the rows settled a minute, and Here to Help's times and errors
///
/// As the functions told CloudWatch. The last line is of a time that is not over.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h metrics --stage staging
  h2h metrics --stage staging --last week --json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// How far it goes back: an hour by the minute, a day by the quarter of an hour, or a week by two hours
    #[arg(long, value_parser = one_of(&Span::ALL, Span::as_str), default_value = "day")]
    last: Span,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// What the metrics tell of a span.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) bins: Vec<Bin>,
    #[serde(skip)]
    pub(crate) span: Span,
    #[serde(skip)]
    pub(crate) from: DateTime<Utc>,
    #[serde(skip)]
    pub(crate) until: DateTime<Utc>,
    #[serde(skip)]
    environment: String,
}

/// What happened in a short time.
#[derive(Serialize)]
pub(crate) struct Bin {
    /// When it began.
    pub(crate) at: DateTime<Utc>,
    seconds: i64,
    /// The rows that were settled, by outcome; of 0 nothing is said.
    pub(crate) rows: BTreeMap<Outcome, u64>,
    /// The calls of Here to Help.
    pub(crate) calls: u64,
    /// The time that a call took, as the mean of all; none where there was no call.
    pub(crate) call_ms: Option<u64>,
    /// The calls that failed, by what happened; of 0 nothing is said.
    pub(crate) errors: BTreeMap<&'static str, u64>,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    show(&collect(&args.environment.connect().await?, args.last).await?, args.json, out)
}

/// Asks for all at once: nothing else is looked at.
pub(crate) async fn collect(environment: &Environment, span: Span) -> anyhow::Result<Report> {
    let looked_at = Bins::up_to(Utc::now(), span);
    let (of, metrics): (Vec<Of>, Vec<Metric>) = wanted().unzip();
    let sums = cloudwatch::sums(&environment.config, &metrics, &looked_at).await?;
    let told: Vec<(Of, Sums)> = of.into_iter().zip(sums).collect();
    let bins = looked_at.begin().map(|at| Bin::of(at, span, &told)).collect();
    let (from, until) = (looked_at.from, looked_at.until());
    Ok(Report { bins, span, from, until, environment: environment.to_string() })
}

/// What a metric is of.
#[derive(Clone, Copy)]
enum Of {
    Rows(Outcome),
    Calls,
    Milliseconds,
    Errors(&'static str),
}

/// The metrics with every value that their dimensions can have, as `lambda-support` and `here-to-help` write them.
fn wanted() -> impl Iterator<Item = (Of, Metric)> {
    let metric = |name, dimensions| Metric { name, dimensions };
    let feed_and_outcome = |feed: &Feed, outcome: Outcome| vec![("Feed", feed.name()), ("Outcome", outcome.as_str())];
    let rows = feeds::all().iter().flat_map(move |feed| {
        let of_feed = Outcome::ALL.iter().copied();
        of_feed.map(move |outcome| (Of::Rows(outcome), metric("RowsSettled", feed_and_outcome(feed, outcome))))
    });
    let calls = [(Of::Calls, metric("ApiCalls", vec![])), (Of::Milliseconds, metric("ApiMilliseconds", vec![]))];
    let errors = Kind::ALL.iter().map(|kind| kind.as_str());
    rows.chain(calls).chain(errors.map(move |kind| (Of::Errors(kind), metric("ApiErrors", vec![("Kind", kind)]))))
}

impl Bin {
    fn of(at: DateTime<Utc>, span: Span, told: &[(Of, Sums)]) -> Self {
        let seconds = span.bin().num_seconds();
        let mut bin = Self { at, seconds, rows: BTreeMap::new(), calls: 0, call_ms: None, errors: BTreeMap::new() };
        let mut milliseconds = 0;
        for (of, sums) in told {
            let Some(sum) = sums.get(&at).map(|sum| *sum as u64).filter(|sum| *sum > 0) else { continue };
            match of {
                Of::Rows(outcome) => *bin.rows.entry(*outcome).or_default() += sum,
                Of::Calls => bin.calls += sum,
                Of::Milliseconds => milliseconds += sum,
                Of::Errors(kind) => *bin.errors.entry(kind).or_default() += sum,
            }
        }
        bin.call_ms = milliseconds.checked_div(bin.calls);
        bin
    }

    /// The rows settled a minute.
    pub(crate) fn rows_a_minute(&self) -> f64 {
        self.rows.values().sum::<u64>() as f64 * 60.0 / self.seconds as f64
    }

    pub(crate) fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// What happened to the calls that failed.
    pub(crate) fn errors_in_words(&self) -> String {
        let words: Vec<String> = self.errors.iter().map(|(kind, calls)| format!("{calls} {kind}")).collect();
        words.join(", ")
    }

    /// True if anything was settled or called.
    pub(crate) fn is_told_of(&self) -> bool {
        !self.rows.is_empty() || self.calls > 0
    }
}

impl Report {
    pub(crate) fn is_empty(&self) -> bool {
        self.told().next().is_none()
    }

    /// What is said where nothing is told.
    pub(crate) fn nothing(&self) -> String {
        let (environment, span) = (&self.environment, self.span.as_str());
        format!("No row was settled in {environment} within the last {span}, and Here to Help was not called.")
    }

    /// The times in which anything was settled or called.
    pub(crate) fn told(&self) -> impl Iterator<Item = &Bin> {
        self.bins.iter().filter(|bin| bin.is_told_of())
    }
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_empty() {
            return writeln!(out, "{}", self.nothing());
        }
        let header = ["from", "rows/min", "calls", "a call", "failed", ""];
        let rows = self.told().map(|bin| {
            [
                text(instant(bin.at)),
                number(format!("{:.1}", bin.rows_a_minute())),
                number(bin.calls),
                number(bin.call_ms.map_or_else(String::new, |ms| format!("{ms} ms"))),
                number(bin.failed()),
                text(bin.errors_in_words()),
            ]
        });
        writeln!(out, "{}", table(&header, rows))
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        lines(out, &self.bins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2021-03-08T{time}:00Z").parse().expect("an instant")
    }

    #[test]
    fn a_bin_adds_the_feeds_up_and_tells_the_mean_time_of_a_call() {
        let sums = |sum| Sums::from([(at("12:00"), sum), (at("12:15"), 1.0)]);
        let told = [
            (Of::Rows(Outcome::Created), sums(20.0)),
            (Of::Rows(Outcome::Created), sums(10.0)),
            (Of::Rows(Outcome::Failed), Sums::new()),
            (Of::Calls, sums(90.0)),
            (Of::Milliseconds, sums(1_870.0)),
            (Of::Errors("busy"), sums(2.0)),
        ];
        let bin = Bin::of(at("12:00"), Span::Day, &told);
        insta::assert_snapshot!(serde_json::to_string(&bin).expect("JSON"), @r#"{"at":"2021-03-08T12:00:00Z","seconds":900,"rows":{"created":30},"calls":90,"call_ms":20,"errors":{"busy":2}}"#);
        assert_eq!((bin.rows_a_minute(), bin.failed()), (2.0, 2));
        let nothing = Bin::of(at("11:45"), Span::Day, &told);
        assert_eq!((nothing.call_ms, nothing.is_told_of()), (None, false));
    }

    /// CloudWatch tells nothing of a metric whose dimensions are not all named, and takes 500 questions at once; a local AWS is
    /// content with less and with more.
    #[test]
    fn every_metric_is_asked_for_by_all_of_its_dimensions() {
        let metrics: Vec<Metric> = wanted().map(|(_, metric)| metric).collect();
        assert!(metrics.len() <= 500, "{}", metrics.len());
        let dashboard = include_str!("../../../../infra/modules/pipeline/dashboard.tf");
        for Metric { name, dimensions } in metrics {
            let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
            let shown = match names.as_slice() {
                [] => format!("[local.metrics, \"{name}\", {{"),
                names => format!("SEARCH('{{${{local.metrics}},{}}} MetricName=\\\"{name}\\\"'", names.join(",")),
            };
            assert!(dashboard.contains(&shown), "{shown}");
        }
    }
}
