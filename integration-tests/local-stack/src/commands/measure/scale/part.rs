//! What a part took of time, memory and disk.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use local_stack::processes;
use serde::Serialize;

const GLANCE: Duration = Duration::from_millis(100);

/// What a part took.
#[derive(Serialize)]
pub(super) struct Took {
    pub(super) seconds: f64,
    pub(super) ms_a_row: f64,
    /// Of this process alone.
    pub(super) cpu_ms_a_row: f64,
    /// Of this process's resident memory.
    pub(super) peak_mb: u64,
    /// Of its temporary files.
    pub(super) peak_disk_mb: u64,
}

/// Lets a part work on so many rows; what it gives, and what it took.
pub(super) async fn measured<T>(rows: u32, part: impl Future<Output = Result<T>>) -> Result<(T, Took)> {
    let own = std::process::id();
    // The peak begins anew.
    std::fs::write("/proc/self/clear_refs", "5").context("cannot begin the peak of memory anew")?;
    let cpu = || processes::cpu_milliseconds(own).context("the processor's time is not known");
    let (began, cpu_before, mut peak_disk_mb) = (Instant::now(), cpu()?, 0);
    let done = tokio::select! {
        done = part => done?,
        never = watch_disk(own, &mut peak_disk_mb) => match never {},
    };
    let (seconds, rows) = (began.elapsed().as_secs_f64(), f64::from(rows));
    let took = Took {
        seconds: thousandths(seconds),
        ms_a_row: thousandths(seconds * 1000.0 / rows),
        cpu_ms_a_row: thousandths((cpu()? - cpu_before) as f64 / rows),
        peak_mb: processes::peak_memory(own).context("the peak of memory is not known")?,
        peak_disk_mb,
    };
    Ok((done, took))
}

async fn watch_disk(process: u32, peak_mb: &mut u64) -> Infallible {
    loop {
        *peak_mb = processes::temporary_files(process).max(*peak_mb);
        tokio::time::sleep(GLANCE).await;
    }
}

pub(super) fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
