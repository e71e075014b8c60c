//! Posters: claim, lease, look, send, settle or give back, release.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use feeds::{Outcome, Settlement};
use ledger::{
    ClaimedRow, DeliveryProgress, Error, GiveBack, HashKey, LeaseGrant, LeaseKey, Leases, ResidentMemory, RowClaim,
    RowId,
};

use crate::api::{Post, resident_of};
use crate::plan::Choice;
use crate::table::{Table, remembered_as};
use crate::world::{World, is_redriven, pick};

/// How far a poster has come.
#[derive(Default)]
pub(crate) enum Poster {
    #[default]
    Idle,
    /// In the middle of a call.
    Busy,
    Claimed(Mine),
    /// With its leases: looks next, and before it posts again.
    Leased(Mine, Leases),
    /// About to post.
    Ready(Mine, Leases, Post),
    /// Posted, and the answer was lost.
    NotAnswered(Mine, Leases),
    Answered(Mine, Leases, Outcome),
    /// Its leases are given back, with what is to be remembered.
    Remembered(Mine, End),
}

/// How a row's turn ends.
pub(crate) enum End {
    Settled(Outcome),
    GivenBack(GiveBack),
}

/// A row, and the token of its claim.
pub(crate) struct Mine {
    row: ClaimedRow,
    token: String,
}

impl Poster {
    pub(crate) fn until(&self) -> Option<DateTime<Utc>> {
        self.mine().map(|mine| mine.row.until())
    }

    /// The row that it has claimed.
    pub(crate) fn row(&self) -> Option<&RowId> {
        self.mine().map(|mine| &mine.row.id)
    }

    fn mine(&self) -> Option<&Mine> {
        match self {
            Self::Claimed(mine)
            | Self::Leased(mine, _)
            | Self::Ready(mine, ..)
            | Self::NotAnswered(mine, _)
            | Self::Answered(mine, ..)
            | Self::Remembered(mine, _) => Some(mine),
            Self::Idle | Self::Busy => None,
        }
    }
}

/// The identities of a row: its resident's, and one that it shares with rows of others.
fn identities(row: &RowId) -> [LeaseKey; 2] {
    let key = HashKey::new(&"key".into());
    [key.lease("nhs", &resident_of(row).to_string()), key.lease("names", &(row.row % 3).to_string())]
}

/// The leases are given back, with what they remember, before the row settles.
async fn released(mine: Mine, leases: Leases, end: End) -> Result<Poster, Error> {
    leases.release().await?;
    Ok(Poster::Remembered(mine, end))
}

impl World {
    /// One step of a poster.
    pub(crate) async fn post(&self, number: usize, choice: Choice) -> Result<(), Error> {
        let how = choice % 8;
        let next = match self.posters[number].replace(Poster::Busy) {
            Poster::Busy => return Ok(()),
            Poster::Idle => self.claim(choice).await?,
            Poster::Claimed(mine) => match how {
                0 => self.give_back(mine, GiveBack::Untouched).await?,
                1 => self.settle(mine, Settlement::new(Outcome::DeadLettered)).await?,
                _ => self.lease(mine).await?,
            },
            Poster::Leased(mine, leases) => match how {
                0 => {
                    let end = End::GivenBack(GiveBack::Failed { error_class: "retry".to_owned() });
                    released(mine, leases, end).await?
                }
                _ => self.look(mine, leases),
            },
            Poster::Ready(mine, leases, post) => self.send(mine, leases, post, how),
            Poster::NotAnswered(mine, leases) => match how {
                0 | 1 => {
                    let end = End::GivenBack(GiveBack::MayHaveBeenSent { error_class: "retry".to_owned() });
                    released(mine, leases, end).await?
                }
                2 | 3 => {
                    let outcome = if how == 2 { Outcome::Uncertain } else { Outcome::DeadLettered };
                    let mut mine = mine;
                    mine.row.record.may_have_been_sent = true;
                    released(mine, leases, End::Settled(outcome)).await?
                }
                _ => self.look_again(mine, leases),
            },
            Poster::Answered(mine, leases, outcome) => match how {
                0..=2 => self.remember(mine, leases, outcome).await?,
                _ => released(mine, leases, End::Settled(outcome)).await?,
            },
            Poster::Remembered(mine, End::Settled(outcome)) => self.settle(mine, Settlement::new(outcome)).await?,
            Poster::Remembered(mine, End::GivenBack(how)) => self.give_back(mine, how).await?,
        };
        self.posters[number].replace(next);
        Ok(())
    }

    /// Takes a message.
    async fn claim(&self, choice: Choice) -> Result<Poster, Error> {
        let (messages, table) = (self.messages(), self.table.borrow().rows.clone());
        let Some(id) = pick(&messages, choice) else { return Ok(Poster::Idle) };
        let run = self.run(&id.run).await?;
        let until = self.fixture.until();
        let claim = self.fixture.ledger.claim_row(&run, id.row, until).await?;
        let seen = &table[id];
        let is_held = seen.claim.is_some() && seen.claim_until > Some(self.now().timestamp_millis());
        let is_done = seen.outcome.is_some_and(|outcome| !is_redriven(outcome));
        let expected = if is_done {
            "settled"
        } else if is_held {
            "held"
        } else {
            "mine"
        };
        let is_expected =
            |answer: &str| assert!(!self.is_alone.get() || answer == expected, "{id}: {answer}, {expected}");
        match claim {
            RowClaim::Mine(row) => {
                is_expected("mine");
                assert!(
                    row.record.may_have_been_sent || seen.claim.is_none() || !self.is_alone.get(),
                    "{id}: taken over unseen"
                );
                let token = self.is_given(self.fixture.row_item(&run, id.row).await.remove("claim").map(text));
                Ok(Poster::Claimed(Mine { row: *row, token }))
            }
            RowClaim::Held { until } => {
                is_expected("held");
                assert!(self.now() < until, "{id} is held by an owner whose time is up");
                Ok(Poster::Idle)
            }
            RowClaim::Settled(_) => {
                is_expected("settled");
                self.queue.borrow_mut().remove(id);
                Ok(Poster::Idle)
            }
            RowClaim::Gone | RowClaim::Unknown => panic!("{id} is gone"),
        }
    }

