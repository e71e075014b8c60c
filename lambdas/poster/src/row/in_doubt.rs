//! Other rows of the same identities, of which nobody learnt how far they came: each may be applied already. An older row must
//! not overwrite what a newer one sent; and a resident who is known by names alone must not be made twice.

use feeds::{Feed, Post};
use here_to_help::{Class, Conversation, Error, HelpRequestReply};
use lambda_support::invocation::describe;
use ledger::{ClaimedRow, Leases, RowId, RowRecord, RowVersion};
use wire::{HelpRequest, is_found_again, share_a_key};

use crate::Poster;
use crate::batch::Batch;
use crate::row::looking::{Looked, look_for};
use crate::row::reconcile::{InDoubtValues, RowAddress, Subject, values_of_row};
use crate::row::request::request_of;

/// Another row of these identities, of which nobody learnt how far it came.
pub(crate) struct InDoubtRow {
    pub(crate) id: RowId,
    /// It has not settled: somebody will go on with it.
    pub(crate) is_open: bool,
    /// It is of this row's person, or has its id: not of a namesake only, who shares a lease with them.
    pub(crate) is_of_the_person: bool,
    /// Each may stand there because of it.
    pub(crate) values: InDoubtValues,
    /// It may have made the resident without a request, whom this row's POST would not find (A.9).
    pub(crate) may_have_made_the_resident: bool,
    /// What it sends.
    pub(crate) request: HelpRequest,
    /// Its request's number, where one of its posters noted it.
    request_id: Option<i64>,
}

impl Poster {
    /// The rows in doubt under these leases. Mostly none, which asks the ledger nothing; those that the ledger does not have any
    /// more, or that a newer version wrote, hold up nobody.
    pub(crate) async fn in_doubt(
        &self,
        leases: &Leases,
        row: &ClaimedRow,
        request: &HelpRequest,
        batch: &Batch,
    ) -> ledger::Result<Vec<InDoubtRow>> {
        let own = row.version();
        let by_names_alone = !is_found_again(request);
        let subject =
            |request: &HelpRequest| Subject::new(&self.hash_key, request, values_of_row(&self.hash_key, request, None));
        let mut in_doubt = Vec::new();
        for begun in leases.in_doubt() {
            match self.record_and_request(begun, batch).await {
                Err(error) if error.is_unreadable() => {
                    tracing::warn!(error = describe(&error), "another row of the same resident is not looked for");
                }
                there => in_doubt.extend(there?.map(|(feed, record, post)| {
                    let is_of_the_person = subject(request).is_one_with(&subject(&post.request));
                    InDoubtRow {
                        is_open: record.settlement.is_none(),
                        is_of_the_person,
                        // A namesake's news keep nothing of this row back.
                        values: self.in_doubt_values(feed, &post, *begun > own && is_of_the_person),
                        may_have_made_the_resident: by_names_alone && share_a_key(&post.request, request),
                        request_id: record.delivery.help_request_id,
                        request: post.request,
                        id: RowId { run: begun.run.clone(), row: begun.row },
                    }
                })),
            }
        }
        Ok(in_doubt)
    }

    async fn record_and_request(
        &self,
        begun: &RowVersion,
        batch: &Batch,
    ) -> ledger::Result<Option<(&'static Feed, RowRecord, Post)>> {
        let Some(run) = self.run(begun.run.clone(), batch).await? else { return Ok(None) };
        let Some(row) = self.ledger.row(&run, begun.row).await? else { return Ok(None) };
        let post = request_of(&run, &row);
        Ok(post.ok().map(|post| (run.feed, row, *post)))
    }

    fn in_doubt_values(&self, feed: &'static Feed, post: &Post, is_newer: bool) -> InDoubtValues {
        let address = RowAddress::of(&post.request, post.address.as_ref());
        let values = values_of_row(&self.hash_key, &post.request, address.as_ref());
        InDoubtValues { feed: feed.name(), values, address, is_newer }
    }
}

impl InDoubtRow {
    /// Its request at the API. None where there is none, or where it cannot be found: it has not what a search needs, or the
    /// API does not take the question. What is wrong with another row must not fail the one that asks.
    pub(crate) async fn find(&self, api: &Conversation<'_>) -> Result<Option<HelpRequestReply>, Error> {
        match self.look(api).await {
            Err(error) if error.class() != Class::Retry => {
                tracing::info!(%error, other = %self.id, "another row of the same resident is not found");
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
