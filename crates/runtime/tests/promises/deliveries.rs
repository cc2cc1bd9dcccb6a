//! Deliveries go to the service that has the receiver, in order; what it does not accept becomes a dead letter.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Arn, Clock, Incarnation, Random, Span, Timestamp};
use futures::FutureExt;
use futures::future::{self, BoxFuture};
use parking_lot::Mutex;
use runtime::delivery::{
    Attempt, Batch, DeadLetters, Delivered, Delivery, DeliveryClient, Destination, Message,
    Outcome, Refusal, Report, Sender, Sequenced, Target, Targets,
};
use runtime::{Node, Parts, Quotas, Trouble};
use store::memory::MemoryStore;

const STREAM: Incarnation = Incarnation::from_bytes([7; 16]);
const DEAD: Incarnation = Incarnation::from_bytes([8; 16]);
const TIMEOUT: Span = Span::from_seconds(2);

/// A service of inboxes: what each was told to do, and what each has accepted.
#[derive(Default)]
struct Inboxes {
    behaviours: Mutex<BTreeMap<String, Behaviour>>,
    accepted: Mutex<Vec<(String, Incarnation, u64)>>,
}

#[derive(Clone, Copy)]
enum Behaviour {
    Refuses(u64),
    Gone,
    Fails,
    NeverAnswers,
}

impl Inboxes {
    fn set(&self, inbox: &str, behaviour: Behaviour) {
        self.behaviours.lock().insert(arn(inbox).to_string(), behaviour);
    }

    fn accepted(&self, inbox: &str) -> Vec<u64> {
        let (name, accepted) = (arn(inbox).to_string(), self.accepted.lock());
        accepted.iter().filter(|(to, ..)| *to == name).map(|(.., number)| *number).collect()
    }

    fn take(&self, batch: Batch<'_>, refuses: Option<u64>) -> Delivered {
        let taken = batch.deliveries.iter().take_while(|one| Some(one.number) != refuses);
        let taken: Vec<_> =
            taken.map(|one| (batch.to.to_string(), batch.stream, one.number)).collect();
        let accepted = taken.len();
        self.accepted.lock().extend(taken);
        let refused =
            (accepted < batch.deliveries.len()).then(|| Refusal::Denied("refused".into()));
        Delivered { accepted, refused }
    }
}

impl Target for Inboxes {
    fn deliver<'b>(&'b self, batch: Batch<'b>) -> BoxFuture<'b, Result<Delivered, Trouble>> {
        let behaviour = self.behaviours.lock().get(batch.to.as_str()).copied();
        let answer = match behaviour {
            None => Ok(self.take(batch, None)),
            Some(Behaviour::Refuses(number)) => Ok(self.take(batch, Some(number))),
            Some(Behaviour::Gone) => Ok(Delivered::none(Refusal::Gone)),
            Some(Behaviour::Fails) => Err(Trouble::Unavailable("on purpose".into())),
            Some(Behaviour::NeverAnswers) => return future::pending().boxed(),
        };
        future::ready(answer).boxed()
    }
}

fn arn(name: &str) -> Arn {
    format!("arn:aws:sqs:us-east-1:000000000000:{name}").parse().expect("an ARN")
}

fn sender() -> Sender {
    Sender { principal: "sns.amazonaws.com", id: "SNS", source: arn("source"), checked: false }
}

fn deliveries(numbers: &[u64]) -> Vec<Sequenced> {
    let message = |number: &u64| Delivery::Message(Message::text(number.to_string()));
    numbers.iter().map(|number| Sequenced { number: *number, delivery: message(number) }).collect()
}

async fn send(targets: &Targets, to: &str, numbers: &[u64]) -> Result<Delivered, Trouble> {
    let (to, sender) = (to.parse().expect("an ARN"), sender());
    let deliveries = deliveries(numbers);
    let batch = Batch { to: &to, sender: &sender, stream: STREAM, deliveries: &deliveries };
    targets.deliver(batch).await
}

/// A node, its inboxes, and a client that delivers to `q` with the dead-letter queue `dlq`.
struct World {
    node: Arc<Node>,
    inboxes: Arc<Inboxes>,
    client: DeliveryClient,
}

impl World {
    async fn new() -> Self {
        let (store, _) = MemoryStore::controlled(Default::default());
        let clock = Clock::manual(Timestamp::from_millis(1000));
        let parts = Parts { store, clock, random: Random::seeded(1), quotas: Quotas::None };
        let node = Node::start(parts).await.expect("the store is sound");
        let inboxes = Arc::new(Inboxes::default());
        node.targets().add("sqs", &inboxes);
        let client = DeliveryClient::new(&node, sender());
        World { node, inboxes, client }
    }

    async fn attempt(&self, numbers: &[u64], is_last: bool, has_dead_letters: bool) -> Report {
        let (to, queue) = (arn("q"), arn("dlq"));
        let dead_letters = has_dead_letters.then_some(DeadLetters { to: &queue, stream: DEAD });
        let destination = Destination { to: &to, stream: STREAM, dead_letters };
        let attempt = Attempt { is_last, timeout: TIMEOUT };
        let deliveries = deliveries(numbers);
        let delivered = self.client.deliver(&destination, &deliveries, attempt);
        tokio::pin!(delivered);
        loop {
            if let Some(report) = delivered.as_mut().now_or_never() {
                return report;
            }
            self.node.timers().advance(Span::from_seconds(1));
        }
    }
}

