//! The settings of AWS's clients.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// The settings with which a client calls the stand-in at this URL.
pub fn sdk_config(url: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
        .endpoint_url(url)
        .build()
}

/// As [`sdk_config`], for a client that makes each call once: its caller's own retries are what is tested.
pub fn sdk_config_without_retries(url: &str) -> SdkConfig {
    sdk_config(url).into_builder().retry_config(RetryConfig::disabled()).build()
}
