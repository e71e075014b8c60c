//! The real Lambda binaries: built by cargo, beside the running executable, or others that are built already.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use tokio::process::Command;

/// The functions, by the names of their packages and binaries.
pub(crate) const FUNCTIONS: [&str; 3] = ["splitter", "poster", "reporter"];

/// Where the functions are, and where cargo builds: `<target>/<profile>` of the running executable.
#[derive(Clone, Debug)]
pub(crate) struct Binaries {
    folder: PathBuf,
    /// Packages as cargo-lambda leaves them, `<packages>/<function>/bootstrap`, in place of the functions in `folder`.
    packages: Option<PathBuf>,
}

impl Binaries {
    /// Builds the functions with the profile of the running executable; takes a moment where they are built already.
    pub(crate) async fn build() -> Result<Self> {
        Ok(Self { folder: build(&FUNCTIONS).await?, packages: None })
    }

    /// Those that are built already.
    pub(crate) fn built(packages: &Path) -> Result<Self> {
        let packages = packages.canonicalize().with_context(|| format!("there is no {}", packages.display()))?;
        let binaries = Self { folder: own_folder()?, packages: Some(packages) };
        for function in FUNCTIONS {
            let path = binaries.path(function);
            ensure!(path.is_file(), "{} is missing: run infra/package", path.display());
        }
        Ok(binaries)
    }

    /// The executable of a function.
    pub(crate) fn path(&self, function: &str) -> PathBuf {
        match &self.packages {
            Some(packages) => packages.join(function).join("bootstrap"),
            None => self.folder.join(function),
        }
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }
}

/// Builds these binaries with the profile of the running executable; the folder where they are then.
pub(crate) async fn build(names: &[&str]) -> Result<PathBuf> {
    let folder = own_folder()?;
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // With the features of the whole workspace, as everything else is built: others would build the AWS SDKs anew.
    cargo.args(["build", "--quiet", "--workspace", "--manifest-path"]).arg(manifest);
    for name in names {
        cargo.args(["--bin", name]);
    }
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo.status().await.context("cannot run cargo")?;
    if !status.success() {
        bail!("{} does not build", names.join(", "));
    }
    Ok(folder)
}

fn own_folder() -> Result<PathBuf> {
    let here = std::env::current_exe().context("cannot tell where this executable lies")?;
    let folder = here.ancestors().skip(1).find(|folder| !folder.ends_with("deps"));
    Ok(folder.context("this executable lies in no folder")?.to_owned())
}
