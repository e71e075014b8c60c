//! Decides which faults strike a call: the same seed, the same decisions.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{
    call::Call,
    faults::{After, Answer, Faults, Latency, Rule},
    folding::name_key,
    incoming::Incoming,
    strike::Strike,
};

/// The faults in force, what is left of each, and how often each struck.
#[derive(Default)]
pub(super) struct Dice {
    faults: Faults,
    struck: Vec<u64>,
    calls_seen: HashMap<u64, u64>,
}

/// The fate of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) latency: Duration,
    pub(super) strike: Option<Strike>,
}

impl Dice {
    pub(super) fn new(faults: Faults) -> Self {
        Self { struck: vec![0; faults.rules.len()], faults, calls_seen: HashMap::new() }
    }

    pub(super) const fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(super) fn struck(&self) -> &[u64] {
        &self.struck
    }

    pub(super) fn throw(&mut self, asked: &Incoming) -> Decision {
        let mut decision = Decision::default();
        if self.faults.rules.is_empty() {
            return decision;
        }
        let call = self.name_call(asked);
        for (place, rule) in self.faults.rules.iter().enumerate() {
            let used_up = rule.next.is_some_and(|next| self.struck[place] >= next);
            if used_up || (decision.strike.is_some() && rule.answer.is_some()) || !rule.means(asked) {
                continue;
            }
            let mut die = StdRng::seed_from_u64(hash(&(self.faults.seed, place, call)));
            if die.random::<f64>() >= rule.probability.unwrap_or(1.0) {
                continue;
            }
            self.struck[place] += 1;
            decision.latency += rule.latency_ms.map_or(Duration::ZERO, |latency| latency.draw(&mut die));
            decision.strike = decision.strike.or_else(|| rule.strike());
        }
        decision
    }

    /// A number for this call that does not depend on when other calls arrive: which call it is, whose, and the how
    /// many-th of its kind.
    fn name_call(&mut self, asked: &Incoming) -> u64 {
        let kind = match &asked.correlation {
            Some(correlation) => hash(&(asked.call, correlation)),
            None => hash(&(asked.call, &asked.query, &asked.body)),
        };
        let times = self.calls_seen.entry(kind).or_default();
        *times += 1;
        hash(&(kind, *times))
    }
}

impl Rule {
    /// True if the rule is about this call, and the call can end as it says.
    fn means(&self, asked: &Incoming) -> bool {
        self.answer.is_none_or(|answer| can_end(asked.call, answer, self.after))
            && (self.calls.is_empty() || self.calls.contains(&asked.call))
            && self.name.as_ref().is_none_or(|name| asked.name().contains(&name_key(name)))
            && self.correlation.as_ref().is_none_or(|wanted| {
                asked
                    .correlation
                    .as_ref()
                    .is_some_and(|id| id == wanted || (wanted.ends_with('/') && id.starts_with(wanted.as_str())))
            })
    }

    fn strike(&self) -> Option<Strike> {
        self.answer.map(|answer| Strike { answer, after: self.after, retry_after: self.retry_after })
    }
}

impl Latency {
    fn draw(self, die: &mut StdRng) -> Duration {
        Duration::from_millis(match self {
            Self::Fixed(ms) => ms,
            Self::Between(from, to) => die.random_range(from..=to),
        })
    }
}

/// True if a call can end so: a step that it does not have cannot be its last, and only the two calls that catch every
/// exception answer it with a text.
const fn can_end(call: Call, answer: Answer, after: After) -> bool {
    let has_answer = match answer {
        Answer::Text400 => matches!(call, Call::Create | Call::Patch),
        Answer::Object400 => call.has_body(),
        _ => true,
    };
    let has_step = match after {
        After::Nothing | After::Everything => true,
        After::Resident => matches!(call, Call::Create | Call::Patch),
        After::HelpRequest => matches!(call, Call::Create | Call::Patch | Call::FollowUp),
        After::Note => matches!(call, Call::Create | Call::Patch | Call::AddNote),
    };
    has_answer && has_step
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
