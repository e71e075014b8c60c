//! How a simulator is set up.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use super::{database::Database, ways::Ways};

/// How a simulator is set up.
#[derive(Clone)]
pub struct Options {
    /// Where it listens: 127.0.0.1 only; port 0 takes a free one
    pub listen: SocketAddr,
    /// The key that every call must carry
    pub api_key: String,
    /// How long a POST v3 waits between finding nothing and writing, once for the resident and once for the request
    pub race_window: Duration,
    /// How long every call waits before anything else
    pub latency: Duration,
    /// The database, if what is asked of it at once is to wait for each other
    pub database: Option<Database>,
    /// The differences between one running API and the next
    pub ways: Ways,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_key: "simulator-key".to_owned(),
            race_window: Duration::ZERO,
            latency: Duration::ZERO,
            database: None,
            ways: Ways::default(),
        }
    }
}
