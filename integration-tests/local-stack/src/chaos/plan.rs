//! The plan of a seed: what goes wrong, when and where. Pure.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Serialize;
use simulators::desk::Correction;
use simulators::google::Fault;
use simulators::{google, here_to_help};

use super::scenario::Scenario;
use crate::proxy::{Call, Fate, Refusal, Service};

/// The plan of faults of a seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// The events, in order. The last one is that all goes well again.
    pub timeline: Vec<Event>,
    /// Calls at which their caller is killed.
    pub deaths: Vec<Death>,
    /// How much of AWS's usual share of faults there is: 0 for none, 1 for all.
    pub aws: f64,
}

/// Something that happens at a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Since the beginning.
    pub at: Duration,
    /// The happening.
    pub what: Happening,
}

/// A thing that happens.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Happening {
    /// A sheet is dropped: by its place among the sheets.
    Drop(usize),
    /// The API has other faults from now on.
    Api(here_to_help::Faults),
    /// Google has other faults from now on.
    Google(Box<google::Faults>),
    /// A process of a function is killed: which, if several run.
    Kill {
        /// The function.
        function: &'static str,
        /// Counted round among those that run.
        which: usize,
    },
    /// Staff correct something of somebody of whom a row has settled, where there is such a one.
    Staff {
        /// What they correct.
        correction: Correction,
        /// Of whom: counted round among those people.
        which: usize,
    },
    /// All goes well from now on.
    Calm,
}

/// A process that is killed at a call that it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Death {
    /// The function.
    pub function: &'static str,
    /// The service that it calls.
    pub service: Service,
    /// The operation, as in [`Call`].
    pub operation: &'static str,
    /// At which of the function's calls of it, counted from 1.
    pub number: u64,
    /// The call is made before.
    pub after: bool,
}

/// A place where a function dies badly, and how many of its calls there are for each 100 rows at least.
type CrashPoint = (&'static str, Service, &'static str, u64);

/// A splitter in the middle of a chunk, between the chunk and its checkpoint, and while it enqueues.
const SPLITTER: [CrashPoint; 3] = [
    ("splitter", Service::Aws, "BatchWriteItem", 8),
    ("splitter", Service::Aws, "UpdateItem", 12),
    ("splitter", Service::Aws, "SendMessageBatch", 8),
];
/// A poster around a POST, a PATCH and a GET, and around claim and settle.
const POSTER: [CrashPoint; 5] = [
    ("poster", Service::HereToHelp, "POST", 80),
    ("poster", Service::HereToHelp, "PATCH", 20),
    ("poster", Service::HereToHelp, "GET", 80),
    ("poster", Service::Aws, "UpdateItem", 80),
    ("poster", Service::Aws, "TransactWriteItems", 60),
];
/// A reporter between create and fill, in the middle of an upload, and around its claim and the ids that it notes.
const REPORTER: [CrashPoint; 3] = [
    ("reporter", Service::Google, "POST", 0),
    ("reporter", Service::Google, "PUT", 0),
    ("reporter", Service::Aws, "UpdateItem", 0),
];
/// Summaries do not grow with the rows: this many calls there are however few rows.
const REPORTERS_CALLS: u64 = 12;

impl Plan {
    /// The plan of a seed for this many rows in this many sheets; all goes well again when `weather` is over.
    pub fn new(scenario: Scenario, seed: u64, rows: usize, sheets: usize, weather: Duration) -> Self {
        let Some(api) = scenario.api() else { return Self::everything(seed, rows, sheets, weather) };
        let mut timeline: Vec<Event> =
            (0..sheets).map(|sheet| Event { at: Duration::ZERO, what: Happening::Drop(sheet) }).collect();
        // Not at once: rows are on their way when it begins.
        timeline.extend(api_event(weather.mul_f64(0.02), seed, &api));
        timeline.extend(staff(seed, weather));
        timeline.extend(staff(seed, weather));
        timeline.push(Event { at: weather, what: Happening::Calm });
        timeline.sort_by_key(|event| event.at);
        Self { seed, timeline, deaths: deaths_of_posters(seed, rows, scenario.deaths()), aws: scenario.aws() }
    }

