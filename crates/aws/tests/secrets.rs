//! Secrets at a cold start without SSM.

use std::time::Duration;

use aws::secrets::Secrets;
use testkit::aws::sdk_config;
use testkit::server::{listen, nobody};

/// Nobody listens, and somebody listens who never answers. The clock is the test's own.
#[tokio::test(start_paused = true)]
async fn an_ssm_that_cannot_be_reached_is_not_waited_for_beyond_the_cold_start() {
    let (_silent, silent) = listen().await;
    for url in [format!("http://{}", nobody().await), silent] {
        let began = tokio::time::Instant::now();
        let secrets = Secrets::new(aws_sdk_ssm::Client::new(&sdk_config(&url)));
        let error = secrets.read("/stage/api-key").await.expect_err("nobody answers").to_string();
        assert!(error.contains("/stage/api-key"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }
}
