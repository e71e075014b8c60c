//! When a summary is owed; and the marks, in the sparse index, of runs whose summary may have become wrong since.
//!
//! A mark is written with what makes another summary due, in the same transaction, and is taken off only where the
//! summary has that in it: whatever dies in between, the sweep finds the run. It stands on the progress of a lane, which
//! a move writes to anyway.

use std::collections::BTreeMap;

use feeds::Feed;

use crate::dynamo::{Item, Part, Transacted, Update, VERSION, structured, text};
use crate::keys::{Key, run_of};
use crate::lists::{MARKED, mark, unlist};
use crate::{Edition, Ledger, Progress, Report, Result, Run, RunId, RunState, is_complete, stream};

/// A mark as it was listed. Each time a lane is marked it is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    key: Key,
    token: String,
}

/// True where a summary is owed now: the run is complete, rejected or cancelled while it was read, and the last summary,
/// if there is one, does not have every move in it or a person asked for it again.
pub fn is_report_due(run: &Run, progress: &Progress) -> bool {
    due(run, progress) == Due::Now
}

/// True where the summary that is owed now was asked for already ([`Ledger::note_asked`]).
pub fn is_report_asked(run: &Run, progress: &Progress) -> bool {
    run.asked == Some(edition(run, progress))
}

pub(super) fn edition(run: &Run, progress: &Progress) -> Edition {
    Edition { version: next_version(run), moves: progress.moves }
}

pub(super) fn next_version(run: &Run) -> u32 {
    run.report.map_or(1, |report| report.version + 1)
}

/// When a summary is owed.
#[derive(PartialEq)]
pub(super) enum Due {
    Now,
    Later,
    Never,
}

pub(super) fn due(run: &Run, progress: &Progress) -> Due {
    let has_moved = |report: Report| run.has_rows() && report.moves != progress.moves;
    match run.state {
        RunState::Superseded => Due::Never,
        _ if run.has_rows() && !is_complete(run, progress) => Due::Later,
        _ if run.report_asked || run.report.is_none_or(has_moved) => Due::Now,
        _ => Due::Never,
    }
}

impl Ledger {
    /// Notes that the summary which is owed now is asked for: each row that settled last would call for the same one.
    pub async fn note_asked(&self, run: &Run, progress: &Progress) -> Result<()> {
        let asked = structured(&edition(run, progress));
        let update = Update::new().set("asked", asked).set(stream::TAKEN_UP, true).when("attribute_exists(#id)");
        self.update("noting that a report is asked for", &Key::run(&run.id), update).await.map(drop)
    }

    /// Asks for the summary of a run to be written again; true if there is one. Tell the reporter, or the sweep does.
    pub async fn ask_report(&self, run: &Run) -> Result<bool> {
        let asked = Update::new().set("report_asked", true).when("attribute_exists(#report)");
        let marked = mark(Update::new().set("v", VERSION), run.feed);
        let parts = vec![(Key::run(&run.id), Part::Change(asked)), (Key::progress(&run.id, 0), Part::Change(marked))];
        Ok(matches!(self.transact("asking for a report", parts).await?, Transacted::Done))
    }
    /// The runs of a feed whose summary may be out of date, each with its marks. An index: it may be a moment behind.
    pub async fn marked_runs(&self, feed: &Feed) -> Result<BTreeMap<RunId, Vec<Mark>>> {
        let mark = |item: Item| {
            let text = |name| text(&item, name).map(str::to_owned);
            let key = Key { pk: text("pk")?, sk: text("sk")? };
            Some((run_of(&key.pk)?, Mark { key, token: text("list_sk")? }))
        };
        let mut marked: BTreeMap<RunId, Vec<Mark>> = BTreeMap::new();
        for (run, mark) in self.list(MARKED, feed, "", "", mark).await? {
            marked.entry(run).or_default().push(mark);
        }
        Ok(marked)
    }

    /// Takes marks off a run of which no summary is owed. Its run and progress must have been read after the marks were
    /// listed; what was marked again since stays marked.
    pub async fn unmark(&self, run: &Run, progress: &Progress, marks: &[Mark]) -> Result<()> {
        if due(run, progress) != Due::Never {
            return Ok(());
        }
        for Mark { key, token } in marks {
            let update = unlist(Update::new()).unchanged("list_sk", Some(token.as_str()));
            self.update("taking a mark off", key, update).await?;
        }
        Ok(())
    }
}
