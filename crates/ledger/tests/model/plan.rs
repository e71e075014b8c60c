//! The story, step by step: drawn at random, and shrunk to what is needed to go wrong.

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

/// Where a story begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// With files that nobody has seen.
    Files,
    /// With runs that are posting.
    Queue,
    /// With runs of which almost everything has settled, some of it as dead letters.
    Reports,
}

/// Which way an actor goes on: its last digit (of eight) says how, the rest with what. 7 is the good way.
pub(crate) type Choice = u8;

/// The next thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// An actor makes one call of the ledger, or of the API, in which something may go wrong, after some good steps.
    Goes { who: Who, after: usize, choice: Choice, fault: Fault },
    /// An actor and its twin go on the same way, in turn.
    Both { who: Who, choice: Choice, steps: usize },
    /// An actor dies of a call that is on its way still when its twin takes over, after some good steps.
    Overtaken { who: Who, after: usize, choice: Choice },
    /// An actor dies between two calls, and holds what it held until that expires.
    Dies(Who),
    /// Time passes, in seconds.
    Waits(i64),
    /// Calls that were on their way when their callers died arrive.
    LateArrivals,
    /// The queue loses a message.
    Loses(Choice),
}

/// A fault within one call of the ledger, at one of the calls that it makes of DynamoDB.
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
    /// Its twin does the same while a call of DynamoDB is on its way.
    Twin {
        call: usize,
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

impl Who {
    /// Another of its kind.
    pub(crate) fn twin(self) -> Self {
        match self {
            Self::Splitter(number) => Self::Splitter((number + 1) % SPLITTERS),
            Self::Poster(number) => Self::Poster((number + 1) % POSTERS),
            Self::Reporter(number) => Self::Reporter((number + 1) % REPORTERS),
            Self::Sweep(number) => Self::Sweep((number + 1) % SWEEPS),
        }
    }
}

/// A whole story.
pub(crate) fn steps(beginning: Beginning) -> impl Strategy<Value = Vec<Step>> {
    vec(step(beginning), 15..35)
}

fn step(beginning: Beginning) -> impl Strategy<Value = Step> {
    let who = || who(beginning);
    prop_oneof![
        24 => (who(), after(), choice(), fault(beginning))
            .prop_map(|(who, after, choice, fault)| Step::Goes { who, after, choice, fault }),
        3 => (who(), choice(), 1usize..4).prop_map(|(who, choice, steps)| Step::Both { who, choice, steps }),
        3 => (who(), after(), choice()).prop_map(|(who, after, choice)| Step::Overtaken { who, after, choice }),
        1 => who().prop_map(Step::Dies),
        3 => prop_oneof![Just(20), Just(300), Just(901)].prop_map(Step::Waits),
        1 => Just(Step::LateArrivals),
        1 => any::<Choice>().prop_map(Step::Loses),
    ]
}

/// Those more often who have most to do.
fn who(beginning: Beginning) -> impl Strategy<Value = Who> {
    let (posters, splitters, reporters, sweeps) = match beginning {
        Beginning::Files => (12, 12, 3, 3),
        Beginning::Queue => (12, 0, 3, 3),
        Beginning::Reports => (12, 0, 10, 5),
    };
    prop_oneof![
        posters => (0..POSTERS).prop_map(Who::Poster),
        splitters => (0..SPLITTERS).prop_map(Who::Splitter),
        reporters => (0..REPORTERS).prop_map(Who::Reporter),
        sweeps => (0..SWEEPS).prop_map(Who::Sweep),
    ]
}

/// How many good steps come first: four bring a poster from its message to the answer.
fn after() -> impl Strategy<Value = usize> {
    prop_oneof![Just(0), 0usize..6]
}

/// The good way as often as not.
fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![any::<Choice>(), any::<Choice>().prop_map(|choice| choice | 7)]
}

fn fault(beginning: Beginning) -> impl Strategy<Value = Fault> {
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
        1 => (0usize..4, who(beginning), choice())
            .prop_map(|(call, who, choice)| Fault::Meanwhile { call, who, choice }),
        2 => (0usize..4).prop_map(|call| Fault::Twin { call }),
    ]
}
