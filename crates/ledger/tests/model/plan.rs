//! What happens, step by step: drawn at random, and shrunk to what is needed to go wrong.

use proptest::collection::vec;
use proptest::prelude::*;

/// One of the actors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Splitter(usize),
    Poster(usize),
    Reporter(usize),
    Sweep(usize),
}

/// How many actors there are of each kind.
pub(crate) const SPLITTERS: usize = 2;
pub(crate) const POSTERS: usize = 4;
pub(crate) const REPORTERS: usize = 2;
pub(crate) const SWEEPS: usize = 2;

/// Which way an actor goes on: its last digit (of eight) says how, the rest with what. 7 is the good way.
pub(crate) type Choice = u8;

/// What happens next.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// An actor makes one call of the ledger, or of the API.
    Goes { who: Who, choice: Choice, fault: Fault },
    /// An actor dies between two calls, and holds what it held until that expires.
    Dies(Who),
    /// Time passes, in seconds.
    Waits(i64),
    /// Calls that were on their way when their callers died arrive.
    LateArrivals,
    /// The queue loses a message.
    Loses(Choice),
}

/// What goes wrong within one call of the ledger, at one of the calls that it makes of DynamoDB.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    None,
    At {
        call: usize,
        kind: Kind,
    },
    /// Somebody else goes on while a call of DynamoDB is on its way.
    Meanwhile {
        call: usize,
        who: Who,
        choice: Choice,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Throttled,
    Conflict,
    AnswerLost,
    DiesBefore,
    DiesAfter,
    /// The caller dies, and the call arrives later.
    Late,
}

/// A whole story, of files that are split already or not.
pub(crate) fn steps(is_split: bool) -> impl Strategy<Value = Vec<Step>> {
    vec(step(is_split), 20..60)
}

fn step(is_split: bool) -> impl Strategy<Value = Step> {
    prop_oneof![
        24 => (who(is_split), choice(), fault()).prop_map(|(who, choice, fault)| Step::Goes { who, choice, fault }),
        1 => who(is_split).prop_map(Step::Dies),
        3 => prop_oneof![Just(20), Just(300), Just(901)].prop_map(Step::Waits),
        1 => Just(Step::LateArrivals),
        1 => any::<Choice>().prop_map(Step::Loses),
    ]
}

fn who(is_split: bool) -> impl Strategy<Value = Who> {
    let splitters = if is_split { 0 } else { 12 };
    prop_oneof![
        12 => (0..POSTERS).prop_map(Who::Poster),
        splitters => (0..SPLITTERS).prop_map(Who::Splitter),
        3 => (0..REPORTERS).prop_map(Who::Reporter),
        3 => (0..SWEEPS).prop_map(Who::Sweep),
    ]
}

/// The good way as often as not.
fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![any::<Choice>(), any::<Choice>().prop_map(|choice| choice | 7)]
}

fn fault() -> impl Strategy<Value = Fault> {
    let kind = proptest::sample::select(vec![
        Kind::Throttled,
        Kind::Conflict,
        Kind::AnswerLost,
        Kind::DiesBefore,
        Kind::DiesAfter,
        Kind::Late,
    ]);
    prop_oneof![
        4 => Just(Fault::None),
        2 => (0usize..4, kind).prop_map(|(call, kind)| Fault::At { call, kind }),
        2 => (0usize..4, who(false), choice()).prop_map(|(call, who, choice)| Fault::Meanwhile { call, who, choice }),
    ]
}
