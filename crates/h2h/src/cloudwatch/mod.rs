//! CloudWatch, asked for sums of our metrics.
//!
//! One call of one service is signed here with what every AWS SDK signs with. The service's own SDK would bring an older `http`,
//! a reader of CBOR and a compressor with it, for every other SDK too (docs/decisions/0069).

mod answer;
mod span;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use self::answer::Answer;
pub(crate) use self::span::{Bins, Span};

/// The namespace of the functions' metrics, as `lambda-support` writes them.
const NAMESPACE: &str = "HereToHelpIngestion";
const PATIENCE: Duration = Duration::from_secs(15);
const HEADERS: [(&str, &str); 2] =
    [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "GraniteServiceVersion20100801.GetMetricData")];

/// A metric of ours: its name, and each of its dimensions with a value. CloudWatch adds nothing up over the values of a dimension.
#[derive(Clone)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) dimensions: Vec<(&'static str, &'static str)>,
}

/// The sums of a metric, by the beginning of the bin; none where nothing was written.
pub(crate) type Sums = BTreeMap<DateTime<Utc>, f64>;

/// Asks for the sums of these metrics, of at most 500, in their order.
pub(crate) async fn sums(config: &SdkConfig, metrics: &[Metric], bins: &Bins) -> anyhow::Result<Vec<Sums>> {
    let mut sums = vec![Sums::new(); metrics.len()];
    let mut question = question(metrics, bins);
    loop {
        let answer: Answer = serde_json::from_slice(&ask(config, question.to_string()).await?)
            .context("CloudWatch does not answer as it says in its reference")?;
        for (metric, at, sum) in answer.sums() {
            if let Some(sums) = sums.get_mut(metric) {
                sums.insert(at, sum);
            }
        }
        match answer.next_token {
            None => return Ok(sums),
            Some(next) => question["NextToken"] = next.into(),
        }
    }
}

fn question(metrics: &[Metric], bins: &Bins) -> Value {
    let dimension = |(name, value): &(&str, &str)| json!({ "Name": name, "Value": value });
    let query = |(place, metric): (usize, &Metric)| {
        let dimensions: Vec<Value> = metric.dimensions.iter().map(dimension).collect();
        let metric = json!({ "Namespace": NAMESPACE, "MetricName": metric.name, "Dimensions": dimensions });
        let period = bins.span.bin().num_seconds();
        json!({ "Id": answer::id(place), "MetricStat": { "Metric": metric, "Period": period, "Stat": "Sum" } })
    };
    let queries: Vec<Value> = metrics.iter().enumerate().map(query).collect();
    json!({ "StartTime": bins.from.timestamp(), "EndTime": bins.until().timestamp(), "MetricDataQueries": queries })
}

/// Asks one question, signed; gives the answer.
async fn ask(config: &SdkConfig, question: String) -> anyhow::Result<Vec<u8>> {
    let region = config.region().context("no region is set: check your AWS profile")?.as_ref();
    let url = config.endpoint_url().map_or_else(|| format!("https://monitoring.{region}.amazonaws.com"), str::to_owned);
    let url = format!("{}/", url.trim_end_matches('/'));
    let credentials = config.credentials_provider().context("nobody is signed in: check your AWS profile")?;
    let identity =
        credentials.provide_credentials().await.context("nobody is signed in: check your AWS profile")?.into();
    let signing = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("monitoring")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let signable = SignableRequest::new("POST", &url, HEADERS.into_iter(), SignableBody::Bytes(question.as_bytes()))?;
    let (signed, _) = sign(signable, &signing)?.into_parts();
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let request = HEADERS
        .into_iter()
        .chain(signed.headers())
        .fold(client.post(url), |request, (name, value)| request.header(name, value));
    let answer = request
        .body(question)
        .send()
        .await
        .map_err(reqwest::Error::without_url)
        .context("CloudWatch does not answer")?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(reqwest::Error::without_url).context("CloudWatch does not answer")?;
    if !status.is_success() {
        let why = String::from_utf8_lossy(&body);
        bail!("CloudWatch refuses ({status}): check that you may call cloudwatch:GetMetricData: {}", why.trim());
    }
    Ok(body.into())
}

#[cfg(test)]
mod tests;
