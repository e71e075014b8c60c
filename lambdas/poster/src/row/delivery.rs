//! Everything that is said to the API for one row. Each step is idempotent, for it looks at what is there first: the
//! whole may be done again after any failure, by this poster or by another one.

use std::mem;

use feeds::{Outcome, Post, Settlement};
use here_to_help::{Class, Conversation, HelpRequestReply};
use ledger::{ClaimedRow, Clock, DeliveryProgress};

use crate::failure::{Cause, PostFailure, WriteState};
use crate::row::accents;
use crate::row::in_doubt::InDoubtRow;
use crate::row::memory::Memory;
use crate::row::reconcile::{self, Person, Who};

/// How often one invocation begins again after a failure that left open whether the API did what it was asked.
const ROUNDS: u32 = 3;
/// Said in the summary of a row whose request is there, under somebody whom the API takes for the same person.
const JOINED: &str = "Here to Help has joined this person with another one (the same name, and one of phone, e-mail or UPRN): check whose request this is, and part the two there";
/// Said in the summary of a row that asks for what Here to Help's request, once made, is not changed for.
const CALL: &str = "a call back is asked for now, and the request in Here to Help was made without: ask for it there";
const OWN_ID: &str = "check in Here to Help whose request this is; correct the id in the sheet and drop the row again, or correct the person in Here to Help";

/// The class of a row whose id's request stands under another person: for the operators' lists.
const ANOTHER_PERSON: &str = "another-person";

/// One row on its way to the API.
pub(crate) struct RowDelivery<'a> {
    pub(super) api: Conversation<'a>,
    pub(super) row: &'a mut ClaimedRow,
    pub(super) memory: Memory<'a>,
    pub(super) in_doubt: &'a [InDoubtRow],
    pub(super) post: Post,
    pub(super) clock: &'a Clock,
    /// Set once the request is known.
    pub(super) help_request_id: Option<i64>,
    /// A POST whose answer was lost, by this claim or an earlier one: look before posting again.
    pub(super) posted: WriteState,
    /// This claim's own POST was answered.
    pub(super) was_made_just_now: bool,
    mode: Mode,
    /// The step that was started last.
    pending_write: Option<WriteStep>,
    pub(super) warnings: Vec<String>,
}

/// How a step that writes is made.
enum Mode {
    Write,
    /// This step failed, of this cause, and is not made again: it would be there by now. All others are made.
    VerifyOnly(WriteStep, Cause),
}

/// A step that writes at the API.
#[derive(PartialEq, Eq)]
pub(super) enum WriteStep {
    Request,
    Patch,
    FollowUp,
    Note { request: i64, text: String },
}

/// Why the steps did not come to their end.
pub(super) enum Stopped {
    By(Cause),
    /// The step that is only verified is not there; this it failed of.
    Absent(Cause, WriteState),
}

impl<E: Into<Cause>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::By(error.into())
    }
}

impl<'a> RowDelivery<'a> {
    /// Ready to begin. The request carries the row, so that a lost answer can be looked up.
    pub(super) fn new(
        api: Conversation<'a>,
        row: &'a mut ClaimedRow,
        memory: Memory<'a>,
        in_doubt: &'a [InDoubtRow],
        mut post: Post,
        clock: &'a Clock,
    ) -> Self {
        post.request.metadata.insert("ingestion_row".to_owned(), row.id.to_string().into());
        let help_request_id = row.record.delivery.help_request_id;
        let is_lost = row.record.may_have_been_sent && help_request_id.is_none();
        let warnings = row.record.warnings.clone();
        Self {
            api,
            row,
            memory,
            in_doubt,
            post,
            clock,
            help_request_id,
            posted: if is_lost { WriteState::Unknown } else { WriteState::NotSent },
            was_made_just_now: false,
            mode: Mode::Write,
            pending_write: None,
            warnings,
        }
    }

