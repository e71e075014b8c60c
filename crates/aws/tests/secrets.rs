//! Secrets at a cold start without SSM.

use std::net::TcpListener;
use std::time::Duration;

use aws::secrets::Secrets;
use aws_sdk_ssm::config::{BehaviorVersion, Config, Credentials, Region};

fn secrets(port: u16) -> Secrets {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(format!("http://127.0.0.1:{port}"))
        .build();
    Secrets::new(aws_sdk_ssm::Client::from_conf(config))
}

/// Nobody listens (the port is given back), and somebody listens who never answers. The clock is the test's own.
#[tokio::test(start_paused = true)]
async fn an_ssm_that_cannot_be_reached_is_not_waited_for_beyond_the_cold_start() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    for port in [gone, silent.local_addr().expect("an address").port()] {
        let began = tokio::time::Instant::now();
        let error = secrets(port).read("/stage/api-key").await.expect_err("nobody answers").to_string();
        assert!(error.contains("/stage/api-key"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }
}
