//! The steps of a delivery. Each looks at what is there, and does what is missing.

use here_to_help::{Class, HelpRequestReply, has_other_letters};
use ledger::DeliveryProgress;
use wire::{Held, HelpRequest, Note};

use crate::failure::{Cause, WriteState};
use crate::row::delivery::{RowDelivery, Stopped, WriteStep};
use crate::row::looking::{Looked, can_be_found_again, look_for};
use crate::row::reconcile::{self, AddressStep};

impl RowDelivery<'_> {
    /// The row's request, found or made.
    pub(super) async fn ensure_help_request(
        &mut self,
        newer: Option<&HelpRequestReply>,
    ) -> Result<HelpRequestReply, Stopped> {
        let id = match self.help_request_id {
            Some(id) => id,
            None => {
                let id = self.find_or_create(newer).await?;
                // No answer to its POST is lost any more.
                self.posted = WriteState::NotSent;
                *self.help_request_id.insert(id)
            }
        };
        Ok(self.api.help_request(id).await?)
    }

    async fn find_or_create(&mut self, newer: Option<&HelpRequestReply>) -> Result<i64, Stopped> {
        if self.posted != WriteState::NotSent {
            self.posted = match self.look(newer).await? {
                Looked::Found(request) => return Ok(request.id),
                _ if !can_be_found_again(&self.post.request) => return Err(Cause::CannotTell.into()),
                Looked::NotThere => WriteState::ConfirmedAbsent,
                Looked::Impossible => WriteState::Unknown,
            };
        }
        self.nobody_else_may_have_made_the_resident().await?;
        self.begin(WriteStep::Request)?;
        if self.posted != WriteState::NotSent && has_other_letters(&self.post.request) {
            let delivery = self.row.record.delivery.clone();
            self.row.note_progress(DeliveryProgress { posted_again: true, ..delivery }).await?;
        }
        let created = match newer {
            Some(newer) => self.api.create(&wire::identifying(&self.post.request, &newer.held)).await,
            None => self.api.create(&self.post.request).await,
        };
        if created.as_ref().is_err_and(here_to_help::Error::may_have_been_applied) {
            self.posted = WriteState::Unknown;
        }
        Ok(created?)
    }

    /// Looks for the request that a POST made whose answer was lost: under the row's names, and under those of a newer
    /// row, which an older one leaves as they are.
    async fn look(&self, newer: Option<&HelpRequestReply>) -> Result<Looked, Stopped> {
        let renamed = newer.map(|newer| renamed(&self.post.request, &newer.held));
        let under = [&self.post.request].into_iter().chain(&renamed);
        Ok(look_for(&self.row.id, under, &self.api).await?)
    }

    /// A resident whom the API does not find again was perhaps made by another row of the same id, whose request is not there.
    async fn nobody_else_may_have_made_the_resident(&self) -> Result<(), Stopped> {
        for other in self.in_doubt.iter().filter(|other| other.may_have_made_the_resident) {
            if other.find(&self.api).await?.is_none() {
                return Err(Cause::CannotTell.into());
            }
        }
        Ok(())
    }

    /// The address, where the API has none or an older one.
    pub(super) async fn ensure_address(&mut self, reply: &HelpRequestReply) -> Result<(), Stopped> {
        let Some(address) = self.post.address.clone() else { return Ok(()) };
        let sent_before = self.leases.address_sent(reply.resident_id, self.feed);
        let step = reconcile::address_step(&address, &reply.held.address, sent_before);
        if let AddressStep::Patch { block, .. } = &step {
            self.begin(WriteStep::Address)?;
            self.api.patch_address(reply.id, block).await?;
        }
        self.warn(step.warning());
        self.leases.remember_address(reply.resident_id, self.feed, &reconcile::fingerprint(&address)).await?;
        Ok(())
    }

    /// The notes that are not there yet.
    pub(super) async fn ensure_notes(&mut self, reply: &HelpRequestReply) -> Result<(), Stopped> {
        if self.post.notes.is_empty() {
            return Ok(());
        }
        let there = self.api.notes_of(reply.resident_id, reply.id, reply.case_notes.as_deref()).await?;
        let missing: Vec<Note> = reconcile::missing_notes(&self.post.notes, &there).into_iter().cloned().collect();
        for note in missing {
            self.add_note(reply.resident_id, reply.id, &note).await?;
        }
        Ok(())
    }

    /// The follow-up request, once: where the resident has none of its kind, or goes on with the one that an earlier attempt of
    /// this row made. A.6 carries no metadata, so that there was none before is written down: one without metadata that is there
    /// later is ours.
    pub(super) async fn ensure_follow_up(&mut self, reply: &HelpRequestReply) -> Result<Option<i64>, Stopped> {
        let Some(follow_up) = self.post.follow_up.clone() else { return Ok(None) };
        let resident = reply.resident_id;
        let there = self.api.resident_requests(resident, &follow_up.request.help_needed).await?;
        let is_anybodys = !there.is_empty();
        let was_started = self.row.record.delivery.follow_up_started;
        let own = there.into_iter().find(|request| was_started && request.metadata.is_empty());
        let (id, notes) = match own {
            None if is_anybodys => return Ok(None),
            Some(request) => {
                let notes = self.api.notes_of(resident, request.id, request.case_notes.as_deref()).await?;
                (request.id, notes)
            }
            None => {
                self.begin(WriteStep::FollowUp)?;
                let delivery = self.row.record.delivery.clone();
                self.row.note_progress(DeliveryProgress { follow_up_started: true, ..delivery }).await?;
                (self.api.follow_up(resident, &follow_up.request).await?, Vec::new())
            }
        };
        if !notes.contains(&follow_up.note.note) {
            self.add_note(resident, id, &follow_up.note).await?;
        }
        Ok(Some(id))
    }

    async fn add_note(&mut self, resident: i64, request: i64, note: &Note) -> Result<(), Stopped> {
        self.begin(WriteStep::Note { request, text: note.note.clone() })?;
        let now = (self.clock)();
        Ok(self.api.add_note(resident, request, note, now).await?)
    }

    /// A request of the same resident whose row is newer than this one: remembered, or in doubt and found.
    pub(super) async fn newer_of_the_same_resident(&self) -> Result<Option<HelpRequestReply>, Stopped> {
        let own = self.row.version();
        for known in self.leases.residents().values().filter(|known| known.newest > own) {
            match self.api.help_request(known.help_request_id).await {
                Ok(reply) if self.is_of_the_same_resident(&reply) => return Ok(Some(reply)),
                Ok(_) => {}
                Err(error) if error.class() == Class::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        for other in self.in_doubt.iter().filter(|other| other.is_newer) {
            let found = other.find(&self.api).await?;
            if let Some(reply) = found.filter(|reply| self.is_of_the_same_resident(reply)) {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }

    /// People may share a name and so a lease: the API says who it is.
    fn is_of_the_same_resident(&self, reply: &HelpRequestReply) -> bool {
        reconcile::whose(&self.post.request, &reply.held) != reconcile::Person::Another
    }
}

/// The request under the names that the API holds.
fn renamed(request: &HelpRequest, held: &Held) -> HelpRequest {
    HelpRequest { first_name: held.first_name.clone(), last_name: held.last_name.clone(), ..request.clone() }
}
