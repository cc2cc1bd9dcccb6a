//! Random histories of whole requests against a model of what SQS is: [`model`] is the specification,
//! [`operations`] makes the histories, [`client`] speaks to the front, [`driver`] compares.
//!
//! A history that fails is shortened, and printed with the seed that makes it again:
//! `PROPTEST_RNG_SEED=… cargo test -p server reference`.

mod ahead;
mod client;
mod driver;
mod json;
mod model;
mod operations;
mod scenarios;
mod vocabulary;

use proptest::collection::vec;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

use self::driver::Both;
use self::operations::{Operation, operation};
use self::vocabulary::Kind;

/// How many queues a history has.
const QUEUES: usize = 3;
/// How many histories there are of each type of queue, and how long one may be: 100,000 operations in all.
const HISTORIES: u32 = 260;
const LONGEST: usize = 400;

#[test]
fn standard_queues_do_what_their_model_says() {
    random_histories(Kind::Standard);
}

#[test]
fn fifo_queues_do_what_their_model_says() {
    random_histories(Kind::Fifo);
}

fn random_histories(kind: Kind) {
    let mut config = Config { cases: HISTORIES, failure_persistence: None, ..Config::default() };
    if config.rng_seed == RngSeed::Random {
        let drawn = base::Random::system().bytes();
        config.rng_seed = RngSeed::Fixed(u64::from_be_bytes(drawn));
    }
    let seed = config.rng_seed;
    let history = vec(operation(kind), 1..=LONGEST);
    let outcome = TestRunner::new(config).run(&history, |history| {
        replay(kind, &history).map_err(proptest::test_runner::TestCaseError::fail)
    });
    if let Err(TestError::Fail(reason, history)) = &outcome {
        let history: String = history.iter().map(|operation| format!("{operation:?}\n")).collect();
        panic!("{reason}\n{kind:?} queues, {seed:?}, the shortest history found:\n{history}");
    }
    outcome.unwrap();
}

/// Does all operations of a history in a new world, up to the first divergence.
fn replay(kind: Kind, history: &[Operation]) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut both = Both::start(kind).await;
        for (number, operation) in history.iter().enumerate() {
            both.step(operation).await.map_err(|what| format!("step {number}: {what}"))?;
        }
        Ok(())
    })
}
