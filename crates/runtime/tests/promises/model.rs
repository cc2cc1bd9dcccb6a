//! Random requests on random lanes, with whatever can happen to them: what was acknowledged is there
//! afterwards, and nothing is acknowledged twice.

use std::collections::{BTreeMap, BTreeSet};

use base::{Span, Timestamp};
use futures::{FutureExt, TryFutureExt};
use proptest::prelude::*;
use proptest::sample::Index;
use runtime::Trouble;
use store::memory::{Crash, Outcome, Room};

use crate::support::office::Doing;
use crate::support::{Bell, No, Office, Request, neighbour, quiet};

#[derive(Clone, Debug)]
enum Step {
    Put {
        lane: usize,
    },
    Take {
        lane: usize,
        wait: u64,
    },
    SetBell {
        lane: usize,
        after: u64,
    },
    /// A client goes.
    Leave(Index),
    Hold,
    ReleaseOne,
    ReleaseAll,
    Unknown(bool),
    Room(bool),
    Pass {
        seconds: u64,
    },
    DropIdle,
    Crash {
        machine: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let lane = 0..3_usize;
    prop_oneof![
        8 => lane.clone().prop_map(|lane| Step::Put { lane }),
        6 => (lane.clone(), 0..20_u64).prop_map(|(lane, wait)| Step::Take { lane, wait }),
        2 => (lane, 0..400_u64).prop_map(|(lane, after)| Step::SetBell { lane, after }),
        2 => any::<Index>().prop_map(Step::Leave),
        2 => Just(Step::Hold),
        4 => Just(Step::ReleaseOne),
        3 => Just(Step::ReleaseAll),
        1 => any::<bool>().prop_map(Step::Unknown),
        1 => any::<bool>().prop_map(Step::Room),
        2 => (0..200_u64).prop_map(|seconds| Step::Pass { seconds }),
        1 => Just(Step::DropIdle),
        1 => any::<bool>().prop_map(|machine| Step::Crash { machine }),
    ]
}

/// What a client has asked for.
#[derive(Clone, Debug)]
enum Asked {
    Put(String),
    Take { lane: usize },
    Bell(u64),
}

/// What a client was told: nothing, or the letter that it took.
type Told = Option<String>;

/// What clients know.
#[derive(Debug, Default)]
struct Ledger {
    /// Letters and bells that the program has accepted.
    accepted: BTreeSet<String>,
    bells: BTreeSet<u64>,
    /// Those that it has refused for good.
    refused: BTreeSet<String>,
    /// Letters that somebody was given.
    taken: BTreeSet<String>,
    /// How many may have taken a letter of a lane without being told.
    untold: BTreeMap<usize, usize>,
    /// Whether something happened after which a bell may have rung without being told.
    disturbed: bool,
}

impl Ledger {
    fn note(&mut self, asked: Asked, answer: Option<Result<Told, No>>) {
        let refused = matches!(answer, Some(Err(No::Trouble(Trouble::Refused(_)))));
        match (asked, answer) {
            (Asked::Put(letter), Some(Ok(_))) => _ = self.accepted.insert(letter),
            (Asked::Put(letter), _) if refused => _ = self.refused.insert(letter),
            (Asked::Bell(id), Some(Ok(_))) => _ = self.bells.insert(id),
            (Asked::Take { .. }, Some(Ok(Some(letter)))) => {
                assert!(self.taken.insert(letter.clone()), "{letter} was given twice");
            }
            (Asked::Take { lane }, answer) if !refused && !matches!(answer, Some(Ok(None))) => {
                *self.untold.entry(lane).or_default() += 1;
            }
            _ => {}
        }
    }

    /// Holds what clients know against what is left.
    fn check(&self, left: &[Vec<String>], names: &[String]) {
        for (lane, left) in left.iter().enumerate() {
            let all: BTreeSet<_> = left.iter().cloned().collect();
            assert_eq!(all.len(), left.len(), "no letter is there twice");
            assert!(all.is_disjoint(&self.taken), "what was taken is gone");
            assert!(all.is_disjoint(&self.refused), "what was refused never came");
            let is_here = |letter: &&String| letter.starts_with(&format!("{}/", names[lane]));
            let known = self.accepted.iter().filter(is_here);
            let lost =
                known.filter(|&letter| !all.contains(letter) && !self.taken.contains(letter));
            let untold = self.untold.get(&lane).copied().unwrap_or(0);
            assert!(lost.count() <= untold, "what was accepted is there");
        }
        assert!(self.taken.is_disjoint(&self.refused));
    }
}

struct World {
    office: Office,
    names: [String; 3],
    asked: Vec<(Asked, Request<Told>)>,
    ledger: Ledger,
    count: u64,
}

impl World {
    async fn new() -> Self {
        let names = ["a".to_owned(), neighbour("a"), "b".to_owned()];
        let (asked, ledger) = (Vec::new(), Ledger::default());
        World { office: Office::open().await, names, asked, ledger, count: 0 }
    }

