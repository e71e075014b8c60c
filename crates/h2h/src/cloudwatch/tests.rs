//! What AWS asks of a question: a local AWS takes more.

use std::sync::{Arc, Mutex};

use aws_sdk_sqs::config::{Credentials, Region, SharedCredentialsProvider};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use testkit::server::serve;

use super::*;

fn at(time: &str) -> DateTime<Utc> {
    format!("2021-03-08T{time}Z").parse().expect("an instant")
}

fn config(url: &str) -> SdkConfig {
    let anybody = Credentials::new("somebody", "their secret", None, None, "test");
    SdkConfig::builder()
        .region(Region::new("eu-west-2"))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(anybody))
        .build()
}

fn metrics() -> [Metric; 2] {
    [
        Metric { name: "ApiCalls", dimensions: vec![] },
        Metric { name: "RowsSettled", dimensions: vec![("Feed", "spl"), ("Outcome", "created")] },
    ]
}

#[test]
fn a_question_is_one_that_aws_takes() {
    assert!(include_str!("../../../../infra/modules/pipeline/main.tf").contains(&format!("\"{NAMESPACE}\"")));
    for span in Span::ALL {
        let now = at("12:34:56.789");
        let bins = Bins::up_to(now, span);
        let asked = question(&metrics(), &bins);
        let number = |value: &Value| value.as_i64().expect("a whole number");
        let period = number(&asked["MetricDataQueries"][0]["MetricStat"]["Period"]);
        // Of the last fortnight there are minutes; a bin that began between two of AWS's own would be torn.
        assert_eq!(period % 60, 0, "{span:?}");
        let (from, until) = (number(&asked["StartTime"]), number(&asked["EndTime"]));
        assert_eq!((from % period, until % period), (0, 0), "{span:?}");
        assert!(from < now.timestamp() && now.timestamp() < until, "{span:?}");
        assert!(until - from <= 14 * 86_400, "{span:?}");
        let begin: Vec<DateTime<Utc>> = bins.begin().collect();
        // An answer has at most 100,800 sums, and a question 500 metrics.
        assert!(begin.len() * 500 <= 100_800, "{span:?}");
        assert_eq!(begin.last().map(|last| last.timestamp() + period), Some(until), "{span:?}");
    }
}

#[tokio::test]
async fn a_question_is_signed_and_its_answer_read_to_the_end() {
    let asked = Arc::<Mutex<Vec<(HeaderMap, Value)>>>::default();
    let heard = asked.clone();
    let answer = async move |headers: HeaderMap, body: String| {
        let body: Value = serde_json::from_str(&body).expect("JSON");
        let mut asked = heard.lock().expect("no panic");
        asked.push((headers, body));
        let found = |id, at: Value, sum| json!({ "Id": id, "Label": "x", "StatusCode": "Complete", "Timestamps": [at], "Values": [sum] });
        let first = found("m1", json!(1_615_204_800.0), 3.0);
        let second = found("m0", json!("2021-03-08T12:15:00+00:00"), 7.5);
        match asked.len() {
            1 => json!({ "MetricDataResults": [first], "NextToken": "more" }).to_string(),
            _ => json!({ "MetricDataResults": [second], "Messages": [] }).to_string(),
        }
    };
    let url = serve(Router::new().route("/", post(answer))).await;
    let bins = Bins::up_to(at("12:34:56"), Span::Day);
    let found = sums(&config(&url), &metrics(), &bins).await.expect("sums");
    assert_eq!(found, [Sums::from([(at("12:15:00"), 7.5)]), Sums::from([(at("12:00:00"), 3.0)])]);
    let asked = asked.lock().expect("no panic");
    assert_eq!((&asked[0].1["NextToken"], &asked[1].1["NextToken"]), (&Value::Null, &json!("more")));
    let header = |name: &str| asked[0].0[name].to_str().expect("text");
    assert_eq!(header("x-amz-target"), "GraniteServiceVersion20100801.GetMetricData");
    let signed = header("authorization");
    assert!(signed.contains("/eu-west-2/monitoring/aws4_request"), "{signed}");
    assert!(signed.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-target"), "{signed}");
}

#[tokio::test]
async fn who_may_not_look_is_told_the_right() {
    let answer = async || (StatusCode::BAD_REQUEST, r#"{"__type":"AccessDenied"}"#);
    let url = serve(Router::new().route("/", post(answer))).await;
    let refused = sums(&config(&url), &metrics(), &Bins::up_to(at("12:00:00"), Span::Hour)).await;
    let refused = format!("{:#}", refused.expect_err("no right"));
    assert!(refused.contains("cloudwatch:GetMetricData") && refused.contains("AccessDenied"), "{refused}");
}