    /// Posts the row, and begins again where the API answered that it failed and may have done part of it.
    pub(super) async fn write(&mut self) -> Result<Settlement, PostFailure> {
        let mut round = 1;
        loop {
            let failure = match self.steps().await {
                Ok(settlement) => return Ok(settlement),
                Err(stopped) => self.failure(stopped),
            };
            if round == ROUNDS || !failure.cause.may_have_been_applied() || !failure.cause.is_answered() {
                self.leave_word(&failure).await;
                return Err(failure);
            }
            round += 1;
        }
    }

    /// Before the row is given up: looks whether the step that failed was done after all, and goes on from there.
    pub(super) async fn verify(&mut self, failure: PostFailure) -> Result<Settlement, PostFailure> {
        let is_on_its_way = failure.may_be_on_its_way;
        let mut verified = self.go_on_from_what_is_there(failure).await;
        if let Err(failure) = &mut verified {
            failure.may_be_on_its_way |= is_on_its_way;
            self.leave_word(failure).await;
        }
        verified
    }

    async fn go_on_from_what_is_there(&mut self, mut failure: PostFailure) -> Result<Settlement, PostFailure> {
        loop {
            self.mode = match self.pending_write.take() {
                Some(step) if failure.cause.may_have_been_applied() => Mode::VerifyOnly(step, failure.cause),
                _ => return Err(failure),
            };
            let stopped = match self.steps().await {
                Ok(settlement) => return Ok(settlement),
                Err(stopped) => stopped,
            };
            let (cause, sought, of) = match (stopped, mem::replace(&mut self.mode, Mode::Write)) {
                (Stopped::By(cause), Mode::VerifyOnly(sought, of)) => (cause, sought, of),
                (absent, _) => return Err(self.failure(absent)),
            };
            // What was sought is there, and a later step failed: it is sought next.
            if cause.may_have_been_applied() {
                failure = self.failure(Stopped::By(cause));
                continue;
            }
            let is_found = sought == WriteStep::Request && self.help_request_id.is_some();
            if is_found || matches!(cause, Cause::CannotTell) && of.is_answered() {
                return Err(self.failure(Stopped::By(cause)));
            }
            // The look may be made later; or it failed itself.
            let cause = if cause.is_for_time() || cause.is_for_the_pace() { cause } else { of };
            return Err(PostFailure::new(cause, WriteState::Unknown, self.help_request_id));
        }
    }

    fn failure(&self, stopped: Stopped) -> PostFailure {
        let (cause, write) = match stopped {
            Stopped::Absent(cause, write) => (cause, write),
            Stopped::By(cause) => {
                let surely_not = matches!(&cause, Cause::Api(error) if !error.may_have_been_applied());
                (cause, if surely_not { self.posted } else { WriteState::Unknown })
            }
        };
        PostFailure::new(cause, write, self.help_request_id)
    }

    /// Before each step that writes. The one that is only verified would be done by now, and is not.
    pub(super) fn begin(&mut self, step: WriteStep) -> Result<(), Stopped> {
        match mem::replace(&mut self.mode, Mode::Write) {
            Mode::VerifyOnly(sought, cause) if sought == step => {
                let was_looked_for = step != WriteStep::Request || self.posted == WriteState::ConfirmedAbsent;
                let is_absent = was_looked_for && cause.is_answered();
                let write = if is_absent { WriteState::ConfirmedAbsent } else { WriteState::Unknown };
                Err(Stopped::Absent(cause, write))
            }
            mode => {
                self.mode = mode;
                self.pending_write = Some(step);
                Ok(())
            }
        }
    }

