//! The executable of `h2h`.

use std::path::PathBuf;

use tokio::process::Command;

/// Builds it; where it lies.
pub(crate) async fn build() -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    // Of the workspace, as the tests are: with other features everything would be built once more.
    let build = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--bin", "h2h", "--manifest-path", manifest])
        .status();
    assert!(build.await.expect("cargo runs").success());
    let here = std::env::current_exe().expect("this test lies somewhere");
    here.ancestors().skip(1).find(|folder| !folder.ends_with("deps")).expect("a folder").join("h2h")
}
