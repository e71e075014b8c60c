//! One schedule of one feed: what was started, then what is new.

use std::time::Duration;

use aws::queue::Sqs;
use drive::{Drive, Entry};
use feeds::{Feed, RULES_VERSION, Rules};
use lambda_support::clock::london_date;
use lambda_support::invocation::{AlreadyLogged, Deadline, describe};
use lambda_support::metrics;
use ledger::{Clock, KnownRevision, LANES, Ledger, NewRun, Revision, RunClaim, RunId, RunState};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::Instrument;

use crate::done::DoneFiles;
use crate::error::SplitError;
use crate::select::{Selection, revision};
use crate::settings::Settings;

/// The time that must be left of the invocation to go on.
pub(crate) const RESERVE: Duration = Duration::from_secs(20);

/// The events that the splitter is called with.
#[derive(Deserialize)]
#[serde(untagged)]
enum Event {
    /// By a schedule, or `h2h poll`: `{"feed":"spl"}`.
    Poll { feed: &'static Feed },
    /// By `h2h doctor` and `h2h baseline`, where only a function can sign in to Google: `{"look":"<a folder's id>"}`.
    Look { look: String },
}

const BAD_EVENT: &str = "the event is no poll of a feed, such as {\"feed\":\"spl\"}, nor a look at a folder, such as \
                         {\"look\":\"<id>\"}: check the schedule's input";

/// Everything that the splitter works with, built once at cold start.
pub struct Splitter {
    /// Google Drive, to read.
    pub drive: Drive,
    /// Runs and rows.
    pub ledger: Ledger,
    /// The rows queue.
    pub queue: Sqs,
    /// The source of the time.
    pub clock: Clock,
    /// The files that are done with, as far as this process knows.
    pub done: DoneFiles,
    /// The settings, from the environment.
    pub settings: Settings,
}

impl Splitter {
    /// Does what an event asks for. Fails where it is not the splitter's, or the folder or the ledger cannot be looked at.
    pub async fn event(&self, event: Value, deadline: Deadline) -> Result<Value, lambda_runtime::Error> {
        match serde_json::from_value(event).map_err(|_| BAD_EVENT)? {
            Event::Poll { feed } => self.poll(feed, deadline).await,
            Event::Look { look } => Ok(self.look(&look, deadline).await),
        }
    }

    /// Looks at a folder. Answers with a [`drive::Look`], or with `{"problem":"…"}`: who asked is told what to do.
    async fn look(&self, folder: &str, deadline: Deadline) -> Value {
        match self.drive.until(deadline.instant()).look(folder).await {
            Ok(look) => json!(look),
            Err(error) => json!({ "problem": describe(&error) }),
        }
    }

    /// Polls the feed's inbound folder. A file that cannot be worked on now is logged, and the others go on.
    async fn poll(&self, feed: &'static Feed, deadline: Deadline) -> Result<Value, lambda_runtime::Error> {
        let span = tracing::info_span!("poll", feed = feed.name());
        let polled = async {
            self.go_on(feed, deadline).await?;
            self.take_new(feed, deadline).await
        };
        match polled.instrument(span.clone()).await {
            Ok(taken) => Ok(json!({ "taken": taken })),
            Err(error) => {
                metrics::poll_failed(feed.name());
                span.in_scope(|| tracing::error!(error = describe(&error), "the folder could not be polled"));
                Err(AlreadyLogged::of(&error).into())
            }
        }
    }

    /// Goes on with the runs that an earlier invocation left in the middle.
    async fn go_on(&self, feed: &'static Feed, deadline: Deadline) -> Result<(), SplitError> {
        for id in self.ledger.open_run_ids(feed).await? {
            if deadline.left() < RESERVE {
                break;
            }
            let span = tracing::info_span!("split", run = id.as_str());
            match self.resume(&id, deadline).instrument(span.clone()).await {
                Ok(Some(claim)) => self.split(claim, deadline).instrument(span).await,
                Ok(None) => {}
                Err(error) => span.in_scope(|| {
                    tracing::error!(error = describe(&error), "the run could not be gone on with: tried again");
                }),
            }
        }
        Ok(())
    }

