//! The rows queue and its posters: what fails comes back, what waits is sent again, and time passes while nobody has anything to do.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use ledger::BreakerState;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;

use super::Row;
use crate::stage::{RECEIVES, Stage, long, pointer};

/// How many posters there are.
const POSTERS: usize = 10;
/// How many messages one takes at once.
const BATCH: usize = 3;

pub(crate) struct Queue<'a> {
    stage: &'a Stage,
    rng: RefCell<StdRng>,
    messages: RefCell<Vec<Message>>,
    under_way: Cell<usize>,
}

struct Message {
    body: String,
    receives: u32,
    visible_at: DateTime<Utc>,
}

impl<'a> Queue<'a> {
    pub(crate) fn new(stage: &'a Stage, seed: u64, rows: &[Row]) -> Self {
        let now = (stage.poster.clock)();
        let message = |row: &Row| Message { body: pointer(&row.run, row.number), receives: 0, visible_at: now };
        let messages = RefCell::new(rows.iter().map(message).collect());
        Self { stage, rng: RefCell::new(StdRng::seed_from_u64(seed)), messages, under_way: Cell::new(0) }
    }

    /// Delivers until no message is left.
    pub(crate) async fn drain(&self) {
        join_all((0..POSTERS).map(|_| self.post())).await;
    }

    async fn post(&self) {
        loop {
            let batch = self.receive();
            if !batch.is_empty() {
                self.under_way.set(self.under_way.get() + 1);
                self.deliver(batch).await;
                self.under_way.set(self.under_way.get() - 1);
            } else if self.under_way.get() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            } else if self.messages.borrow().is_empty() {
                return;
            } else {
                self.wait().await;
            }
        }
    }

    /// Some of those that can be seen, in any order.
    fn receive(&self) -> Vec<Message> {
        let (now, mut messages) = ((self.stage.poster.clock)(), self.messages.borrow_mut());
        let mut batch = Vec::new();
        while batch.len() < BATCH {
            let visible: Vec<usize> = (0..messages.len()).filter(|place| messages[*place].visible_at <= now).collect();
            if visible.is_empty() {
                break;
            }
            let place = visible[self.rng.borrow_mut().random_range(0..visible.len())];
            batch.push(messages.swap_remove(place));
        }
        batch
    }

    async fn deliver(&self, batch: Vec<Message>) {
        let delivered: Vec<(&str, u32)> =
            batch.iter().map(|message| (message.body.as_str(), message.receives + 1)).collect();
        let kept = self.stage.deliver(&delivered).await;
        let (now, mut messages) = ((self.stage.poster.clock)(), self.messages.borrow_mut());
        for (body, delay) in self.stage.take_sent() {
            messages.push(Message { body, receives: 0, visible_at: now + TimeDelta::seconds(delay) });
        }
        for (place, message) in batch.into_iter().enumerate() {
            let receives = message.receives + 1;
            if kept.contains(&place) && receives < RECEIVES {
                let visible_at = now + TimeDelta::seconds(60 * i64::from(receives));
                messages.push(Message { receives, visible_at, ..message });
            }
        }
    }

    /// Until the next message can be seen. Meanwhile the schedule looks after a pause.
    async fn wait(&self) {
        let next = self.messages.borrow().iter().map(|message| message.visible_at).min();
        let left = next.map_or(TimeDelta::zero(), |next| next - (self.stage.poster.clock)());
        self.stage.pass(left.max(TimeDelta::zero()) + TimeDelta::seconds(1));
        if self.stage.ledger.breaker().await.expect("a circuit breaker").state != BreakerState::Closed {
            self.stage.poster.handle(json!({"probe": true}), long()).await.expect("probed");
        }
    }
}
