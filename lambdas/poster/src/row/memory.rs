//! What the leases remember of a row's request and person, and what the row adds.

use std::collections::BTreeSet;
use std::mem;

use feeds::{Feed, Post};
use here_to_help::{Class, Conversation, Error, HelpRequestReply};
use ledger::{Field, Fingerprint, FollowUpMemory, HashKey, Leases, RequestMemory, ResidentMemory, RowVersion, Sent};
use wire::{HelpRequest, share_a_key};

use crate::row::reconcile::{RowAddress, Subject, Values, values_of_row};

/// A row beside what is remembered of its person.
pub(super) struct Memory<'a> {
    pub(super) key: &'a HashKey,
    pub(super) leases: &'a mut Leases,
    pub(super) subject: Subject,
    pub(super) address: Option<RowAddress>,
    pub(super) feed: &'static Feed,
    own: RowVersion,
    /// Requests that are remembered and were not there.
    gone: BTreeSet<i64>,
}

/// Whom the API holds, as far as the row's person is remembered.
pub(super) enum KnownPerson {
    /// One of their requests, as it stands.
    Seen(Box<HelpRequestReply>),
    /// None of their requests is there any more; we wrote their NHS number, or not.
    Unseen { by_number: bool },
}

impl<'a> Memory<'a> {
    pub(super) fn new(
        key: &'a HashKey,
        leases: &'a mut Leases,
        feed: &'static Feed,
        own: RowVersion,
        post: &Post,
    ) -> Self {
        let address = RowAddress::of(&post.request, post.address.as_ref());
        let subject = Subject::new(key, &post.request, values_of_row(key, &post.request, address.as_ref()));
        Self { key, leases, subject, address, feed, own, gone: BTreeSet::new() }
    }

    /// The row's request, where it is remembered and there. One may be gone, or another one by now (ids come again in a restored
    /// database).
    pub(super) async fn request(
        &mut self,
        sent: &HelpRequest,
        api: &Conversation<'_>,
    ) -> Result<Option<HelpRequestReply>, Error> {
        let Some((id, request)) = self.subject.request_of(self.residents()) else { return Ok(None) };
        let request = request.clone();
        self.look(id, &request, sent, api).await
    }

    /// The row's person, where they are remembered by what the API knows them by.
    pub(super) async fn person(
        &mut self,
        sent: &HelpRequest,
        api: &Conversation<'_>,
    ) -> Result<Option<KnownPerson>, Error> {
        let mut known: Vec<_> = self
            .residents()
            .filter_map(|(id, memory)| Some((self.subject.is_known_as(memory)?, id, memory.clone())))
            .collect();
        known.sort_by(|(rank, _, one), (other_rank, _, other)| {
            rank.cmp(other_rank).then(other.newest().cmp(&one.newest()))
        });
        for (.., memory) in &known {
            let mut requests: Vec<_> = memory.requests.iter().collect();
            requests.sort_by(|(_, one), (_, other)| other.by.cmp(&one.by));
            for (id, request) in requests {
                if let Some(reply) = self.look(*id, request, sent, api).await? {
                    return Ok(Some(KnownPerson::Seen(Box::new(reply))));
                }
            }
        }
        Ok(known.first().map(|(.., memory)| KnownPerson::Unseen { by_number: self.wrote_number(memory) }))
    }

    /// The row's NHS number is the one that we wrote.
    fn wrote_number(&self, memory: &ResidentMemory) -> bool {
        let number = self.subject.values.get(&Field::NhsNumber);
        number.is_some() && memory.written(Field::NhsNumber) == number
    }

    async fn look(
        &mut self,
        id: i64,
        request: &RequestMemory,
        sent: &HelpRequest,
        api: &Conversation<'_>,
    ) -> Result<Option<HelpRequestReply>, Error> {
        if self.gone.contains(&id) {
            return Ok(None);
        }
        match api.help_request(id).await {
            Ok(reply) if self.carries(&reply, request, sent) => return Ok(Some(reply)),
            Ok(_) => {}
            Err(error) if error.class() == Class::NotFound => {}
            Err(error) => return Err(error),
        }
        tracing::info!(help_request_id = id, "a request that was remembered is not there any more");
        self.gone.insert(id);
        Ok(None)
    }

