//! Watches runs: a bar for each, until every one has its summary.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use ledger::{Ledger, Progress, Run, RunId};

const GLANCE: Duration = Duration::from_millis(300);

/// A run that has its summary, with what its rows became.
pub(crate) struct Watched {
    pub(crate) run: Run,
    pub(crate) progress: Progress,
}

/// Waits until this many runs are there and all of them have their summary.
pub(crate) async fn until_reported(ledger: &Ledger, runs: usize, patience: Duration) -> Result<Vec<Watched>> {
    let begun = Utc::now();
    let mut bars = Bars::default();
    let reported = async {
        loop {
            let seen = look(ledger, begun - chrono::TimeDelta::minutes(5)).await?;
            seen.iter().for_each(|one| bars.show(one));
            if seen.len() >= runs && seen.iter().all(|one| one.run.report.is_some() && !one.run.is_open()) {
                return Ok(seen);
            }
            tokio::time::sleep(GLANCE).await;
        }
    };
    match tokio::time::timeout(patience, reported).await {
        Ok(reported) => reported,
        Err(_) => bail!("not every run had its summary within {patience:?}"),
    }
}

async fn look(ledger: &Ledger, since: DateTime<Utc>) -> Result<Vec<Watched>> {
    let mut seen = Vec::new();
    for feed in feeds::all() {
        for run in ledger.runs(feed, since).await? {
            let progress = ledger.progress(&run).await?;
            seen.push(Watched { run, progress });
        }
    }
    Ok(seen)
}

#[derive(Default)]
struct Bars {
    together: MultiProgress,
    by_run: BTreeMap<RunId, ProgressBar>,
}

impl Bars {
    fn show(&mut self, one: &Watched) {
        let bar = self.by_run.entry(one.run.id.clone()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{prefix:30!} {bar:20} {pos}/{len} rows  {wide_msg}");
            let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(format!("{} · {}", one.run.feed, one.run.file_name));
            self.together.add(bar)
        });
        bar.set_length(one.run.rows_read);
        bar.set_position(one.progress.totals(&one.run).values().sum());
        if one.run.report.is_some() {
            bar.finish_with_message("summary written");
        } else {
            bar.set_message(format!("{:?}", one.run.state).to_lowercase());
        }
    }
}