    fn everything(seed: u64, rows: usize, sheets: usize, weather: Duration) -> Self {
        let mut rng = StdRng::seed_from_u64(seed ^ 0x00c4_a05c_4a05);
        let mut timeline = vec![Event { at: Duration::ZERO, what: Happening::Google(Box::new(google_faults(seed))) }];
        timeline.extend(spells(seed, weather));
        // The sheets come early, for one whose splitter dies waits a minute for its lease to expire.
        for sheet in 0..sheets {
            timeline.push(Event { at: weather.mul_f64(rng.random_range(0.0..0.4)), what: Happening::Drop(sheet) });
        }
        // Beside those that die at a call.
        let minutes = weather.as_secs_f64() / 60.0;
        for (function, a_minute) in [("splitter", 1.0), ("poster", 5.0), ("reporter", 2.0)] {
            for _ in 0..(a_minute * minutes).ceil() as usize {
                let what = Happening::Kill { function, which: rng.random_range(0..1000) };
                timeline.push(Event { at: weather.mul_f64(rng.random_range(0.05..0.98)), what });
            }
        }
        timeline.extend(staff(seed, weather));
        timeline.push(Event { at: weather, what: Happening::Calm });
        timeline.sort_by_key(|event| event.at);
        let mut deaths = Vec::new();
        for (function, service, operation, per_hundred) in SPLITTER.into_iter().chain(POSTER).chain(REPORTER) {
            let calls = if per_hundred == 0 { REPORTERS_CALLS } else { (per_hundred * rows as u64 / 100).max(3) };
            // A poster dies both ways at each of its places, the others one way.
            let ways = if function == "poster" { vec![false, true] } else { vec![rng.random()] };
            deaths.extend(ways.into_iter().map(|after| {
                let number = rng.random_range(1..=calls);
                Death { function, service, operation, number, after }
            }));
        }
        Self { seed, timeline, deaths, aws: 1.0 }
    }

    /// The fate of a function's call, the `number`th of its kind (from 1).
    pub fn fate(&self, call: &Call, number: u64) -> Fate {
        let dies = |death: &&Death| {
            let at = (death.function, death.service, death.operation, death.number);
            at == (call.function, call.service, call.operation.as_str(), number)
        };
        if let Some(death) = self.deaths.iter().find(dies) {
            return if death.after { Fate::KilledAfter } else { Fate::KilledBefore };
        }
        if call.service != Service::Aws {
            return Fate::Pass;
        }
        let mut hasher = DefaultHasher::new();
        (self.seed, call, number).hash(&mut hasher);
        let mut left: f64 = StdRng::seed_from_u64(hasher.finish()).random();
        // By nothing: no fault.
        left /= self.aws;
        let shares = SHARES.iter().filter(|(operation, _, _)| operation.is_none_or(|name| name == call.operation));
        for (_, share, fate) in shares {
            left -= share;
            if left < 0.0 {
                return *fate;
            }
        }
        Fate::Pass
    }
}

/// Which share of the calls of an operation (of all, where none is named) meets a fate.
const SHARES: [(Option<&str>, f64, Fate); 10] = [
    (None, 0.02, Fate::Refused(Refusal::Throttled)),
    (None, 0.01, Fate::Refused(Refusal::ServerError)),
    (None, 0.015, Fate::AnswerLost),
    (Some("TransactWriteItems"), 0.05, Fate::Refused(Refusal::Conflict)),
    (Some("BatchWriteItem"), 0.1, Fate::InPart),
    (Some("BatchGetItem"), 0.05, Fate::InPart),
    (Some("SendMessageBatch"), 0.1, Fate::InPart),
    (Some("SendMessageBatch"), 0.1, Fate::Twice),
    (Some("SendMessageBatch"), 0.2, Fate::Shuffled),
    (Some("SendMessage"), 0.02, Fate::Twice),
];

