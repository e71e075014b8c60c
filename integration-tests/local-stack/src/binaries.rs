//! The real Lambda binaries: built by cargo, beside the running executable.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

/// The functions, by the names of their packages and binaries.
pub(crate) const FUNCTIONS: [&str; 3] = ["splitter", "poster", "reporter"];

/// Where cargo builds: `<target>/<profile>` of the running executable.
#[derive(Clone, Debug)]
pub(crate) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Builds the functions with the profile of the running executable; takes a moment where they are built already.
    pub(crate) async fn build() -> Result<Self> {
        let here = std::env::current_exe().context("cannot tell where this executable lies")?;
        let folder = here
            .ancestors()
            .skip(1)
            .find(|folder| !folder.ends_with("deps"))
            .context("this executable lies in no folder")?
            .to_owned();
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // With the features of the whole workspace, as everything else is built: others would build the AWS SDKs anew.
        cargo.args(["build", "--quiet", "--workspace", "--manifest-path"]).arg(manifest);
        for function in FUNCTIONS {
            cargo.args(["--bin", function]);
        }
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        let status = cargo.status().await.context("cannot run cargo")?;
        if !status.success() {
            bail!("the Lambda binaries do not build");
        }
        Ok(Self { folder })
    }

    /// The executable of a function or of a command.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }
}
