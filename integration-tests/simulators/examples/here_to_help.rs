//! The Here to Help API's simulator as a process of its own: prints its base URL and its key, and runs until it is ended.
//!
//! `cargo run -p simulators --example here_to_help -- '{"seed":1,"rules":[{"answer":"500","probability":0.1}]}'`, and as a
//! second argument its ways: `'{"letters":"ascii-sent","overwritten_note":"first"}'`.

use std::io::{self, Write};
use std::time::Duration;

use simulators::here_to_help::{Options, Simulator};

#[tokio::main]
async fn main() -> io::Result<()> {
    let ways = std::env::args().nth(2).map(|ways| serde_json::from_str(&ways)).transpose()?.unwrap_or_default();
    let options = Options {
        race_window: Duration::from_millis(50),
        latency: Duration::from_millis(5),
        ways,
        ..Options::default()
    };
    let key = options.api_key.clone();
    let simulator = Simulator::start(options).await?;
    if let Some(faults) = std::env::args().nth(1) {
        simulator.set_faults(serde_json::from_str(&faults)?);
    }
    writeln!(io::stdout(), "{} {key}", simulator.base_url())?;
    tokio::signal::ctrl_c().await
}