    /// Forgets the requests that were not there, and one that had this one's number, now that the row's own is: until then the
    /// person is known by their names too.
    pub(super) fn forget_gone_requests(&mut self, own: &HelpRequestReply, sent: &HelpRequest) {
        let gone = mem::take(&mut self.gone);
        let is_gone =
            |id: &i64, request: &RequestMemory| gone.contains(id) || *id == own.id && !self.carries(own, request, sent);
        let mut changed = Vec::new();
        for (resident, memory) in self.residents() {
            let mut left = memory.clone();
            left.requests.retain(|id, request| !is_gone(id, request));
            if left != *memory {
                changed.push((resident, left));
            }
        }
        changed.into_iter().for_each(|(resident, left)| self.leases.remember(resident, left));
    }

    /// True if it is the request that is remembered: the row that made it tells, or its key where none did.
    fn carries(&self, reply: &HelpRequestReply, request: &RequestMemory, sent: &HelpRequest) -> bool {
        match &request.ingestion_row {
            Some(row) => self.ingestion_row(reply).as_ref() == Some(row),
            None => {
                let (metadata, nhs_ctas_id) = (reply.metadata.clone(), reply.nhs_ctas_id.clone());
                share_a_key(&HelpRequest { metadata, nhs_ctas_id, ..HelpRequest::default() }, sent)
            }
        }
    }

    fn ingestion_row(&self, reply: &HelpRequestReply) -> Option<Fingerprint> {
        reply.ingestion_row().map(|row| self.key.fingerprint("row", row))
    }

    /// The memory of the resident whom a request shows, and of the request. Staff may have moved it from another one: what was
    /// sent to that one goes along.
    pub(super) fn of(&self, reply: &HelpRequestReply) -> (ResidentMemory, Option<RequestMemory>) {
        let there = self.leases.residents().get(&reply.resident_id).cloned().unwrap_or_default();
        let remembered = self.residents().find(|(_, memory)| memory.requests.contains_key(&reply.id));
        let Some((resident, before)) = remembered else { return (there, None) };
        let request = before.requests.get(&reply.id).cloned();
        if resident == reply.resident_id {
            return (there, request);
        }
        let mut moved = before.clone();
        moved.requests.retain(|id, _| *id == reply.id);
        moved.merge(there);
        (moved, request)
    }

    /// True if this very request is remembered.
    pub(super) fn is_remembered(&self, reply: &HelpRequestReply, sent: &HelpRequest) -> bool {
        let mut remembered = self.residents().filter_map(|(_, memory)| memory.requests.get(&reply.id));
        remembered.any(|request| self.carries(reply, request, sent))
    }

    /// True if the row's person is remembered so; it is asked with whether we wrote the row's NHS number.
    pub(super) fn knows_person(&self, so: impl Fn(&ResidentMemory, bool) -> bool) -> bool {
        self.persons(so).next().is_some()
    }

    /// Forgets the row's person where they are remembered so.
    pub(super) fn forget_person(&mut self, so: impl Fn(&ResidentMemory, bool) -> bool) {
        let gone: Vec<i64> = self.persons(so).collect();
        gone.into_iter().for_each(|id| self.leases.forget(id));
    }

    fn persons(&self, so: impl Fn(&ResidentMemory, bool) -> bool) -> impl Iterator<Item = i64> {
        let known = self.residents().filter(|(_, memory)| self.subject.is_known_as(memory).is_some());
        known.filter(move |(_, memory)| so(memory, self.wrote_number(memory))).map(|(id, _)| id)
    }

