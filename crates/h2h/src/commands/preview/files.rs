//! The files that are meant.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use sheets::Format;

/// The files themselves; of a directory, the CSV and XLSX files in it, by name.
pub(super) fn named(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let inside = sheets_in(path).with_context(|| format!("cannot read the directory {}", path.display()))?;
            ensure!(!inside.is_empty(), "there is no CSV or XLSX file in {}", path.display());
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn sheets_in(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut inside = Vec::new();
    for entry in directory.read_dir()? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_file() && !name.starts_with('.') && Format::of(&name, None).is_some() {
            inside.push(path);
        }
    }
    inside.sort();
    Ok(inside)
}
