//! Everything that is said to the API for one row. Each step looks at what is there first, so that the whole may be
//! done again after any failure, by this poster or by another one.

use feeds::{AddressStep, Feed, Held, HelpRequest, Note, Outcome, Person, Post, Settlement};
use here_to_help::{Class, Conversation, Error, HelpRequestReply, Kind, has_other_letters};
use ledger::{ClaimedRow, Clock, DeliveryProgress, Leases};

use crate::accents;
use crate::begun::Begun;
use crate::looking::{Looked, can_be_found_again, look_for};
use crate::older;
use crate::stopped::{Sent, Stopped};

/// How often one invocation begins again after a failure that left open whether the API did what it was asked.
const ROUNDS: u32 = 3;
/// Said in the summary of a row that is older than what the API has.
const OLDER: &str = "older than a row that was sent already: only what identifies the resident was sent";
/// Said in the summary of a row whose request is there, under somebody whom the API takes for the same person.
const JOINED: &str = "Here to Help has joined this person with another one (the same name, and one of phone, e-mail or UPRN): check whose request this is, and part the two there";

/// The class of a row whose id's request stands under another person: for the operators' lists.
const ANOTHER_PERSON: &str = "another-person";

/// One row's conversation with the API.
pub(crate) struct Posting<'a> {
    api: Conversation<'a>,
    feed: &'static Feed,
    row: &'a mut ClaimedRow,
    leases: &'a mut Leases,
    others_begun: Vec<Begun>,
    post: Post,
    clock: &'a Clock,
    /// Set once the request is known.
    request_id: Option<i64>,
    /// What is known of a POST whose answer was lost, by this claim or an earlier one: look before posting again.
    posted: Sent,
    /// The step that was begun last.
    begun: Option<Write>,
    /// The last look: this step failed and is not made again, only looked for.
    sought: Option<(Write, Error)>,
    warnings: Vec<String>,
}

/// A step that writes at the API.
#[derive(PartialEq, Eq)]
enum Write {
    Request,
    Address,
    FollowUp,
    Note { request: i64, text: String },
}

impl<'a> Posting<'a> {
    /// Ready to begin. The request carries the row, so that a lost answer can be looked up.
    pub(crate) fn new(
        api: Conversation<'a>,
        feed: &'static Feed,
        row: &'a mut ClaimedRow,
        leases: &'a mut Leases,
        others_begun: Vec<Begun>,
        mut post: Post,
        clock: &'a Clock,
    ) -> Self {
        post.request.metadata.insert("ingestion_row".to_owned(), row.id.to_string().into());
        let request_id = row.record.delivery.help_request_id;
        let is_lost = row.record.may_have_been_sent && request_id.is_none();
        Self {
            api,
            feed,
            row,
            leases,
            others_begun,
            post,
            clock,
            request_id,
            posted: if is_lost { Sent::Unknown } else { Sent::Nothing },
            begun: None,
            sought: None,
            warnings: Vec::new(),
        }
    }

    /// Posts the row, and begins again where the API answered that it failed and may have done part of it.
    pub(crate) async fn run(&mut self) -> Result<Settlement, Stopped> {
        let mut round = 1;
        loop {
            match self.once().await {
                Err(Stopped::Api { error, .. })
                    if round < ROUNDS && error.may_have_been_applied() && error.is_answered() =>
                {
                    round += 1;
                }
                Err(stopped) => {
                    self.leave_word(&stopped).await;
                    return Err(stopped);
                }
                settled => return settled,
            }
        }
    }

    /// Before the row is given up: looks whether the step that failed was done after all, and goes on from there.
    pub(crate) async fn look_once_more(&mut self, stopped: Stopped) -> Result<Settlement, Stopped> {
        let ended = self.go_on_from_what_is_there(stopped).await;
        if let Err(stopped) = &ended {
            self.leave_word(stopped).await;
        }
        ended
    }

