//! The notice of a run to the data team: the file's name, counts and links, in the summary's words. No personal data.

use std::collections::BTreeMap;

use feeds::Outcome;
use ledger::{Run, RunState};

/// A message to the data team.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// SNS takes ASCII only here: no file name.
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Notice {
    /// The notice of a run that has its first summary.
    pub(crate) fn of(run: &Run, settled: &BTreeMap<Outcome, u64>) -> Self {
        let became = match run.state {
            RunState::Rejected => "rejected",
            RunState::Cancelled => "cancelled",
            _ => "ingested",
        };
        let name: String = run.file_name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut text = format!("The file \"{name}\" was {became}.");
        if !run.has_rows() {
            text += " No row of it was sent.\n\nWhy, and what to do, stands in the summary:\n";
        } else {
            if run.state != RunState::Cancelled {
                text += &format!(" {}", feeds::headline(settled));
            }
            text += "\n\n";
            for (outcome, rows) in settled.iter().filter(|(_, rows)| **rows > 0) {
                text += &format!("{outcome}: {rows} ({})\n", outcome.meaning());
            }
            text += &format!("total: {}\n", settled.values().sum::<u64>());
            text += "\nWhat became of each row, and what to fix, stands in the summary:\n";
        }
        for file in run.summary_files() {
            text += &format!("https://drive.google.com/open?id={}\n", file.id);
        }
        text += &format!("\nfeed: {}\nrun: {}\n", run.feed, run.id);
        Self { subject: format!("Here to Help: a file for {} was {became}", run.feed), text }
    }
}
