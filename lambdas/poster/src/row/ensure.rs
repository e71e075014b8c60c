//! The steps of a delivery. Each looks at what is there, and does what is missing.

use here_to_help::{Error, HelpRequestReply, Kind, Operation, has_other_letters, note_texts, stored_note};
use ledger::{DeliveryProgress, Field, FollowUpMemory, ResidentMemory};
use wire::{Held, HelpRequest, Note, as_it_stands, identifying};

use crate::failure::{Cause, WriteState};
use crate::row::delivery::{RowDelivery, Stopped, WriteStep};
use crate::row::looking::{Looked, can_be_found_again, look_for};
use crate::row::memory::KnownPerson;
use crate::row::reconcile::{self, Known};

impl RowDelivery<'_> {
    /// The row's request: known, found or made. One that is known is looked at, not posted.
    pub(super) async fn ensure_help_request(&mut self) -> Result<HelpRequestReply, Stopped> {
        let reply = match self.help_request_id {
            Some(id) => self.api.help_request(id).await?,
            None => {
                let reply = match self.memory.request(&self.post.request, &self.api).await? {
                    Some(reply) => reply,
                    None => self.find_or_create().await?,
                };
                // No answer to its POST is lost any more.
                self.posted = WriteState::NotSent;
                self.help_request_id = Some(reply.id);
                reply
            }
        };
        self.forget_who_is_gone(&reply).await?;
        self.memory.forget_gone_requests(&reply, &self.post.request);
        Ok(reply)
    }

    /// In a restored database ids come again, a resident's too: who has nothing of what is remembered, and of whose requests none
    /// is there, is a new one. So it may be after a POST just now, and where an earlier delivery noted or lost its request.
    async fn forget_who_is_gone(&mut self, reply: &HelpRequestReply) -> Result<(), Stopped> {
        let sent = &self.post.request;
        let is_gone = |memory: &ResidentMemory, by_number| is_gone(memory, &identifying(sent, by_number), &reply.held);
        if self.memory.is_remembered(reply, sent) || !self.memory.knows_person(is_gone) {
            return Ok(());
        }
        if let Some(KnownPerson::Unseen { .. }) = self.memory.person(sent, &self.api).await? {
            self.memory.forget_person(is_gone);
        }
        Ok(())
    }

    async fn find_or_create(&mut self) -> Result<HelpRequestReply, Stopped> {
        let person = self.known_person().await?;
        if self.posted != WriteState::NotSent {
            self.posted = match self.look(person.as_ref()).await? {
                Looked::Found(request) => return Ok(*request),
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
        let sent = &self.post.request;
        let created = match &person {
            Some(KnownPerson::Seen(request)) => {
                let body =
                    as_it_stands(sent, &request.held).map_err(|_| Error::new(Operation::Create, Kind::Unsendable))?;
                self.api.create_for_known(&body).await
            }
            Some(KnownPerson::Unseen { by_number }) => self.api.create_for_known(&identifying(sent, *by_number)).await,
            None => self.api.create(sent).await,
        };
        if created.as_ref().is_err_and(Error::may_have_been_applied) {
            self.posted = WriteState::Unknown;
        }
        let id = *self.help_request_id.insert(created?);
        self.was_made_just_now = true;
        Ok(self.api.help_request(id).await?)
    }

    /// The row's person: remembered, or the resident of a row of the same person that is in doubt and found. The API may know that
    /// one under another spelling, and would not find them by this row's.
    async fn known_person(&mut self) -> Result<Option<KnownPerson>, Stopped> {
        let known = self.memory.person(&self.post.request, &self.api).await?;
        if let Some(KnownPerson::Seen(_)) = known {
            return Ok(known);
        }
        for other in self.in_doubt.iter().filter(|other| other.is_of_the_person) {
            let stands_there = |reply: &HelpRequestReply| {
                let held = reconcile::Who::held(&reply.held);
                reconcile::whose(&self.memory.subject.who, &held) != reconcile::Person::Another
            };
            if let Some(reply) = other.find(&self.api).await?.filter(stands_there) {
                return Ok(Some(KnownPerson::Seen(Box::new(reply))));
            }
        }
        Ok(known)
    }

    /// Looks for the request that a POST made whose answer was lost: under the row's names, and under those that the person has
    /// in Here to Help.
    async fn look(&self, person: Option<&KnownPerson>) -> Result<Looked, Stopped> {
        let renamed = match person {
            Some(KnownPerson::Seen(request)) => Some(renamed(&self.post.request, &request.held)),
            Some(KnownPerson::Unseen { .. }) | None => None,
        };
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

    /// What the row says of the person, where that is new; and the first note of a request that was made just now, for it can
    /// have no other.
    pub(super) async fn ensure_fields(
        &mut self,
        reply: &HelpRequestReply,
        memory: &ResidentMemory,
    ) -> Result<(), Stopped> {
        let resident = reply.resident_id;
        let values = &self.memory.subject.values;
        let number = values.get(&Field::NhsNumber);
        let has_number =
            |memory: &ResidentMemory| number.is_some_and(|number| memory.was_sent(Field::NhsNumber, number));
        let own = self.row.version();
        let known = Known {
            key: self.memory.key,
            memory,
            feed: self.memory.feed.name(),
            own: &own,
            in_doubt: &self.in_doubt.iter().map(|other| &other.values).collect::<Vec<_>>(),
            has_anothers_number: self.memory.residents().any(|(id, memory)| id != resident && has_number(memory)),
        };
        let plan = reconcile::plan(&known, values, &self.post.request, self.memory.address.as_ref(), &reply.held);
        self.warn(plan.warnings.iter().map(String::as_str));
        self.memory.ours(resident, &plan.ours);
        if plan.patch.is_empty() {
            self.memory.left(resident, &plan.left);
            return Ok(());
        }
        let mut patch = plan.patch;
        let has_no_note = reply.case_notes.as_deref().and_then(note_texts).is_some_and(|notes| notes.is_empty());
        let is_new = self.was_made_just_now && self.is_own(reply) && has_no_note;
        let first_note = self.post.notes.first().filter(|_| is_new).cloned();
        if let Some(note) = &first_note {
            patch.case_notes = Some(stored_note(note, (self.clock)()));
        }
        self.begin(WriteStep::Patch)?;
        // Once it is done, nobody sees any more what it changed.
        self.row.note_warnings(&self.warnings).await?;
        self.api.patch(reply.id, &patch).await?;
        // Only now, for the patch may bring a part of what is left: a house number's postcode.
        self.memory.left(resident, &plan.left);
        self.memory.ours(resident, &plan.written);
        if let Some(note) = first_note {
            self.memory.noted(reply, &note.note);
        }
        Ok(())
    }

    /// The notes that were not sent to this request yet, and are not there.
    pub(super) async fn ensure_notes(&mut self, reply: &HelpRequestReply) -> Result<(), Stopped> {
        let was_sent = |note: &Note| {
            self.memory.remembered(reply).is_some_and(|request| request.notes.contains(&self.memory.note(&note.note)))
        };
        let new: Vec<Note> = self.post.notes.iter().filter(|note| !was_sent(note)).cloned().collect();
        if new.is_empty() {
            return Ok(());
        }
        let there = self.api.notes_of(reply.resident_id, reply.id, reply.case_notes.as_deref()).await?;
        for note in reconcile::missing_notes(&new, &there) {
            self.add_note(reply.resident_id, reply.id, note).await?;
            self.memory.noted(reply, &note.note);
        }
        new.iter().for_each(|note| self.memory.noted(reply, &note.note));
        Ok(())
    }

    /// The follow-up request, once: where the resident has none of its kind, or goes on with the one that an earlier attempt of
    /// this row made. A.6 carries no metadata, so that there was none before is written down: one without metadata that is there
    /// later is ours.
    pub(super) async fn ensure_follow_up(&mut self, reply: &HelpRequestReply) -> Result<Option<i64>, Stopped> {
        let Some(follow_up) = self.post.follow_up.clone() else { return Ok(None) };
        let was_started = self.row.record.delivery.follow_up_started;
        match self.memory.remembered(reply).and_then(|request| request.follow_up) {
            Some(FollowUpMemory::Ours(id)) => return Ok(Some(id).filter(|_| self.is_own(reply))),
            // To another row of the request, the one that this row began is another's.
            Some(FollowUpMemory::Anothers) if !was_started => return Ok(None),
            Some(FollowUpMemory::Anothers) | None => {}
        }
        let resident = reply.resident_id;
        let there = self.api.resident_requests(resident, &follow_up.request.help_needed).await?;
        let is_anybodys = !there.is_empty();
        let own = there.into_iter().find(|request| was_started && request.metadata.is_empty());
        let (id, notes) = match own {
            None if is_anybodys => {
                self.memory.followed_up(reply, FollowUpMemory::Anothers);
                return Ok(None);
            }
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
        self.memory.followed_up(reply, FollowUpMemory::Ours(id));
        Ok(Some(id))
    }

    async fn add_note(&mut self, resident: i64, request: i64, note: &Note) -> Result<(), Stopped> {
        self.begin(WriteStep::Note { request, text: note.note.clone() })?;
        let now = (self.clock)();
        Ok(self.api.add_note(resident, request, note, now).await?)
    }
}

/// True if the resident whom a POST found, or made, has nothing of what is remembered but what was just posted: the database
/// was restored, and it is a new one.
fn is_gone(memory: &ResidentMemory, posted: &HelpRequest, held: &Held) -> bool {
    let fields = [
        (Field::FirstName, &posted.first_name, &held.first_name),
        (Field::LastName, &posted.last_name, &held.last_name),
        (Field::Birthday, &posted.dob_year, &held.dob_year),
        (Field::Email, &posted.email_address, &held.email_address),
        (Field::Telephone, &posted.contact_telephone_number, &held.contact_telephone_number),
        (Field::Mobile, &posted.contact_mobile_number, &held.contact_mobile_number),
        (Field::Address, &None, &held.address.address_first_line),
    ];
    let is_blank = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let mut remembered =
        fields.into_iter().filter(|(field, posted, _)| is_blank(posted) && memory.written(*field).is_some()).peekable();
    remembered.peek().is_some() && remembered.all(|(.., held)| is_blank(held))
}

/// The request under the names that the API holds.
fn renamed(request: &HelpRequest, held: &Held) -> HelpRequest {
    HelpRequest { first_name: held.first_name.clone(), last_name: held.last_name.clone(), ..request.clone() }
}