    async fn go_on_from_what_is_there(&mut self, mut stopped: Stopped) -> Result<Settlement, Stopped> {
        loop {
            self.sought = match (stopped, self.begun.take()) {
                (Stopped::Api { error, .. }, Some(write)) if error.may_have_been_applied() => Some((write, error)),
                (stopped, _) => return Err(stopped),
            };
            let ended = self.once().await;
            stopped = match (ended, self.sought.take()) {
                (Ok(settlement), _) => return Ok(settlement),
                (Err(not_there), None) => return Err(not_there),
                // What was sought is there. A later step failed: it is sought next.
                (Err(Stopped::Api { error, sent, request }), Some(_)) if error.may_have_been_applied() => {
                    Stopped::Api { error, sent, request }
                }
                (Err(stopped), Some((Write::Request, _))) if self.request_id.is_some() => return Err(stopped),
                (Err(Stopped::CannotTell), Some((_, error))) if error.is_answered() => return Err(Stopped::CannotTell),
                // The look may be made later.
                (Err(Stopped::Api { error, request, .. }), Some(_))
                    if matches!(error.kind(), Kind::NoTime | Kind::Busy) =>
                {
                    return Err(Stopped::Api { error, sent: Sent::Unknown, request });
                }
                // The look itself failed.
                (Err(_), Some((_, error))) => {
                    return Err(Stopped::Api { error, sent: Sent::Unknown, request: self.request_id });
                }
            };
        }
    }

    /// Before each step that writes. The one that is sought is not made again: it would be done by now, and is not.
    fn begin(&mut self, write: Write) -> Result<(), Stopped> {
        let Some((_, error)) = self.sought.take_if(|(sought, _)| *sought == write) else {
            self.begun = Some(write);
            return Ok(());
        };
        let was_looked_for = write != Write::Request || self.posted == Sent::NotThere;
        let sent = if was_looked_for && error.is_answered() { Sent::NotThere } else { Sent::Unknown };
        Err(Stopped::Api { error, sent, request: self.request_id })
    }

    /// Leaves word for whoever goes on: with this row, or with another one of the same resident.
    async fn leave_word(&mut self, stopped: &Stopped) {
        if !self.row.record.may_have_been_sent && !stopped.may_have_been_sent() {
            self.leases.nothing_was_applied();
        }
        self.note_request(stopped).await;
    }

    /// Notes the request for the next claim, which then need not look for it. One that is not there (any more) is
    /// forgotten.
    async fn note_request(&mut self, stopped: &Stopped) {
        let is_gone = matches!(stopped, Stopped::Api { error, .. } if error.class() == Class::NotFound);
        let noted = &self.row.record.delivery;
        let known = DeliveryProgress { help_request_id: self.request_id.filter(|_| !is_gone), ..noted.clone() };
        if known == *noted {
            return;
        }
        if let Err(error) = self.row.note_progress(known.clone()).await {
            tracing::warn!(%error, "the request is not noted: the next claim looks for it");
        }
        // If the row settles now, it is written with that.
        self.row.record.delivery = known;
    }

    async fn once(&mut self) -> Result<Settlement, Stopped> {
        self.warnings = self.row.record.warnings.clone();
        let newer = self.newer_of_the_same_resident().await?;
        let request_id = match self.request_id {
            Some(id) => id,
            None => self.find_or_create(newer.as_ref()).await?,
        };
        let reply = self.api.help_request(request_id).await.map_err(|error| self.api_error(error))?;
        let made_here = reply.ingestion_row() == Some(self.row.id.to_string().as_str());
        match feeds::whose(&self.post.request, &reply.held) {
            Person::Another if !made_here => {
                let settlement = self.settlement(Outcome::Failed, &reply);
                return Ok(settlement.because(feeds::ANOTHER_PERSON, OWN_ID).of_class(ANOTHER_PERSON));
            }
            // The request is this row's all the same. The resident is somebody else by now: nothing that stands there is written over.
            Person::Another => self.warn(Some(JOINED)),
            person => {
                self.warn(person.warning());
                self.leases.remember_row(reply.resident_id, reply.id, self.row.applied()).await?;
                if newer.is_some() {
                    self.warn(Some(OLDER));
                } else {
                    self.address(&reply).await?;
                }
            }
        }
        self.notes(&reply).await?;
        let follow_up = self.follow_up(&reply).await?;
        if self.may_be_there_twice(&reply, made_here) {
            let warning = accents::warning(&self.post.request, &reply, &self.api).await;
            self.warn(warning);
        }
        let outcome = if made_here { Outcome::Created } else { Outcome::AlreadyKnown };
        Ok(Settlement { follow_up_id: follow_up, ..self.settlement(outcome, &reply) })
    }

