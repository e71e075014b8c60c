use std::fs::DirEntry;

use sheets::Format;

use crate::command_prelude::*;

/// The files themselves; of a directory, the CSV and XLSX files in it, by name.
pub(super) fn named(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = path.read_dir().and_then(|entries| entries.collect::<Result<Vec<DirEntry>, _>>());
        let entries = entries.with_context(|| format!("cannot read the directory {}", path.display()))?;
        let mut inside: Vec<PathBuf> = entries.iter().map(DirEntry::path).filter(|path| is_sheet(path)).collect();
        ensure!(!inside.is_empty(), "there is no CSV or XLSX file in {}", path.display());
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

fn is_sheet(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.is_file() && !name.starts_with('.') && Format::of(&name, None).is_some()
}