    async fn lease(&self, mine: Mine) -> Result<Poster, Error> {
        let identities = identities(&mine.row.id);
        let grant = mine.row.lease(&identities).await?;
        self.was_in_time(mine.row.until());
        match grant {
            LeaseGrant::Granted(leases) => Ok(Poster::Leased(mine, leases)),
            LeaseGrant::Held { until } => {
                assert!(self.now() < until, "held by an owner whose time is up");
                let left = Table::read(&self.fixture).await.leases;
                let is_left = left.values().any(|lease| lease.owner.as_ref() == Some(&mine.token));
                assert!(!is_left, "{}: holds a lease though it did not get all", mine.row.id);
                let table = self.table.borrow();
                let now = Some(self.now().timestamp_millis());
                let is_held = table.leases.values().any(|lease| lease.owner.is_some() && lease.until > now);
                assert!(is_held || !self.is_alone.get(), "held by nobody");
                Ok(Poster::Claimed(mine))
            }
        }
    }

    /// All is known of the row: what was done is remembered, and its marks go.
    async fn remember(&self, mut mine: Mine, mut leases: Leases, outcome: Outcome) -> Result<Poster, Error> {
        let help_request_id = Some(mine.row.record.attempts.into());
        mine.row.note_progress(DeliveryProgress { help_request_id, ..DeliveryProgress::default() }).await?;
        leases.remember(remembered_as(&mine.row.id), ResidentMemory::default());
        leases.all_is_known();
        self.was_in_time(mine.row.until());
        Ok(Poster::Answered(mine, leases, outcome))
    }

    /// Looks before it posts, if it was told that something may have been sent.
    fn look(&self, mine: Mine, leases: Leases) -> Poster {
        match mine.row.record.may_have_been_sent {
            true => self.look_again(mine, leases),
            false => self.find(mine, leases),
        }
    }

    fn look_again(&self, mine: Mine, leases: Leases) -> Poster {
        match self.api.borrow().has(&mine.row.id) {
            true => Poster::Answered(mine, leases, Outcome::Created),
            false => self.find(mine, leases),
        }
    }

    fn find(&self, mine: Mine, leases: Leases) -> Poster {
        let post = self.api.borrow().find(&mine.row.id);
        Poster::Ready(mine, leases, post)
    }

    /// Sends, as nobody may whose time is up: then it stops.
    fn send(&self, mine: Mine, leases: Leases, post: Post, how: Choice) -> Poster {
        if mine.row.until() <= self.now() {
            return Poster::Idle;
        }
        self.is_owner(&mine);
        let mut api = self.api.borrow_mut();
        match how {
            0 => Poster::NotAnswered(mine, leases),
            1 => {
                api.insert(post);
                Poster::NotAnswered(mine, leases)
            }
            2 => Poster::Answered(mine, leases, Outcome::Failed),
            3 => {
                api.leave_on_the_way(post, mine.row.until());
                Poster::Idle
            }
            _ => {
                api.insert(post);
                Poster::Answered(mine, leases, Outcome::Created)
            }
        }
    }

    /// Who speaks to the API about a row has its claim and its leases, and nobody else. From now on they tell of it.
    fn is_owner(&self, mine: &Mine) {
        let (table, id) = (self.table.borrow(), &mine.row.id);
        let until = Some(mine.row.until().timestamp_millis());
        let row = &table.rows[id];
        assert_eq!(
            (row.claim.as_ref(), row.claim_until),
            (Some(&mine.token), until),
            "{id} is posted without its claim"
        );
        let leased = table.leases.iter().filter(|(_, lease)| lease.owner.as_ref() == Some(&mine.token));
        let leased: BTreeSet<_> =
            leased.filter(|(_, lease)| lease.until == until).map(|(key, _)| key.clone()).collect();
        assert_eq!(leased.len(), 2, "{id} is posted without its leases");
        self.api.borrow_mut().sent_under.insert(id.clone(), leased);
    }

    async fn give_back(&self, mine: Mine, how: GiveBack) -> Result<Poster, Error> {
        let until = mine.row.until();
        mine.row.give_back(how).await?;
        self.was_in_time(until);
        Ok(Poster::Idle)
    }

    async fn settle(&self, mine: Mine, settlement: Settlement) -> Result<Poster, Error> {
        let (id, until) = (mine.row.id.clone(), mine.row.until());
        mine.row.settle(settlement).await?;
        self.was_in_time(until);
        self.queue.borrow_mut().remove(&id);
        Ok(Poster::Idle)
    }
}

fn text(attribute: aws_sdk_dynamodb::types::AttributeValue) -> String {
    attribute.as_s().expect("a text").clone()
}