    /// A request of the same resident whose row is newer than this one: remembered, or begun and found.
    async fn newer_of_the_same_resident(&self) -> Result<Option<HelpRequestReply>, Stopped> {
        let own = self.row.applied();
        for known in self.leases.residents().values().filter(|known| known.newest > own) {
            match self.api.help_request(known.help_request_id).await {
                Ok(reply) if self.is_of_the_same_resident(&reply) => return Ok(Some(reply)),
                Ok(_) => {}
                Err(error) if error.class() == Class::NotFound => {}
                Err(error) => return Err(self.api_error(error)),
            }
        }
        for begun in self.others_begun.iter().filter(|begun| begun.is_newer) {
            let found = begun.find(&self.api).await.map_err(|error| self.api_error(error))?;
            if let Some(reply) = found.filter(|reply| self.is_of_the_same_resident(reply)) {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }

    /// People may share a name and so a lease: the API says who it is.
    fn is_of_the_same_resident(&self, reply: &HelpRequestReply) -> bool {
        feeds::whose(&self.post.request, &reply.held) != Person::Another
    }

    /// Whether a POST of this row may have made a resident who was there, if the API did not find them by name: not where its
    /// only POST made the request and no other resident of these identities is known.
    fn may_be_there_twice(&self, reply: &HelpRequestReply, made_here: bool) -> bool {
        let by_names = self.post.request.nhs_number.is_none();
        let posted_once = made_here && !self.row.record.delivery.posted_again;
        by_names && !posted_once || self.leases.residents().keys().any(|resident| *resident != reply.resident_id)
    }

    async fn find_or_create(&mut self, newer: Option<&HelpRequestReply>) -> Result<i64, Stopped> {
        if self.posted != Sent::Nothing {
            self.posted = match self.look(newer).await? {
                Looked::Found(request) => return Ok(self.is_known(request.id)),
                _ if !can_be_found_again(&self.post) => return Err(Stopped::CannotTell),
                Looked::NotThere => Sent::NotThere,
                Looked::Impossible => Sent::Unknown,
            };
        }
        self.nobody_else_may_have_made_the_resident().await?;
        self.begin(Write::Request)?;
        if self.posted != Sent::Nothing && has_other_letters(&self.post.request) {
            let delivery = self.row.record.delivery.clone();
            self.row.note_progress(DeliveryProgress { posted_again: true, ..delivery }).await?;
        }
        let created = match newer {
            Some(newer) => self.api.create(&older::identifying(&self.post.request, &newer.held)).await,
            None => self.api.create(&self.post.request).await,
        };
        match created {
            Ok(id) => Ok(self.is_known(id)),
            Err(error) => {
                if error.may_have_been_applied() {
                    self.posted = Sent::Unknown;
                }
                Err(self.api_error(error))
            }
        }
    }

    /// A resident whom the API does not find again was perhaps made by another row of the same id, whose request is not there.
    async fn nobody_else_may_have_made_the_resident(&self) -> Result<(), Stopped> {
        for begun in self.others_begun.iter().filter(|begun| begun.may_have_made_the_resident) {
            if begun.find(&self.api).await.map_err(|error| self.api_error(error))?.is_none() {
                return Err(Stopped::CannotTell);
            }
        }
        Ok(())
    }

    /// The row's request is this one: no answer to its POST is lost any more.
    fn is_known(&mut self, request: i64) -> i64 {
        self.posted = Sent::Nothing;
        *self.request_id.insert(request)
    }

    /// Looks for the request that a POST made whose answer was lost: under the row's names, and under those of a newer
    /// row, which an older one leaves as they are.
    async fn look(&self, newer: Option<&HelpRequestReply>) -> Result<Looked, Stopped> {
        let renamed = newer.map(|newer| renamed(&self.post.request, &newer.held));
        let under = [&self.post.request].into_iter().chain(&renamed);
        look_for(&self.row.id, under, &self.api).await.map_err(|error| self.api_error(error))
    }

    async fn address(&mut self, reply: &HelpRequestReply) -> Result<(), Stopped> {
        let Some(address) = self.post.address.clone() else { return Ok(()) };
        let sent_before = self.leases.address_sent(reply.resident_id, self.feed);
        let step = feeds::address_step(&address, &reply.held, sent_before);
        if let AddressStep::Patch { block, .. } = &step {
            self.begin(Write::Address)?;
            self.api.patch_address(reply.id, block).await.map_err(|error| self.api_error(error))?;
        }
        let fingerprint = address.fingerprint();
        self.warn(step.warning());
        self.leases.remember_address(reply.resident_id, self.feed, &fingerprint).await?;
        Ok(())
    }

    async fn notes(&mut self, reply: &HelpRequestReply) -> Result<(), Stopped> {
        if self.post.notes.is_empty() {
            return Ok(());
        }
        let there = self
            .api
            .notes_of(reply.resident_id, reply.id, reply.case_notes.as_deref())
            .await
            .map_err(|error| self.api_error(error))?;
        let missing: Vec<Note> = feeds::missing_notes(&self.post.notes, &there).into_iter().cloned().collect();
        for note in missing {
            self.add_note(reply.resident_id, reply.id, &note).await?;
        }
        Ok(())
    }

    /// Makes the follow-up request once: where the resident has none of its kind, or goes on with the one that an
    /// earlier attempt of this row made. A.6 carries no metadata, so that there was none before is written down: one
    /// without metadata that is there later is ours.
    async fn follow_up(&mut self, reply: &HelpRequestReply) -> Result<Option<i64>, Stopped> {
        let Some(follow_up) = self.post.follow_up.clone() else { return Ok(None) };
        let resident = reply.resident_id;
        let kind = &follow_up.request.help_needed;
        let there = self.api.resident_requests(resident, kind).await.map_err(|error| self.api_error(error))?;
        let nobodys = there.is_empty();
        let begun = self.row.record.delivery.follow_up_started;
        let own = there.into_iter().find(|request| begun && request.metadata.is_empty());
        let (id, notes) = match own {
            None if !nobodys => return Ok(None),
            Some(request) => {
                let notes = self.api.notes_of(resident, request.id, request.case_notes.as_deref()).await;
                (request.id, notes.map_err(|error| self.api_error(error))?)
            }
            None => {
                self.begin(Write::FollowUp)?;
                let delivery = self.row.record.delivery.clone();
                self.row.note_progress(DeliveryProgress { follow_up_started: true, ..delivery }).await?;
                let made = self.api.follow_up(resident, &follow_up.request).await;
                (made.map_err(|error| self.api_error(error))?, Vec::new())
            }
        };
        if !notes.contains(&follow_up.note.note) {
            self.add_note(resident, id, &follow_up.note).await?;
        }
        Ok(Some(id))
    }

    async fn add_note(&mut self, resident: i64, request: i64, note: &Note) -> Result<(), Stopped> {
        self.begin(Write::Note { request, text: note.note.clone() })?;
        let now = (self.clock)();
        self.api.add_note(resident, request, note, now).await.map_err(|error| self.api_error(error))
    }

    fn warn(&mut self, warning: Option<&str>) {
        self.warnings.extend(warning.map(ToOwned::to_owned));
    }

    fn api_error(&self, error: Error) -> Stopped {
        let sent = if error.may_have_been_applied() { Sent::Unknown } else { self.posted };
        Stopped::Api { error, sent, request: self.request_id }
    }

    /// The row ends so; what was learnt on the way goes with it.
    fn settlement(&mut self, outcome: Outcome, reply: &HelpRequestReply) -> Settlement {
        self.row.record.warnings = std::mem::take(&mut self.warnings);
        self.row.record.delivery.help_request_id = Some(reply.id);
        Settlement { resident_id: Some(reply.resident_id), ..Settlement::new(outcome) }
    }
}

const OWN_ID: &str = "check in Here to Help whose request this is; correct the id in the sheet and drop the row again, or correct the person in Here to Help";

/// The request under the names that the API holds.
fn renamed(request: &HelpRequest, held: &Held) -> HelpRequest {
    HelpRequest { first_name: held.first_name.clone(), last_name: held.last_name.clone(), ..request.clone() }
}