    /// The steps, from what is there.
    async fn steps(&mut self) -> Result<Settlement, Stopped> {
        let reply = self.ensure_help_request().await?;
        let (memory, request) = self.memory.of(&reply);
        let is_own = self.is_own(&reply);
        let subject = &self.memory.subject;
        let accepted = request.filter(|request| subject.was_accepted(request, &memory));
        let person = subject.whose_now(self.memory.key, &reply.held, &memory, accepted.as_ref());
        if person == Person::Another && !is_own && accepted.is_none() && !self.was_made_for_the_same(&reply) {
            let settlement = self.settlement(Outcome::Failed, &reply);
            self.memory.leases.all_is_known();
            return Ok(settlement.because(reconcile::ANOTHER_PERSON, OWN_ID).of_class(ANOTHER_PERSON));
        }
        if self.post.request.callback_required == Some(true)
            && accepted.is_some_and(|request| !request.callback_required)
        {
            self.warn([CALL]);
        }
        self.memory.accept(&reply, memory.clone(), &self.post.request);
        if person == Person::Another {
            // The request is this row's all the same. The resident is somebody else by now: nothing that stands there is written over.
            self.warn([JOINED]);
        } else {
            self.warn(person.warning());
            self.ensure_fields(&reply, &memory).await?;
        }
        self.ensure_notes(&reply).await?;
        let follow_up_id = self.ensure_follow_up(&reply).await?;
        if self.may_be_there_twice(&reply, is_own) {
            let warning = accents::warning(&self.post.request, &reply, &self.api).await;
            self.warn(warning);
        }
        self.row.note_warnings(&self.warnings).await?;
        self.memory.leases.all_is_known();
        let outcome = if is_own { Outcome::Created } else { Outcome::AlreadyKnown };
        Ok(Settlement { follow_up_id, ..self.settlement(outcome, &reply) })
    }

    /// True if this row made the request.
    pub(super) fn is_own(&self, reply: &HelpRequestReply) -> bool {
        reply.ingestion_row() == Some(self.row.id.to_string().as_str())
    }

    /// True if a row in doubt made the request, and for the person of this row: it was not yet remembered who was accepted on it.
    fn was_made_for_the_same(&self, reply: &HelpRequestReply) -> bool {
        let made = |other: &&InDoubtRow| {
            other.is_of_the_person && reply.ingestion_row() == Some(other.id.to_string().as_str())
        };
        let mut who = self.in_doubt.iter().filter(made).map(|other| Who::sent(&other.request));
        who.any(|who| reconcile::whose(&self.memory.subject.who, &who) != Person::Another)
    }

    /// A POST of this row may have made a resident who was there, if the API did not find them by name: not where its
    /// only POST made the request and no other resident of these identities is known.
    fn may_be_there_twice(&self, reply: &HelpRequestReply, made_here: bool) -> bool {
        let by_names = self.post.request.nhs_number.is_none();
        let posted_once = made_here && !self.row.record.delivery.posted_again;
        by_names && !posted_once || self.memory.residents().any(|(resident, _)| resident != reply.resident_id)
    }

    /// Leaves word for whoever goes on: with this row, or with another one of the same resident.
    async fn leave_word(&mut self, failure: &PostFailure) {
        if !self.row.record.may_have_been_sent && !failure.may_have_been_sent() {
            self.memory.leases.all_is_known();
        }
        // A request that is not there (any more) is forgotten.
        let is_gone = failure.cause.api().is_some_and(|error| error.class() == Class::NotFound);
        if let Err(error) = self.row.note_warnings(&self.warnings).await {
            tracing::warn!(%error, "the warnings are not noted");
        }
        let noted = &self.row.record.delivery;
        let known = DeliveryProgress { help_request_id: self.help_request_id.filter(|_| !is_gone), ..noted.clone() };
        if known == *noted {
            return;
        }
        if let Err(error) = self.row.note_progress(known.clone()).await {
            tracing::warn!(%error, "the request is not noted: the next claim looks for it");
        }
        // If the row settles now, it is written with that.
        self.row.record.delivery = known;
    }

    /// Says something of the row, once: also where an earlier attempt said it.
    pub(super) fn warn<'w>(&mut self, warnings: impl IntoIterator<Item = &'w str>) {
        for warning in warnings {
            if !self.warnings.iter().any(|said| said == warning) {
                self.warnings.push(warning.to_owned());
            }
        }
    }

    /// The row ends so; what was learnt on the way goes with it.
    fn settlement(&mut self, outcome: Outcome, reply: &HelpRequestReply) -> Settlement {
        self.row.record.delivery.help_request_id = Some(reply.id);
        Settlement { resident_id: Some(reply.resident_id), ..Settlement::new(outcome) }
    }
}
