//! The local AWS: ministack from PyPI in a venv under `target/`, started on a free port of 127.0.0.1.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};

/// The version that the project was tried with.
const VERSION: &str = "1.5.33";
/// The region of everything local.
pub(crate) const REGION: &str = "eu-west-2";
/// The credentials of everything local.
pub(crate) const CREDENTIAL: &str = "test";
/// How long ministack may take to answer; it takes half a second on an idle machine.
const START: Duration = Duration::from_secs(60);
/// Starts ministack in a process group of its own and ends the whole group when standard input closes: however the
/// stack ends (kill -9 too), nothing of it stays behind.
const LAUNCHER: &str = "import os, signal, subprocess, sys\n\
    child = subprocess.Popen([sys.argv[1]], start_new_session=True, stdin=subprocess.DEVNULL)\n\
    for s in (signal.SIGINT, signal.SIGTERM): signal.signal(s, signal.SIG_IGN)\n\
    sys.stdin.read()\n\
    os.killpg(child.pid, signal.SIGKILL)\n\
    child.wait()\n";

/// A running local AWS.
#[derive(Debug)]
pub(crate) struct Ministack {
    /// `http://127.0.0.1:<port>`.
    pub(crate) url: String,
    /// Holds the launcher; dropping it closes the launcher's standard input.
    launcher: Child,
}

impl Ministack {
    /// Installs it where it is not there yet, and starts it. What it prints (the functions' logs among it) goes to `log`.
    pub(crate) async fn start(target: &Path, log: &Path) -> Result<Self> {
        let venv = install(target).await?;
        let port = free_port()?;
        let url = format!("http://127.0.0.1:{port}");
        let output = std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let launcher = Command::new(venv.join("bin/python"))
            .args(["-c", LAUNCHER])
            .arg(venv.join("bin/ministack"))
            .envs([
                ("BIND_HOST", "127.0.0.1"),
                ("MINISTACK_HOST", "127.0.0.1"),
                ("GATEWAY_PORT", &port.to_string()),
                ("AWS_ENDPOINT_URL", &url),
                ("AWS_ACCESS_KEY_ID", CREDENTIAL),
                ("AWS_SECRET_ACCESS_KEY", CREDENTIAL),
                ("AWS_DEFAULT_REGION", REGION),
                ("MINISTACK_REGION", REGION),
                ("PYTHONUNBUFFERED", "1"),
            ])
            .stdin(Stdio::piped())
            .stdout(output.try_clone().context("cannot share the log")?)
            .stderr(output)
            .spawn()
            .context("cannot start ministack")?;
        let mut started = Self { url, launcher };
        started.wait_until_ready(log).await?;
        Ok(started)
    }

    async fn wait_until_ready(&mut self, log: &Path) -> Result<()> {
        let health = format!("{}/_ministack/health", self.url);
        let ready = async {
            loop {
                if let Ok(answer) = reqwest::get(&health).await
                    && answer.status().is_success()
                {
                    return Ok(());
                }
                if let Some(status) = self.launcher.try_wait()? {
                    bail!("ministack ended at once ({status}); see {}", log.display());
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(START, ready)
            .await
            .with_context(|| format!("ministack did not answer within {START:?}; see {}", log.display()))?
    }

    /// Ends it, and waits until everything that it started is gone.
    pub(crate) async fn stop(mut self) -> Result<()> {
        drop(self.launcher.stdin.take());
        self.launcher.wait().await.context("cannot wait for ministack's end")?;
        Ok(())
    }
}

/// The venv with ministack in it, made by whoever comes first.
async fn install(target: &Path) -> Result<PathBuf> {
    let venv = target.join(format!("local-aws-{VERSION}"));
    if venv.join("installed").exists() {
        return Ok(venv);
    }
    std::fs::create_dir_all(target).with_context(|| format!("cannot make {}", target.display()))?;
    let lock = std::fs::File::create(target.join("local-aws.lock")).context("cannot make the install lock")?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
    if !venv.join("installed").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv)).await.context("Python 3 with venv is needed")?;
        let package = format!("ministack=={VERSION}");
        run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", &package])).await?;
        std::fs::write(venv.join("installed"), VERSION).context("cannot mark the venv as installed")?;
    }
    drop(lock);
    Ok(venv)
}

async fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().await.with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