#[tokio::test]
async fn a_batch_goes_to_the_service_in_the_receivers_arn_and_to_no_other() {
    let (targets, queues, functions) = (Targets::default(), Arc::default(), Arc::default());
    targets.add::<Inboxes>("sqs", &queues);
    targets.add::<Inboxes>("lambda", &functions);
    let delivered = send(&targets, arn("q").as_str(), &[3, 5]).await;
    assert_eq!(delivered, Ok(Delivered { accepted: 2, refused: None }));
    assert_eq!(queues.accepted("q"), [3, 5]);
    assert!(functions.accepted("q").is_empty());
    assert!(targets.takes("lambda") && !targets.takes("kinesis"));
}

#[tokio::test]
async fn what_no_service_receives_is_refused_for_good() {
    let to = "arn:aws:kinesis:us-east-1:000000000000:s";
    let delivered = send(&Targets::default(), to, &[1]).await.expect("an answer");
    assert_eq!(delivered.accepted, 0);
    assert!(matches!(delivered.refused, Some(Refusal::Denied(why)) if why.contains("kinesis")));
}

#[tokio::test]
async fn a_service_that_has_stopped_is_trouble_and_no_refusal() {
    let targets = Targets::default();
    targets.add("sqs", &Arc::new(Inboxes::default()));
    assert!(send(&targets, arn("q").as_str(), &[1]).await.is_err(), "it may be back later");
}

#[tokio::test]
async fn what_is_refused_is_a_dead_letter_and_what_follows_is_delivered() {
    let world = World::new().await;
    world.inboxes.set("q", Behaviour::Refuses(2));
    let report = world.attempt(&[1, 2, 3], false, true).await;
    assert_eq!((report.outcome, report.dropped), (Outcome::Done, 0));
    assert_eq!((world.inboxes.accepted("q"), world.inboxes.accepted("dlq")), (vec![1, 3], vec![2]));
    let streams = world.inboxes.accepted.lock().clone();
    assert!(
        streams
            .iter()
            .all(|(to, stream, _)| *stream == if to.ends_with(":q") { STREAM } else { DEAD })
    );
}

#[tokio::test]
async fn all_that_a_receiver_that_is_gone_was_to_get_is_a_dead_letter() {
    let world = World::new().await;
    world.inboxes.set("q", Behaviour::Gone);
    assert_eq!(world.attempt(&[1, 2, 3], false, true).await.outcome, Outcome::Done);
    assert_eq!(world.inboxes.accepted("dlq"), [1, 2, 3]);
}

#[tokio::test]
async fn without_a_dead_letter_queue_that_accepts_it_what_is_refused_is_dropped_and_counted() {
    let world = World::new().await;
    world.inboxes.set("q", Behaviour::Gone);
    let report = world.attempt(&[1, 2], false, false).await;
    assert_eq!((report.outcome, report.dropped), (Outcome::Done, 2));
    world.inboxes.set("dlq", Behaviour::Refuses(4));
    let report = world.attempt(&[3, 4, 5], false, true).await;
    assert_eq!((report.outcome, report.dropped), (Outcome::Done, 1));
    assert_eq!(world.inboxes.accepted("dlq"), [3, 5]);
}

#[tokio::test]
async fn a_failed_delivery_is_attempted_again_from_where_its_outcome_is_unknown() {
    let world = World::new().await;
    world.inboxes.set("q", Behaviour::Fails);
    let report = world.attempt(&[4, 5], false, true).await;
    assert_eq!((report.outcome, report.dropped), (Outcome::Failed(4), 0));
    assert!(world.inboxes.accepted("dlq").is_empty());
}

#[tokio::test]
async fn the_last_attempt_gives_up_one_delivery_and_leaves_the_others_their_retries() {
    let world = World::new().await;
    world.inboxes.set("q", Behaviour::Fails);
    assert_eq!(world.attempt(&[4, 5], true, true).await.outcome, Outcome::Failed(5));
    assert_eq!(world.inboxes.accepted("dlq"), [4]);
    world.inboxes.set("dlq", Behaviour::Fails);
    assert_eq!(world.attempt(&[5], true, true).await.outcome, Outcome::Failed(5), "not lost");
}

#[tokio::test]
async fn who_does_not_answer_in_time_has_failed_and_dead_letters_have_as_long_again() {
    let world = World::new().await;
    world.inboxes.set("q", Behaviour::NeverAnswers);
    let report = world.attempt(&[1], false, true).await;
    assert_eq!((report.outcome, report.took), (Outcome::Failed(1), TIMEOUT));
    world.inboxes.set("dlq", Behaviour::NeverAnswers);
    let report = world.attempt(&[1], true, true).await;
    assert_eq!((report.outcome, report.took), (Outcome::Failed(1), Span::from_seconds(4)));
}
