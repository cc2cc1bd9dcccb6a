//! `cargo xtask crash`: kills the program under load, again and again, and looks at what is left.
//!
//! Several clients send, receive, hide, show, delete and move; the program is killed with SIGKILL at
//! moments drawn from the seed, some of them before it has finished starting. A ledger outside the
//! program remembers everything that it ever acknowledged. What must hold, whatever the moment:
//!
//! - an acknowledged message is there until its deletion was tried, whole and unchanged, and once;
//! - a message whose deletion was acknowledged never comes back;
//! - a receive count never stands still or goes backwards, and counts receives only;
//! - a message that was received, delayed or hidden stays hidden for as long as it was hidden for;
//! - a FIFO group comes in the order in which it was sent, and nothing of it while an earlier message is
//!   in flight; a send that is repeated is the same message, whether its first answer came or not;
//! - a message that was received too often is in the dead-letter queue or, moved back, in its own: in one
//!   of them, with everything that belongs to it.
//!
//! What must hold of topics and what they deliver: [`fanout`].
//!
//! A request that was not answered may have happened or not: either is right.

#![expect(
    clippy::disallowed_methods,
    reason = "a client outside the program, which lives in real time and has threads of its own"
)]

mod breach;
mod client;
mod drain;
mod fanout;
mod fate;
mod http;
mod ledger;
mod message;
mod mover;
mod options;
mod program;
mod queue;
mod report;
mod sight;
mod stage;
mod worker;

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use self::client::{Client, Failure};
use self::ledger::Ledger;
use self::options::Options;
use self::program::{Data, Program};
use self::queue::Queue;
use self::report::Report;
use self::stage::Stage;
use self::worker::Gone;

/// How many clients there are.
const WORKERS: u32 = 12;

/// Of so many kills one comes within the first moments of a start.
const EARLY_KILL_IN: u32 = 4;
const EARLY: Duration = Duration::from_millis(50);
const LATE: Duration = Duration::from_millis(2_500);

/// How often the program was killed.
#[derive(Clone, Copy, Debug, Default)]
struct Kills {
    all: u32,
    /// Within the first moments of a start.
    early: u32,
}

/// What all threads of a run share.
#[derive(Default)]
struct Run {
    stage: Stage,
    ledger: Mutex<Ledger>,
    topics: Mutex<fanout::Ledger>,
}

impl Run {
    /// Reads or writes the ledger; never held while a request is under way.
    fn ledger<T>(&self, use_it: impl FnOnce(&mut Ledger) -> T) -> T {
        use_it(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads or writes the ledger of topics; never held while a request is under way.
    fn topics<T>(&self, use_it: impl FnOnce(&mut fanout::Ledger) -> T) -> T {
        use_it(&mut self.topics.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes an answer into the ledger.
    fn settle<T, U: Default>(
        &self,
        answer: Result<T, Failure>,
        write: impl FnOnce(&mut Ledger, T) -> U,
    ) -> Result<U, Gone> {
        self.ledger(|ledger| match answer {
            Ok(value) => Ok(write(ledger, value)),
            Err(Failure::Refused(why)) => {
                ledger.refused(why);
                Ok(U::default())
            }
            Err(Failure::Unanswered) => {
                ledger.unanswered();
                Err(Gone)
            }
        })
    }
}

/// Runs as the arguments say; fails when anything was lost.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    println!("seed {} (--seed {} makes the same choices again)", options.seed, options.seed);
    let data = Data::new(options.build()?)?;
    let run = Run::default();
    let outcome = under_load(&run, &options, &data).and_then(|kills| {
        drain::drain(&run, &data)?;
        Ok(run.ledger(|queues| run.topics(|topics| Report::new(kills, queues, topics))))
    });
    let report = outcome.with_context(|| data.keep())?;
    println!("{report}");
    ensure!(report.is_clean(), "promises were broken; {}", data.keep());
    data.remove()
}

/// Starts the program and its clients, and kills it as often as asked; answers how often it did.
fn under_load(run: &Run, options: &Options, data: &Data) -> Result<Kills> {
    create(run, data)?;
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            scope.spawn(move || worker::work(run, options.seed, worker));
        }
        for worker in 0..fanout::WORKERS {
            scope.spawn(move || fanout::work(run, options.seed, worker));
        }
        scope.spawn(move || fanout::steward(run, options.seed));
        let kills = kill_repeatedly(run, options, data);
        run.stage.close();
        kills
    })
}

/// Queues, topics and subscriptions are there, durably, before the first kill.
fn create(run: &Run, data: &Data) -> Result<()> {
    let program = Program::start(data)?;
    let mut client = Client::new(program.listening()?);
    for queue in Queue::all() {
        client.create_queue(queue.name(), &queue.attributes()).context("creating the queues")?;
    }
    fanout::create(run, &mut client)
}

/// One start, one wait, one kill, until there were enough.
fn kill_repeatedly(run: &Run, options: &Options, data: &Data) -> Result<Kills> {
    let mut rng = StdRng::seed_from_u64(options.seed);
    let began = Instant::now();
    let mut kills = Kills::default();
    while kills.all < options.kills && began.elapsed() < options.seconds {
        let early = rng.random_ratio(1, EARLY_KILL_IN);
        let wait = rng.random_range(Duration::ZERO..if early { EARLY } else { LATE });
        let started = Instant::now();
        let program = Program::start(data)?;
        if early {
            // It may be listening by then, or not.
            let address = program.listening_within(wait)?;
            address.into_iter().for_each(|address| run.stage.open(address));
            thread::sleep(wait.saturating_sub(started.elapsed()));
        } else {
            run.stage.open(program.listening()?);
            thread::sleep(wait);
        }
        let before = fanout::now();
        program.kill()?;
        run.topics(|ledger| ledger.killed((before, fanout::now())));
        kills.early += u32::from(started.elapsed() <= EARLY);
        kills.all += 1;
        run.stage.clear();
        if kills.all % 10 == 0 {
            let sent = run.ledger(|ledger| ledger.totals.sent_in_all());
            println!("{} kills, {sent} acknowledged sends", kills.all);
        }
    }
    Ok(kills)
}
