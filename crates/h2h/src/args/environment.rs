//! Which pipeline a command talks to, and which of its runs.

use std::fmt;
use std::path::PathBuf;

use clap::Args;

use crate::args::names::RunName;

/// Where the pipeline runs.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub struct EnvironmentArgs {
    /// The stage, such as staging; account and region are those of your AWS profile
    #[arg(long, value_name = "STAGE")]
    pub(crate) stage: Option<String>,
    /// The folder of a running local stack: what holds its endpoints.json
    #[arg(long, value_name = "DIR")]
    pub(crate) local: Option<PathBuf>,
}

/// A run there.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// The first digits of the run's id
    #[arg(value_name = "RUN")]
    pub(crate) name: RunName,
    #[command(flatten)]
    pub(crate) environment: EnvironmentArgs,
}

impl fmt::Display for EnvironmentArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.stage, &self.local) {
            (Some(stage), _) => f.write_str(stage),
            (None, Some(local)) => write!(f, "the local stack in {}", local.display()),
            (None, None) => f.write_str("nowhere"),
        }
    }
}
