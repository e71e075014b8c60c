//! The code, as text: what settings and metrics it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A metric by its name and its dimensions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// The names of its dimensions.
    pub dimensions: BTreeSet<String>,
}

/// The workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder that end so: name and text, without the tests at their end.
pub fn code(folder: &Path, ending: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<(String, String)> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == ending))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("a text")))
        .map(|(path, text)| (path, text.split("#[cfg(test)]").next().unwrap_or_default().to_owned()))
        .collect();
    files.sort();
    files
}

/// The environment variables that a function's own code names, and those of the code that all share.
pub fn settings_read_by(function: &str) -> BTreeSet<String> {
    let own = code(&root().join("lambdas").join(function).join("src"), "rs");
    let own = own.into_iter().filter(|(path, _)| path.ends_with("settings.rs") || path.ends_with("main.rs"));
    let shared = code(&root().join("crates/lambda-support/src"), "rs");
    let shared = shared.into_iter().filter(|(path, _)| path.ends_with("logs.rs"));
    own.chain(shared).flat_map(|(_, text)| literals(&text)).filter(|literal| is_setting(literal)).collect()
}

fn is_setting(literal: &str) -> bool {
    literal.len() > 3 && literal.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// The metrics that the code counts.
pub fn metrics_of_code() -> BTreeSet<Metric> {
    let files = ["crates/lambda-support/src/metrics.rs", "crates/here-to-help/src/exchange.rs"];
    let text = files.map(|file| std::fs::read_to_string(root().join(file)).expect("the metrics")).concat();
    let calls = ["counter!(", "gauge!(", "histogram!("].into_iter().flat_map(|call| text.split(call).skip(1));
    calls
        .map(|call| {
            let call = call.split(';').next().unwrap_or_default();
            let mut names = literals(call).into_iter();
            Metric { name: names.next().expect("a metric's name"), dimensions: names.collect() }
        })
        .collect()
}

/// The string literals of a piece of code.
fn literals(text: &str) -> Vec<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