    async fn step(mut self, step: Step) -> Self {
        let controls = self.office.controls.clone();
        match step {
            Step::Put { .. } | Step::Take { .. } | Step::SetBell { .. } => self.ask(&step),
            Step::Leave(_) if self.asked.is_empty() => {}
            Step::Leave(which) => {
                let (asked, _) = self.asked.swap_remove(which.index(self.asked.len()));
                self.ledger.note(asked, None);
            }
            Step::Hold => controls.hold(),
            Step::ReleaseOne => _ = controls.release_one(),
            Step::ReleaseAll => controls.release_all(),
            Step::Unknown(written) => {
                self.ledger.disturbed = true;
                controls.answer_unknown(if written {
                    Outcome::Written
                } else {
                    Outcome::NotWritten
                });
            }
            Step::Room(plenty) => {
                controls.set_room(if plenty { Room::Plenty } else { Room::OnlyToFree });
            }
            Step::Pass { seconds } => self.office.pass(Span::from_seconds(seconds)).await,
            Step::DropIdle => self.office.boxes.drop_idle(),
            Step::Crash { machine } => self = self.crash(machine).await,
        }
        quiet().await;
        self.look();
        self
    }

    /// Begins a request.
    fn ask(&mut self, step: &Step) {
        self.count += 1;
        let (office, now) = (&self.office, self.office.node.timers().now());
        let (asked, doing): (Asked, Doing<Told>) = match *step {
            Step::Put { lane } => {
                let letter = format!("{}/{}", self.names[lane], self.count);
                let put = office.put(&self.names[lane], letter.clone()).map_ok(|_| None);
                (Asked::Put(letter), put.boxed())
            }
            Step::Take { lane, wait } => {
                let until = now + Span::from_seconds(wait);
                (Asked::Take { lane }, office.take_until(&self.names[lane], until))
            }
            Step::SetBell { lane, after } => {
                let bell = Bell { at: now + Span::from_seconds(after), id: self.count };
                let set = office.set_bells(&self.names[lane], vec![bell], 0).map_ok(|()| None);
                (Asked::Bell(self.count), set.boxed())
            }
            _ => return,
        };
        self.asked.push((asked, Request::new(doing)));
    }

    /// Takes note of the answers that are there.
    fn look(&mut self) {
        for (asked, mut request) in std::mem::take(&mut self.asked) {
            match request.look() {
                Some(answer) => self.ledger.note(asked, Some(answer)),
                None => self.asked.push((asked, request)),
            }
        }
    }

    async fn crash(mut self, machine: bool) -> Self {
        self.ledger.disturbed = true;
        self.office =
            self.office.crash(if machine { Crash::Machine } else { Crash::Process }).await;
        self.look();
        for (asked, _) in self.asked.drain(..) {
            self.ledger.note(asked, None);
        }
        self
    }

    /// Everything comes to its end, and what is left is held against what clients know.
    async fn end(mut self) {
        self.office.controls.set_room(Room::Plenty);
        self.office.controls.release_all();
        quiet().await;
        self.look();
        for seconds in [400, 5, 5, 5] {
            self.office.advance(Span::from_seconds(seconds)).await;
        }
        self.look();
        let disturbed = self.ledger.disturbed;
        self = self.crash(true).await;
        let mut left = Vec::new();
        for name in &self.names {
            assert!(self.office.facts(name).await.expect("facts").bells.is_empty(), "all rang");
            left.push(self.drain(name).await);
        }
        self.ledger.check(&left, &self.names);
        let rung: Vec<(Bell, Timestamp)> = self.office.rings.rung.lock().clone();
        assert!(rung.iter().all(|(bell, when)| bell.at <= *when), "not before its time");
        let ids: BTreeSet<u64> = rung.iter().map(|(bell, _)| bell.id).collect();
        assert_eq!(ids.len(), rung.len(), "no bell has rung twice");
        assert!(disturbed || self.ledger.bells.is_subset(&ids), "each bell has rung");
    }

    async fn drain(&self, name: &str) -> Vec<String> {
        let mut letters = Vec::new();
        while let Some(letter) = self.office.take(name).await.expect("an answer") {
            letters.push(letter);
        }
        letters
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]
    #[test]
    fn what_was_acknowledged_is_there_after_a_crash_and_nothing_is_acknowledged_twice(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let mut world = World::new().await;
            for step in steps {
                world = world.step(step).await;
            }
            world.end().await;
        });
    }
}
