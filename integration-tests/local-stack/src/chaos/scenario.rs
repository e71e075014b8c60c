//! Which weather it is: everything at once, or one thing alone.

use clap::ValueEnum;
use serde_json::{Value, json};

/// Which weather it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Everything that can go wrong, by turns and at once.
    #[default]
    Everything,
    /// The API refuses the key, and nothing else goes wrong.
    WrongKey,
    /// The API cannot be reached, and nothing else goes wrong.
    Outage,
    /// A poster is killed in the middle of a row, a hundred times; nothing else goes wrong.
    Kills,
    /// One call in a hundred goes wrong, at the API and at AWS.
    Light,
}

impl Scenario {
    /// The API's faults where they are the same all the time; none where they change.
    pub(super) fn api(self) -> Option<Value> {
        match self {
            Self::Everything => None,
            Self::WrongKey => Some(json!([{ "answer": "403" }])),
            Self::Outage => Some(json!([{ "answer": "503", "probability": 0.5 }, { "answer": "closed" }])),
            Self::Kills => Some(json!([])),
            Self::Light => Some(json!([
                { "answer": "closed", "after": "everything", "probability": 0.0025 },
                { "answer": "text-400", "after": "resident", "probability": 0.0025 },
                { "answer": "500", "probability": 0.0025 },
                { "answer": "429", "retry_after": 1, "probability": 0.0025 },
            ])),
        }
    }

    /// How much of AWS's usual share of faults there is.
    pub(super) fn aws(self) -> f64 {
        match self {
            Self::Everything => 1.0,
            // Of every call 4.5 % meet a fault usually.
            Self::Light => 0.01 / 0.045,
            Self::WrongKey | Self::Outage | Self::Kills => 0.0,
        }
    }

    /// How many posters die at a call.
    pub(super) fn deaths(self) -> usize {
        match self {
            Self::Kills => 100,
            _ => 0,
        }
    }

    /// True if posting must pause.
    pub fn must_pause(self) -> bool {
        matches!(self, Self::WrongKey | Self::Outage)
    }
}
