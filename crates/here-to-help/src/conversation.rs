//! The calls for one row, one method each.

use chrono::{DateTime, Utc};
use reqwest::{Method, RequestBuilder, Url};
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::json;
use wire::{Note, ResidentPatch, ShieldingRequest};

use crate::client::Invocation;
use crate::notes::{note_texts, stored_note, texts_of};
use crate::reply::{Created, StoredNote};
use crate::{Error, HelpRequestReply, Operation, ResidentRequest, Search, Work};

const X_CORRELATION_ID: &str = "X-Correlation-Id";

/// The calls for one row of a run. Each may fail with an [`Error`]; the sections are those of
/// `docs/contract/here-to-help-api.md`.
#[derive(Debug)]
pub struct Conversation<'a> {
    invocation: &'a Invocation,
    correlation: String,
}

impl Invocation {
    /// The calls for one row; `correlation` (`<run>/<row>`) goes along with each, for whoever reads the API's
    /// logs.
    pub fn for_row(&self, correlation: impl Into<String>) -> Conversation<'_> {
        Conversation { invocation: self, correlation: correlation.into() }
    }
}

impl Conversation<'_> {
    /// A.1: finds or makes the resident and the help request (a [`HelpRequest`](wire::HelpRequest)); gives the help request's id.
    ///
    /// Repeated by itself only where it was surely not applied. After an error that
    /// [may have been](Error::may_have_been_applied), look before it is called again.
    pub async fn create(&self, request: &impl Serialize) -> Result<i64, Error> {
        self.post(Work::Post, request).await
    }

    /// The same for a person who is known ([`as_it_stands`](wire::as_it_stands), [`identifying`](wire::identifying)): less work
    /// for the API, which finds them at the first look.
    pub async fn create_for_known(&self, request: &impl Serialize) -> Result<i64, Error> {
        self.post(Work::PostKnown, request).await
    }

    /// A.2: the help request and its resident; [`NotFound`](crate::Kind::NotFound) where there is none, or none with a resident.
    pub async fn help_request(&self, id: i64) -> Result<HelpRequestReply, Error> {
        let url = self.url(&format!("v3/help-requests/{id}"));
        self.invocation.call(Operation::HelpRequest, || self.request(Method::GET, &url)).await
    }

    /// A.6b: the help requests of people whose names contain these, of that kind: to look for
    /// [`HelpRequestReply::ingestion_row`] after an answer was lost.
    pub async fn search(&self, search: &Search) -> Result<Vec<HelpRequestReply>, Error> {
        let mut url = self.url("v3/help-requests");
        url.query_pairs_mut()
            .append_pair("FirstName", &search.first_name)
            .append_pair("LastName", &search.last_name)
            .append_pair("HelpNeeded", &search.help_needed);
        // Not every gateway reads a `+` as a blank; a plus itself is `%2B` by now.
        let query = url.query().map(|query| query.replace('+', "%20"));
        url.set_query(query.as_deref());
        self.invocation.call(Operation::Search, || self.request(Method::GET, &url)).await
    }

    /// A.6c: changes the request's resident, and adds the request's first note. Repeated by itself as
    /// [`create`](Self::create) is: phones are written over, and so is a note that somebody wrote since.
    pub async fn patch(&self, id: i64, patch: &ResidentPatch) -> Result<(), Error> {
        let url = self.url(&format!("v3/help-requests/{id}"));
        let send = || self.request(Method::PATCH, &url).json(patch);
        let _: IgnoredAny = self.invocation.call(Operation::Patch, send).await?;
        Ok(())
    }

    /// A.4: the notes of a help request, each as it is stored; [`texts_of`] reads them.
    pub async fn case_notes(&self, resident: i64, id: i64) -> Result<Vec<String>, Error> {
        let url = self.notes_url(resident, id);
        let notes: Vec<StoredNote> =
            self.invocation.call(Operation::CaseNotes, || self.request(Method::GET, &url)).await?;
        Ok(notes.into_iter().filter_map(|note| note.case_note).collect())
    }

    /// The texts of the notes that a help request has: from its `CaseNotes` where that can be read as a whole,
    /// else one by one (A.4), so that one note that is not JSON does not hide the others.
    pub async fn notes_of(&self, resident: i64, id: i64, case_notes: Option<&str>) -> Result<Vec<String>, Error> {
        if let Some(texts) = case_notes.and_then(note_texts) {
            return Ok(texts);
        }
        let stored = self.case_notes(resident, id).await?;
        Ok(stored.iter().flat_map(|note| texts_of(note)).collect())
    }

    /// A.3: adds a note, whatever is there already. Repeated by itself as [`create`](Self::create) is.
    pub async fn add_note(&self, resident: i64, id: i64, note: &Note, now: DateTime<Utc>) -> Result<(), Error> {
        let url = self.notes_url(resident, id);
        let body = json!({ "CaseNote": stored_note(note, now) });
        let send = || self.request(Method::POST, &url).json(&body);
        let _: IgnoredAny = self.invocation.call(Operation::AddNote, send).await?;
        Ok(())
    }

    /// A.5: the resident's help requests of one kind. `EUSS` ones are hidden unless they are asked for, so the
    /// kind must be known beforehand.
    pub async fn resident_requests(&self, resident: i64, help_needed: &str) -> Result<Vec<ResidentRequest>, Error> {
        let mut url = self.requests_url(resident);
        if help_needed == "EUSS" {
            url.query_pairs_mut().append_pair("includeType", "EUSS");
        }
        let mut requests: Vec<ResidentRequest> =
            self.invocation.call(Operation::ResidentRequests, || self.request(Method::GET, &url)).await?;
        requests.retain(|request| request.help_needed.as_deref() == Some(help_needed));
        Ok(requests)
    }

    /// A.6: makes one more help request for the resident, whatever is there already; gives its id. Repeated by
    /// itself as [`create`](Self::create) is.
    pub async fn follow_up(&self, resident: i64, request: &ShieldingRequest) -> Result<i64, Error> {
        let url = self.requests_url(resident);
        let send = || self.request(Method::POST, &url).json(request);
        self.invocation.call(Operation::FollowUp, send).await
    }

    async fn post(&self, work: Work, request: &impl Serialize) -> Result<i64, Error> {
        let url = self.url("v3/help-requests");
        let send = || self.request(Method::POST, &url).json(request);
        let created: Created = self.invocation.call_for(work, Operation::Create, send).await?;
        Ok(created.id)
    }

    fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        self.invocation.client.http.request(method, url.clone()).header(X_CORRELATION_ID, &self.correlation)
    }

    fn url(&self, path: &str) -> Url {
        self.invocation.client.url(path)
    }

    fn requests_url(&self, resident: i64) -> Url {
        self.url(&format!("v4/residents/{resident}/help-requests"))
    }

    fn notes_url(&self, resident: i64, id: i64) -> Url {
        self.url(&format!("v4/residents/{resident}/help-requests/{id}/case-notes"))
    }
}