/// The API's faults over time: bad weather, an outage, bad weather, a wrong key, bad weather.
fn spells(seed: u64, weather: Duration) -> Vec<Event> {
    let storm = serde_json::json!([
        { "answer": "closed", "after": "everything", "probability": 0.06 },
        { "answer": "502", "after": "resident", "probability": 0.02 },
        { "answer": "502", "after": "help-request", "probability": 0.02 },
        { "answer": "504", "after": "everything", "probability": 0.01 },
        { "answer": "text-400", "after": "resident", "probability": 0.02 },
        { "answer": "text-400", "after": "help-request", "probability": 0.01 },
        { "answer": "text-400", "probability": 0.03 },
        { "answer": "500", "probability": 0.05 },
        { "answer": "429", "retry_after": 1, "probability": 0.04 },
        { "latency_ms": [0, 40] },
        { "latency_ms": [1000, 4000], "probability": 0.02 },
    ]);
    let outage = serde_json::json!([{ "answer": "503", "probability": 0.5 }, { "answer": "closed" }]);
    let wrong_key = serde_json::json!([{ "answer": "403" }]);
    [(0.0, &storm), (0.4, &outage), (0.5, &storm), (0.65, &wrong_key), (0.72, &storm)]
        .into_iter()
        .enumerate()
        .filter_map(|(spell, (share, rules))| api_event(weather.mul_f64(share), seed.wrapping_add(spell as u64), rules))
        .collect()
}

/// How often staff make each kind of correction.
const CORRECTIONS: usize = 3;

/// Staff at work, from when the first rows have settled.
fn staff(seed: u64, weather: Duration) -> Vec<Event> {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x00c4_a05d_e5c0);
    let corrections = Correction::ALL.into_iter().cycle().take(CORRECTIONS * Correction::ALL.len());
    corrections
        .map(|correction| Event {
            at: weather.mul_f64(rng.random_range(0.1..0.98)),
            what: Happening::Staff { correction, which: rng.random_range(0..1000) },
        })
        .collect()
}

fn api_event(at: Duration, seed: u64, rules: &serde_json::Value) -> Option<Event> {
    let faults = serde_json::json!({ "seed": seed, "rules": rules });
    Some(Event { at, what: Happening::Api(serde_json::from_value(faults).ok()?) })
}

/// So many deaths of posters, spread over their calls, no two at the same call.
fn deaths_of_posters(seed: u64, rows: usize, deaths: usize) -> Vec<Death> {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x00c4_a05d_ead0);
    let calls: Vec<(usize, u64)> = POSTER
        .iter()
        .enumerate()
        .filter(|(_, (_, _, operation, _))| *operation != "PATCH")
        .flat_map(|(place, (.., per_hundred))| (1..=per_hundred * rows as u64 / 100).map(move |number| (place, number)))
        .collect();
    let places = rand::seq::index::sample(&mut rng, calls.len(), deaths.min(calls.len()));
    let death = |(place, number): (usize, u64)| {
        let (function, service, operation, _) = POSTER[place];
        Death { function, service, operation, number, after: rng.random() }
    };
    places.into_iter().map(|place| calls[place]).map(death).collect()
}

fn google_faults(seed: u64) -> google::Faults {
    let share = [
        (Fault::UserRateLimitExceeded, 0.04),
        (Fault::TooManyRequests, 0.03),
        (Fault::InternalError, 0.03),
        (Fault::Unavailable, 0.03),
        (Fault::ExpiredToken, 0.02),
        (Fault::AnswerLost, 0.03),
        (Fault::IncompleteSearch, 0.05),
        (Fault::HalfDownload, 0.2),
        (Fault::UploadCut, 0.2),
    ];
    google::Faults { seed, share: share.into(), latency_ms: [0, 20], ..google::Faults::default() }
}

#[cfg(test)]
mod tests;