    /// The row was accepted on this request.
    pub(super) fn accept(&mut self, reply: &HelpRequestReply, memory: ResidentMemory, sent: &HelpRequest) {
        let moved: Vec<i64> = self
            .residents()
            .filter(|(id, other)| *id != reply.resident_id && other.requests.contains_key(&reply.id))
            .map(|(id, _)| id)
            .collect();
        moved.into_iter().for_each(|id| self.change(id, |other| drop(other.requests.remove(&reply.id))));
        self.leases.remember(reply.resident_id, memory);
        let (by, key) = (self.own.clone(), self.subject.request_key.clone());
        let (ingestion_row, accepted) = (self.ingestion_row(reply), self.subject.accepted());
        let callback_required = sent.callback_required == Some(true);
        self.change(reply.resident_id, |memory| {
            let known = memory.requests.remove(&reply.id);
            // What an older row says of the person and the call is no news.
            let older = known.clone().filter(|known| known.by > by);
            let (notes, follow_up) = known.map(|known| (known.notes, known.follow_up)).unwrap_or_default();
            let new = RequestMemory { by, key, ingestion_row, accepted, notes, follow_up, callback_required };
            memory.requests.insert(reply.id, older.unwrap_or(new));
        });
    }

    /// These values of the row were seen and left.
    pub(super) fn left(&mut self, resident: i64, fields: &[Field]) {
        let (feed, sent) = (self.feed.name(), self.sent(fields));
        self.change(resident, |memory| {
            sent.into_iter().for_each(|(field, sent)| memory.remember_sent(feed, field, sent));
        });
    }

    /// These values of the row stand there because of us, in this form.
    pub(super) fn ours(&mut self, resident: i64, fields: &[(Field, Fingerprint)]) {
        let (feed, by) = (self.feed.name(), self.own.clone());
        let sent = self.sent(&fields.iter().map(|(field, _)| *field).collect::<Vec<_>>());
        self.change(resident, |memory| {
            sent.into_iter().for_each(|(field, sent)| memory.remember_sent(feed, field, sent));
            for (field, value) in fields {
                memory.remember_written(*field, value.clone(), by.clone());
            }
        });
    }

    fn sent(&self, fields: &[Field]) -> Vec<(Field, Sent)> {
        let values: &Values = &self.subject.values;
        let sent = |field: &Field| Some((*field, Sent::new(values.get(field)?.clone(), self.own.clone())));
        fields.iter().filter_map(sent).collect()
    }

    /// A note's fingerprint, as it is remembered.
    pub(super) fn note(&self, text: &str) -> Fingerprint {
        self.key.fingerprint("note", text)
    }

    /// The note is there, or was sent.
    pub(super) fn noted(&mut self, reply: &HelpRequestReply, text: &str) {
        let note = self.note(text);
        self.change_request(reply, |request| {
            request.notes.insert(note);
        });
    }

    pub(super) fn followed_up(&mut self, reply: &HelpRequestReply, made: FollowUpMemory) {
        self.change_request(reply, |request| request.follow_up = Some(made));
    }

    /// The request as it is remembered now.
    pub(super) fn remembered(&self, reply: &HelpRequestReply) -> Option<&RequestMemory> {
        self.leases.residents().get(&reply.resident_id)?.requests.get(&reply.id)
    }

    fn change_request(&mut self, reply: &HelpRequestReply, change: impl FnOnce(&mut RequestMemory)) {
        self.change(reply.resident_id, |memory| {
            if let Some(request) = memory.requests.get_mut(&reply.id) {
                change(request);
            }
        });
    }

    fn change(&mut self, resident: i64, change: impl FnOnce(&mut ResidentMemory)) {
        let mut memory = self.leases.residents().get(&resident).cloned().unwrap_or_default();
        change(&mut memory);
        self.leases.remember(resident, memory);
    }

    pub(super) fn residents(&self) -> impl Iterator<Item = (i64, &ResidentMemory)> {
        self.leases.residents().iter().map(|(id, memory)| (*id, memory))
    }
}
