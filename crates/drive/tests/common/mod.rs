//! The client against the simulator of Google, over a folder tree that a test owns.

use std::{collections::BTreeMap, fs, net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};

use drive::{Drive, Scope, Settings};
use feeds::SheetRow;
use rust_xlsxwriter::Workbook;
use simulators::google::{Direction, Options, Simulator};
use tempfile::TempDir;

/// A simulator, its folders, and the client that is signed in to it.
pub(crate) struct Google {
    pub(crate) simulator: Simulator,
    pub(crate) drive: Drive,
    tree: TempDir,
}

impl Google {
    pub(crate) async fn start() -> Self {
        let tree = tempfile::tempdir().expect("a temporary directory");
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let simulator = Simulator::start(Options { root: tree.path().to_owned(), listen }).await.expect("a simulator");
        let drive = signed_in(&simulator, Scope::ReadWrite);
        Self { simulator, drive, tree }
    }

    pub(crate) fn inbound(&self) -> String {
        self.simulator.folder_id("spl", Direction::Inbound)
    }

    pub(crate) fn outbound(&self) -> String {
        self.simulator.folder_id("spl", Direction::Outbound)
    }

    /// Where a person would drop this file.
    pub(crate) fn inbound_path(&self, file: &str) -> PathBuf {
        self.tree.path().join("spl/inbound").join(file)
    }

    /// Drops a file into the inbound folder.
    pub(crate) fn drop_file(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.inbound_path(name), content).expect("room on the disk");
    }

    /// All rows of a Google Sheet, and in how many batches they came.
    pub(crate) async fn rows(&self, id: &str) -> (Vec<SheetRow>, usize) {
        let mut reader = self.drive.sheet(id, "to_fix").await.expect("a sheet");
        let (mut rows, mut batches) = (Vec::new(), 0);
        while let Some(batch) = reader.next().await.expect("a batch") {
            rows.extend(batch);
            batches += 1;
        }
        (rows, batches)
    }
}

/// A client with the simulator's key, whose waits last milliseconds.
pub(crate) fn signed_in(simulator: &Simulator, scope: Scope) -> Drive {
    Drive::new(&settings(simulator, scope)).expect("settings")
}

/// The settings that it is built from.
pub(crate) fn settings(simulator: &Simulator, scope: Scope) -> Settings {
    Settings {
        api_url: Some(simulator.url().to_owned()),
        first_wait: Duration::from_millis(1),
        sheet_reads_per_minute: NonZeroU32::new(1_000_000).expect("not zero"),
        ..Settings::new(simulator.service_account_key().into(), scope)
    }
}

pub(crate) fn key(run: &str) -> BTreeMap<String, String> {
    [("run", run), ("kind", "processed"), ("part", "1")].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// A workbook whose cells are all strings, one tab each.
pub(crate) fn workbook(tabs: &[(&str, &[&[&str]])]) -> fs::File {
    let mut workbook = Workbook::new();
    for (name, rows) in tabs {
        let sheet = workbook.add_worksheet().set_name(*name).expect("a name");
        for (row, cells) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*cells) {
                sheet.write_string(row, column, *cell).expect("a cell");
            }
        }
    }
    let mut file = tempfile::tempfile().expect("a temporary file");
    workbook.save_to_writer(&mut file).expect("room on the disk");
    file
}

/// The shown cells of a row.
pub(crate) fn texts(row: &SheetRow) -> Vec<&str> {
    row.cells.iter().map(|cell| cell.text.as_str()).collect()
}
