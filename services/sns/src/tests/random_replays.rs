//! Random replays, messages, receivers that fail, and crashes at any moment: every queue gets what a model of
//! a few lines says, once and in order.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::archives::{ONE_DAY, fifo};
use super::receivers::Mood;
use super::replays::policy;
use super::*;
use crate::model::replay::Stage;

const NAMES: [&str; 3] = ["q0.fifo", "q1.fifo", "q2.fifo"];

#[derive(Clone, Debug)]
enum Step {
    Publish,
    Replay { queue: usize, begins: u64, ends: Option<u64> },
    Withdraw { queue: usize },
    Mood { queue: usize, mood: Mood },
    Pass { seconds: u64 },
    Crash { machine: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let queue = || 0..NAMES.len();
    let moods = prop_oneof![
        4 => Just(Mood::Takes),
        2 => Just(Mood::Fails),
        2 => Just(Mood::TakesAndFails),
        1 => Just(Mood::Silent),
        1 => prop_oneof![Just(1_u64), Just(5)].prop_map(Mood::Slow),
        1 => prop_oneof![Just(1_u64), Just(5)].prop_map(Mood::Late),
    ];
    let ends = proptest::option::of(0_u64..40);
    prop_oneof![
        8 => Just(Step::Publish),
        4 => (queue(), 0_u64..40, ends).prop_map(|(queue, begins, length)| {
            Step::Replay { queue, begins, ends: length.map(|length| begins + length) }
        }),
        1 => queue().prop_map(|queue| Step::Withdraw { queue }),
        3 => (queue(), moods).prop_map(|(queue, mood)| Step::Mood { queue, mood }),
        4 => (0_u64..4).prop_map(|seconds| Step::Pass { seconds }),
        1 => any::<bool>().prop_map(|machine| Step::Crash { machine }),
    ]
}

/// A message, and in which second it was published.
type Message = (String, u64);

/// What a queue must get, piece by piece.
#[derive(Debug)]
enum Piece {
    /// This.
    Whole(String),
    /// This, or the beginning of it: a replay that was replaced or withdrawn.
    Begun(Vec<String>),
}

/// A subscription, as the model has it.
#[derive(Debug, Default)]
struct Model {
    arn: String,
    pieces: Vec<Piece>,
    replay: Option<Asked>,
}

#[derive(Debug)]
struct Asked {
    begins: u64,
    ends: Option<u64>,
    /// How many messages there were when it, or one that it replaced, was asked for.
    resumes: usize,
    has_ended: bool,
    is_withdrawn: bool,
}

impl Asked {
    fn wants(&self, (_, at): &Message) -> bool {
        self.is_withdrawn || (self.begins <= *at && self.ends.is_none_or(|ends| *at <= ends))
    }
}

impl Model {
    fn published(&mut self, message: &Message) {
        let waits = |asked: &Asked| !asked.has_ended || !asked.wants(message);
        if !self.replay.as_ref().is_some_and(waits) {
            self.pieces.push(Piece::Whole(message.0.clone()));
        }
    }

    fn list(&self, all: &[Message]) -> Vec<String> {
        let asked = self.replay.as_ref().unwrap();
        let wanted = all[..asked.resumes].iter().filter(|message| asked.wants(message));
        wanted.map(|(text, _)| text.clone()).collect()
    }

    /// The replay has ended: what waited for that comes now.
    fn ended(&mut self, all: &[Message]) {
        let list = self.list(all);
        let asked = self.replay.as_mut().unwrap();
        asked.has_ended = true;
        let waited = all[asked.resumes..].iter().filter(|message| asked.wants(message));
        let list = if asked.is_withdrawn { Vec::new() } else { list };
        let waited = waited.map(|(text, _)| text.clone());
        self.pieces.extend(list.into_iter().chain(waited).map(Piece::Whole));
    }

    /// The replay is replaced or withdrawn. Answers where what waits begins.
    fn stop(&mut self, all: &[Message]) -> usize {
        let Some(asked) = self.replay.as_ref().filter(|asked| !asked.has_ended) else {
            return all.len();
        };
        if !asked.is_withdrawn {
            let begun = self.list(all);
            self.pieces.push(Piece::Begun(begun));
        }
        self.replay.as_ref().unwrap().resumes
    }

