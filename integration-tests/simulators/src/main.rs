//! `simulators DIR [WAYS]`: both simulators over a folder tree, for a deployed stack to talk to. Prints where they are as one
//! line of JSON and ends when standard input closes. `WAYS` is JSON too: `{"letters":"ascii-stored"}` (see
//! [`here_to_help::Ways`]).

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use simulators::google::{self, Direction};
use simulators::here_to_help;

#[tokio::main]
async fn main() -> io::Result<()> {
    let usage = || io::Error::new(io::ErrorKind::InvalidInput, "usage: simulators DIR [WAYS]");
    let root = PathBuf::from(std::env::args_os().nth(1).ok_or_else(usage)?);
    let ways = std::env::args().nth(2).map(|ways| serde_json::from_str(&ways)).transpose()?.unwrap_or_default();
    make_folders(&root)?;
    let options = here_to_help::Options { ways, ..here_to_help::Options::default() };
    let here_to_help = here_to_help::Simulator::start(options).await?;
    let listen = here_to_help::Options::default().listen;
    let google = google::Simulator::start(google::Options { root, listen }).await?;

    let folders = feeds::all().iter().map(|feed| {
        let id = |direction| google.folder_id(feed.name(), direction);
        let ids = json!({ "inbound": id(Direction::Inbound), "outbound": id(Direction::Outbound) });
        (feed.settings_prefix.to_lowercase(), ids)
    });
    let places = json!({
        "google": google.url(),
        "google_credentials": google.service_account_key(),
        "here_to_help": here_to_help.base_url(),
        "api_key": here_to_help::Options::default().api_key,
        "folders": folders.collect::<serde_json::Map<_, _>>(),
    });
    let mut out = io::stdout();
    writeln!(out, "{places}")?;
    out.flush()?;
    tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

fn make_folders(root: &Path) -> io::Result<()> {
    for feed in feeds::all() {
        for direction in ["inbound", "outbound"] {
            std::fs::create_dir_all(root.join(feed.name()).join(direction))?;
        }
    }
    Ok(())
}
