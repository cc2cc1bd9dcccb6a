//! `cargo xtask crash`: kills the program under load, again and again, and looks at what is left.
//!
//! Several clients send, receive, hide, show and delete; the program is killed with SIGKILL at
//! moments drawn from the seed, some of them before it has finished starting. A ledger outside the
//! program remembers everything that it ever acknowledged. What must hold, whatever the moment:
//!
//! - an acknowledged message is there until its deletion was tried, whole and unchanged;
//! - a message whose deletion was acknowledged never comes back;
//! - a receive count never stands still or goes backwards;
//! - a message that was received stays hidden for as long as it was hidden for.
//!
//! A request that was not answered may have happened or not: either is right.

#![expect(
    clippy::disallowed_methods,
    reason = "a client outside the program, which lives in real time and has threads of its own"
)]

mod breach;
mod client;
mod drain;
mod http;
mod ledger;
mod message;
mod options;
mod program;
mod report;
mod stage;
mod worker;

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use self::client::Client;
use self::ledger::Ledger;
use self::options::Options;
use self::program::{Data, Program};
use self::report::Report;
use self::stage::Stage;

/// How many clients there are, and how many queues they share.
const WORKERS: u32 = 6;
const QUEUES: u32 = 3;

/// Of so many kills one comes within the first moments of a start.
const EARLY_KILL_IN: u32 = 4;
const EARLY: Duration = Duration::from_millis(50);
const LATE: Duration = Duration::from_millis(2_500);

/// What all threads of a run share.
struct Run {
    stage: Stage,
    ledger: Mutex<Ledger>,
}

impl Run {
    /// Reads or writes the ledger; never held while a request is under way.
    fn ledger<T>(&self, use_it: impl FnOnce(&mut Ledger) -> T) -> T {
        use_it(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Runs as the arguments say; fails when anything was lost.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    println!("seed {} (--seed {} makes the same choices again)", options.seed, options.seed);
    let data = Data::new(options.build()?)?;
    let run = Run { stage: Stage::default(), ledger: Mutex::new(Ledger::default()) };
    let outcome = under_load(&run, &options, &data).and_then(|kills| {
        drain::drain(&run, &data)?;
        Ok(run.ledger(|ledger| Report::new(kills, ledger)))
    });
    let report = outcome.with_context(|| data.keep())?;
    println!("{report}");
    ensure!(report.is_clean(), "promises were broken; {}", data.keep());
    data.remove()
}

/// Starts the program and its clients, and kills it as often as asked; answers how often it did.
fn under_load(run: &Run, options: &Options, data: &Data) -> Result<u32> {
    create_queues(data)?;
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            scope.spawn(move || worker::work(run, options.seed, worker));
        }
        let kills = kill_repeatedly(run, options, data);
        run.stage.close();
        kills
    })
}

/// The queues are there, durably, before the first kill.
fn create_queues(data: &Data) -> Result<()> {
    let program = Program::start(data)?;
    let mut client = Client::new(program.listening()?);
    for queue in 0..QUEUES {
        client.create_queue(queue).context("creating the queues")?;
    }
    Ok(())
}

/// One start, one wait, one kill, until there were enough.
fn kill_repeatedly(run: &Run, options: &Options, data: &Data) -> Result<u32> {
    let mut rng = StdRng::seed_from_u64(options.seed);
    let began = Instant::now();
    let mut kills = 0;
    while kills < options.kills && began.elapsed() < options.seconds {
        let early = rng.random_ratio(1, EARLY_KILL_IN);
        let wait = rng.random_range(Duration::ZERO..if early { EARLY } else { LATE });
        let program = Program::start(data)?;
        if !early {
            run.stage.open(program.listening()?);
        }
        thread::sleep(wait);
        program.kill()?;
        run.stage.clear();
        kills += 1;
        if kills % 10 == 0 {
            let sent = run.ledger(|ledger| ledger.totals.sent);
            println!("{kills} kills, {sent} acknowledged sends");
        }
    }
    Ok(kills)
}
