//! Rows that are newer, of the same identities, and of which nobody learnt how far they came: each may be applied already,
//! and an older row must not overwrite what it sent.

use feeds::HelpRequest;
use here_to_help::{Class, Conversation, Error, HelpRequestReply};
use ledger::{Applied, ClaimedRow, Leases, RowId};
use service::invocation::describe;

use crate::Poster;
use crate::batch::Batch;
use crate::looking::{Looked, look_for};
use crate::posting::REQUEST;
use crate::row::decide;

/// A newer row that has begun.
pub(crate) struct Begun {
    id: RowId,
    request: HelpRequest,
    /// Its request's number, where one of its posters noted it.
    request_id: Option<i64>,
}

impl Poster {
    /// The newer rows that have begun under these leases. Mostly none, which asks the ledger nothing; those that the ledger
    /// does not have any more, or that a newer version wrote, hold up nobody.
    pub(crate) async fn newer_begun(
        &self,
        leases: &Leases,
        row: &ClaimedRow,
        batch: &Batch,
    ) -> ledger::Result<Vec<Begun>> {
        let own = row.applied();
        let mut newer = Vec::new();
        for begun in leases.begun().iter().filter(|begun| **begun > own) {
            match self.begun(begun, batch).await {
                Err(error) if error.is_unreadable() => {
                    tracing::warn!(error = describe(&error), "a newer row of the same resident is not looked for");
                }
                begun => newer.extend(begun?),
            }
        }
        Ok(newer)
    }

    async fn begun(&self, begun: &Applied, batch: &Batch) -> ledger::Result<Option<Begun>> {
        let Some(run) = self.run(begun.run.clone(), batch).await? else { return Ok(None) };
        let Some(row) = self.ledger.row(&run, begun.row).await? else { return Ok(None) };
        let Ok(post) = decide(&run, begun.row, &row.cells, &row.warnings) else { return Ok(None) };
        let noted = row.notebook.get(REQUEST).and_then(|id| id.parse().ok());
        Ok(Some(Begun { id: row.id, request: post.request, request_id: row.help_request_id.or(noted) }))
    }
}

impl Begun {
    /// Its request at the API. None where there is none, or where it cannot be found: it has not what a search needs, or the
    /// API does not take the question. What is wrong with another row must not fail the one that asks.
    pub(crate) async fn find(&self, api: &Conversation<'_>) -> Result<Option<HelpRequestReply>, Error> {
        match self.look(api).await {
            Err(error) if error.class() != Class::Retry => {
                tracing::info!(%error, newer = %self.id, "a newer row of the same resident is not found");
                Ok(None)
            }
            found => found,
        }
    }

    async fn look(&self, api: &Conversation<'_>) -> Result<Option<HelpRequestReply>, Error> {
        if let Some(request) = self.request_id {
            return api.help_request(request).await.map(Some);
        }
        match look_for(&self.id, [&self.request], api).await? {
            Looked::Found(request) => Ok(Some(*request)),
            Looked::NotThere | Looked::Impossible => Ok(None),
        }
    }
}