    /// Whether what came is what must have come.
    fn takes(&self, got: &[String]) -> bool {
        let mut at = BTreeSet::from([0]);
        for piece in &self.pieces {
            at = match piece {
                Piece::Whole(text) => at
                    .into_iter()
                    .filter(|at| got.get(*at) == Some(text))
                    .map(|at| at + 1)
                    .collect(),
                Piece::Begun(list) => at.into_iter().flat_map(|at| begun(list, got, at)).collect(),
            };
        }
        at.contains(&got.len())
    }
}

/// Where one may stand once some of a list has come.
fn begun(list: &[String], got: &[String], at: usize) -> Vec<usize> {
    let same = list.iter().zip(&got[at..]).take_while(|(one, other)| one == other).count();
    (at..=at + same).collect()
}

struct Run {
    world: World,
    models: Vec<Model>,
    all: Vec<Message>,
    second: u64,
}

impl Run {
    /// Lets everything come to rest, and follows which replays have ended.
    async fn rest(&mut self) {
        self.world.drift(0).await;
        for model in &mut self.models {
            let stage = self.world.replay_of(&model.arn).await.map(|replay| replay.stage);
            let has_ended = matches!(stage, Some(Stage::Completed | Stage::Over));
            if has_ended && model.replay.as_ref().is_some_and(|asked| !asked.has_ended) {
                model.ended(&self.all);
            }
        }
    }

    /// Whether a subscription is still owed new messages by a replay that has ended. What comes of those
    /// behind them that are out of its range is left open, should the policy change before.
    async fn is_owed(&self, queue: usize) -> bool {
        let replay = self.world.replay_of(&self.models[queue].arn).await;
        let has_ended = replay.is_some_and(|replay| replay.stage == Stage::Completed);
        let id = self.models[queue].arn.rsplit(':').next().unwrap().parse().unwrap();
        let topic = self.world.topic().await;
        let lag = topic.relay.lagging.get(id);
        let reached = lag.map_or(topic.relay.delivered, |lag| lag.cursor);
        has_ended && reached < topic.end
    }

    async fn take(&mut self, step: Step) {
        self.rest().await;
        if let Step::Replay { queue, .. } | Step::Withdraw { queue } = step
            && self.is_owed(queue).await
        {
            return;
        }
        match step {
            Step::Publish => {
                let message = (format!("m{}", self.all.len()), self.second);
                self.world.publish(&message.0, Some(("g", None))).await.unwrap();
                self.models.iter_mut().for_each(|model| model.published(&message));
                self.all.push(message);
            }
            Step::Replay { queue, begins, ends } => {
                let model = &mut self.models[queue];
                self.world.replay(&model.arn, begins, ends).await;
                let resumes = model.stop(&self.all);
                let (has_ended, is_withdrawn) = (false, false);
                model.replay = Some(Asked { begins, ends, resumes, has_ended, is_withdrawn });
            }
            Step::Withdraw { queue } => {
                let model = &mut self.models[queue];
                self.world.set_subscription(&model.arn, "ReplayPolicy", "{}").await.unwrap();
                let was_active = model.replay.as_ref().is_some_and(|asked| !asked.has_ended);
                model.stop(&self.all);
                match &mut model.replay {
                    Some(asked) if was_active => asked.is_withdrawn = true,
                    ended => *ended = None,
                }
            }
            Step::Mood { queue, mood } => self.world.receivers.set(NAMES[queue], mood),
            Step::Pass { seconds } => {
                self.world.drift(seconds).await;
                self.second += seconds;
            }
            Step::Crash { machine } => {
                self.world.crash(if machine { Crash::Machine } else { Crash::Process }).await;
            }
        }
    }
}

async fn check(steps: Vec<Step>, little: bool) {
    let attributes = fifo(ONE_DAY);
    let world = match little {
        true => World::delivering_little_by_little("orders.fifo", &attributes).await,
        false => World::delivering("orders.fifo", &attributes).await,
    };
    let mut models = Vec::new();
    for name in NAMES {
        let arn = world.subscribe(call(), name, &[RAW]).await.unwrap();
        models.push(Model { arn, ..Model::default() });
    }
    let mut run = Run { world, models, all: Vec::new(), second: 0 };
    for step in steps {
        run.take(step).await;
    }
    for name in NAMES {
        run.world.receivers.set(name, Mood::Takes);
    }
    // Until nobody waits for an answer any more, nor for what comes before.
    run.take(Step::Pass { seconds: 60 }).await;
    run.rest().await;
    for (name, model) in NAMES.into_iter().zip(&run.models) {
        let got = run.world.receivers.bodies(name);
        assert!(model.takes(&got), "{name} got {got:?}\nand must get {model:?}\nof {:?}", run.all);
    }
    run.world.restart_unchanged().await;
    let topic = run.world.topic().await;
    assert_eq!(
        (topic.relay.delivered, topic.replays.count(), topic.relay.catch_up_at),
        (topic.end, 0, [None; 3])
    );
    assert_eq!(run.world.entries(0).await.len(), run.all.len(), "the archive has all");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn everybody_gets_what_was_asked_for(steps in vec(step(), 1..60), little: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(steps, little));
    }
}

#[test]
fn a_policy_names_seconds_of_the_test() {
    assert!(policy(0, Some(1)).contains("1970-01-01T00:16:40.000Z"), "{}", policy(0, Some(1)));
}
