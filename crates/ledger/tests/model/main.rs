//! A model of the ledger: splitters, posters, reporters and sweeps that go on step by step, in any order, over the real
//! ledger and a DynamoDB in this process. Between any two calls, and within one, they die, answers are lost, calls meet
//! conflicts, somebody else goes on, or a dead owner's call arrives late. The clock stands still until a step moves it.
//!
//! After every step [`changes`] says what may have become of the table; the actors check what they are told; [`api`]
//! has each row and each resident once; and at the [`ending`], when nothing goes wrong any more, all work is done and
//! the lists agree with the items.
//!
//! The stories follow from a seed: `PROPTEST_RNG_SEED`, and `PROPTEST_CASES` for how many. Not from it follow the
//! tokens, which are random and compared only, how long waits are, and in which order the calls arrive that one call
//! of the ledger makes at once (to read or release leases, to write batches).

mod api;
mod changes;
mod ending;
mod plan;
mod poster;
mod reporter;
mod splitter;
mod sweep;
mod table;
mod world;

#[allow(dead_code, reason = "shared with the target `ledger`, which uses all of it")]
#[path = "../ledger/support.rs"]
mod support;

use plan::Beginning;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use world::World;

/// How many stories each test plays where `PROPTEST_CASES` does not say.
const CASES: u32 = 14;
/// The seed where `PROPTEST_RNG_SEED` gives none: so few stories of it see each of the breaks in docs/reliability.md.
const SEED: u64 = 2;

#[test]
fn from_the_file_on_nothing_is_lost_and_nothing_is_done_twice() {
    play(Beginning::Files);
}

#[test]
fn from_the_queue_on_nothing_is_lost_and_nothing_is_done_twice() {
    play(Beginning::Queue);
}

#[test]
fn from_the_last_rows_on_nothing_is_lost_and_nothing_is_done_twice() {
    play(Beginning::Reports);
}

/// Plays stories that begin there.
fn play(beginning: Beginning) {
    let given = Config::default();
    let config = Config {
        cases: std::env::var("PROPTEST_CASES").map_or(CASES, |_| given.cases),
        rng_seed: if given.rng_seed == RngSeed::Random { RngSeed::Fixed(SEED) } else { given.rng_seed },
        failure_persistence: None,
        max_shrink_iters: 200,
        ..given
    };
    let played = TestRunner::new(config).run(&plan::steps(beginning), |steps| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let world = World::begin(beginning).await;
            for step in &steps {
                world.step(step).await;
            }
            world.end().await;
        });
        Ok(())
    });
    if let Err(error) = played {
        panic!("{error}");
    }
}