    /// Claims a run that is in the middle of being split.
    async fn resume(&self, id: &RunId, deadline: Deadline) -> ledger::Result<Option<RunClaim>> {
        match self.ledger.run(id).await? {
            Some(run) if matches!(run.state, RunState::Reading | RunState::Enqueueing) => {
                self.ledger.resume_run(&run, deadline.claim_expiry()).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Takes the folder's new files, oldest first; how many there were.
    async fn take_new(&self, feed: &'static Feed, deadline: Deadline) -> Result<usize, SplitError> {
        let listing = self.drive.until(deadline.instant()).list(self.settings.inbound.of(feed)?).await?;
        let Settings { quiet, ingest_from, .. } = self.settings;
        let selection = Selection { now: (self.clock)(), quiet, ingest_from };
        let selected = selection.of(listing);
        self.tell_others(&selected.others).await?;
        let files: Vec<Entry> = selected.files.into_iter().filter(|entry| !self.done.has(entry)).collect();
        let ids: Vec<String> = files.iter().map(|entry| entry.id.clone()).collect();
        let known = self.ledger.known_files(&ids).await?;
        let mut taken = 0;
        for entry in files {
            if deadline.left() < RESERVE {
                break;
            }
            if let Some(error) = known.unreadable.get(&entry.id) {
                leave_alone(&entry.id, error);
                continue;
            }
            let file_id = entry.id.clone();
            let revisions = known.revisions.get(&file_id).map(Vec::as_slice).unwrap_or_default();
            self.done.note(&entry, revisions);
            // A later content than the first waits: who saves a file twice may do so a third time.
            if !revisions.is_empty() && !selection.is_quiet(&entry) {
                continue;
            }
            match self.take(feed, entry, revisions, deadline).await {
                Ok(is_taken) => taken += usize::from(is_taken),
                Err(SplitError::Ledger(error)) if error.is_unreadable() => leave_alone(&file_id, &error),
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    /// Takes a file, if it has a revision that is to be split; whether it has.
    async fn take(
        &self,
        feed: &'static Feed,
        entry: Entry,
        known: &[KnownRevision],
        deadline: Deadline,
    ) -> Result<bool, SplitError> {
        let revision = match Revision::of(revision(&entry).as_deref(), known) {
            Revision::New(revision) => revision,
            Revision::IfModifiedSince(rejected, revision) if rejected < entry.modified => revision,
            Revision::IfModifiedSince(..) | Revision::Known => return Ok(false),
        };
        let new = self.new_run(feed, entry, revision);
        let span = tracing::info_span!("split", run = new.id().as_str(), file_id = new.file_id);
        let claim = self.ledger.claim_run(new, deadline.claim_expiry()).await?;
        self.split(claim, deadline).instrument(span).await;
        Ok(true)
    }

    /// Splits a run if it is ours. What goes wrong is logged here, and the next schedule tries again.
    async fn split(&self, claim: RunClaim, deadline: Deadline) {
        let split = async {
            let enqueueing = match claim {
                RunClaim::Reading(reading) => self.read(*reading, deadline).await?,
                RunClaim::Enqueueing(enqueueing) => Some(*enqueueing),
                RunClaim::Held { .. } | RunClaim::Known(_) => None,
            };
            match enqueueing {
                Some(enqueueing) => self.enqueue(enqueueing, deadline).await,
                None => Ok(()),
            }
        };
        if let Err(error) = split.await {
            tracing::error!(error = describe(&error), "the file could not be split now: the next schedule tries again");
        }
    }

    fn new_run(&self, feed: &'static Feed, entry: Entry, revision: String) -> NewRun {
        let as_of = self.settings.as_of.unwrap_or_else(|| london_date((self.clock)()));
        NewRun {
            feed,
            file_id: entry.id,
            file_name: entry.name,
            revision,
            file_created: entry.created,
            file_modified: entry.modified,
            rules: Rules { as_of, excluded: self.settings.excluded.clone() },
            rules_version: RULES_VERSION,
            lanes: LANES,
        }
    }

    /// Logs once what nobody dropped to be read, and otherwise leaves it alone.
    async fn tell_others(&self, others: &[Entry]) -> Result<(), SplitError> {
        let ids: Vec<String> = others.iter().map(|entry| entry.id.clone()).collect();
        let untold = self.ledger.mark_reported(&ids).await?;
        for entry in others.iter().filter(|entry| untold.contains(&entry.id)) {
            tracing::warn!(
                file_id = entry.id,
                mime_type = entry.mime_type,
                "this folder, shortcut or leftover of a program in the inbound folder is left alone: if there is a list \
                 in it, drop the list itself"
            );
        }
        Ok(())
    }
}

/// A file of which something cannot be read here may have been ingested by a newer version: logged, and not taken.
fn leave_alone(file_id: &str, error: &ledger::Error) {
    tracing::error!(file_id, error = describe(error), "the file is left alone, and the others are taken");
}
