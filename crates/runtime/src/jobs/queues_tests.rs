//! Random operations on job queues, against a model that looks at everything.

use base::{AccountId, Arn, Incarnation, Region, Timestamp};
use futures::future::{BoxFuture, FutureExt};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::plan::Trouble;

/// Nobody's jobs.
struct Nobody;

impl JobHandler for Nobody {
    fn queue(&self, _: u8) -> Option<JobQueue> {
        None
    }

    fn run(&self, _: Timer) -> BoxFuture<'_, Result<(), Trouble>> {
        std::future::ready(Ok(())).boxed()
    }
}

const QUEUES: [JobQueue; 2] =
    [JobQueue { name: "one", limit: 1 }, JobQueue { name: "three", limit: 3 }];

/// A job: its queue, its time, its resource.
type Key = (usize, u64, u8);

#[derive(Clone, Debug)]
enum Operation {
    Add(Key),
    /// Starts all jobs that can start.
    Start,
    /// Ends the running job of that number, counted round.
    End(usize),
}

/// The jobs of all queues, without order.
#[derive(Default)]
struct Model {
    waiting: Vec<Key>,
    running: Vec<Key>,
}

impl Model {
    /// The job that starts next: the oldest of the first queue with room whose resource is free.
    fn next(&mut self) -> Option<Key> {
        let next = (0..QUEUES.len()).find_map(|queue| self.oldest(queue))?;
        self.waiting.retain(|key| *key != next);
        self.running.push(next);
        Some(next)
    }

    fn oldest(&self, queue: usize) -> Option<Key> {
        let running = || self.running.iter().filter(|(of, ..)| *of == queue);
        let is_free = |(.., resource): &&Key| running().all(|(.., busy)| busy != resource);
        let waiting = self.waiting.iter().filter(|(of, ..)| *of == queue);
        waiting.filter(is_free).min().filter(|_| running().count() < QUEUES[queue].limit).copied()
    }
}

fn job((queue, at, resource): Key) -> Job {
    let timer = Timer {
        at: Timestamp::from_millis(at),
        incarnation: Incarnation::from_bytes([resource; 16]),
        kind: 1,
        arn: Arn::new("post", &Region::default(), &AccountId::DEFAULT, "a"),
    };
    let row = (timer.key(), Bytes::new());
    let slot = SlotId::of(timer.arn.as_str());
    Job { handler: Arc::new(Nobody), queue: QUEUES[queue], timer, slot, row }
}

fn key(job: &Job) -> Key {
    let queue = usize::from(job.queue != QUEUES[0]);
    (queue, job.timer.at.millis(), job.timer.incarnation.as_bytes()[0])
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        4 => (0..QUEUES.len(), 0_u64..20, 0_u8..5).prop_map(Operation::Add),
        2 => Just(Operation::Start),
        3 => (0_usize..8).prop_map(Operation::End),
    ]
}

/// Starts all that can start in both, and compares.
fn start(queues: &mut Queues, model: &mut Model, places: &mut Vec<(Place, Key)>) {
    while let Some((place, job)) = queues.next() {
        assert_eq!(Some(key(&job)), model.next());
        places.push((place, key(&job)));
    }
    assert_eq!(model.next(), None, "nothing that could start waits");
}

proptest! {
    #[test]
    fn job_queues_do_what_a_model_does(operations in vec(operation(), 0..120)) {
        let (mut queues, mut model) = (Queues::default(), Model::default());
        let mut places = Vec::new();
        for operation in operations {
            match operation {
                Operation::Add(key) => {
                    queues.add(job(key));
                    if !model.waiting.contains(&key) {
                        model.waiting.push(key);
                    }
                }
                Operation::Start => start(&mut queues, &mut model, &mut places),
                Operation::End(number) if !places.is_empty() => {
                    let (place, ended) = places.swap_remove(number % places.len());
                    queues.ended(&place, true);
                    model.running.retain(|key| *key != ended);
                }
                Operation::End(_) => {}
            }
            prop_assert_eq!(queues.waiting(), model.waiting.len());
            let running: usize = queues.all().map(|(_, queue)| queue.running()).sum();
            prop_assert_eq!(running, model.running.len());
        }
        // In the end everything has run.
        while !(places.is_empty() && model.waiting.is_empty()) {
            start(&mut queues, &mut model, &mut places);
            for (place, ended) in places.drain(..) {
                queues.ended(&place, true);
                model.running.retain(|key| *key != ended);
            }
        }
        prop_assert_eq!(queues.waiting(), 0);
    }
}
