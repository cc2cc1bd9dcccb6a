//! What is delivered goes to whoever has the receiver.

use std::sync::Arc;

use base::{Arn, Incarnation};
use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use runtime::Trouble;
use runtime::targets::{Delivered, Delivery, Letter, Parcel, Refusal, Sender, Target, Targets};

const STREAM: Incarnation = Incarnation::from_bytes([7; 16]);

/// Takes everything but what it was told to refuse, and knows what it has taken.
#[derive(Default)]
struct Door {
    refuses: Option<u64>,
    taken: Mutex<Vec<(String, u64, String)>>,
}

impl Target for Door {
    fn deliver<'d>(&'d self, delivery: Delivery<'d>) -> BoxFuture<'d, Result<Delivered, Trouble>> {
        async move {
            let Delivery { to, parcels, .. } = delivery;
            let most = parcels.iter().take_while(|parcel| Some(parcel.number) != self.refuses);
            let most = most.map(|one| (to.to_string(), one.number, one.letter.body.to_string()));
            let most: Vec<_> = most.collect();
            let accepted = most.len();
            self.taken.lock().extend(most);
            let refused = (accepted < parcels.len()).then(|| Refusal::Denied("no".into()));
            Ok(Delivered { accepted, refused })
        }
        .boxed()
    }
}

fn arn(service: &str) -> Arn {
    format!("arn:aws:{service}:us-east-1:000000000000:x").parse().expect("an ARN")
}

fn parcels(numbers: &[u64]) -> Vec<Parcel> {
    let parcel =
        |number: &u64| Parcel { number: *number, letter: Letter::text(number.to_string()) };
    numbers.iter().map(parcel).collect()
}

async fn deliver(targets: &Targets, to: &str, numbers: &[u64]) -> Result<Delivered, Trouble> {
    let source = arn("sns");
    let sender = Sender { principal: "sns.amazonaws.com", id: "SNS", source, checked: false };
    let (to, parcels) = (arn(to), parcels(numbers));
    let delivery = Delivery { to: &to, sender: &sender, stream: STREAM, parcels: &parcels };
    targets.deliver(delivery).await
}

#[tokio::test]
async fn a_delivery_goes_to_the_service_in_the_receivers_arn_and_to_no_other() {
    let (targets, queues, functions) = (Targets::default(), Arc::default(), Arc::default());
    targets.add::<Door>("sqs", &queues);
    targets.add::<Door>("lambda", &functions);
    let delivered = deliver(&targets, "sqs", &[3, 5]).await;
    assert_eq!(delivered, Ok(Delivered { accepted: 2, refused: None }));
    let expected = [3, 5].map(|n: u64| (arn("sqs").to_string(), n, n.to_string()));
    assert_eq!(*queues.taken.lock(), expected);
    assert_eq!(*functions.taken.lock(), []);
    assert!(targets.takes("lambda") && !targets.takes("kinesis"));
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_says_how_many_came_before_it() {
    let targets = Targets::default();
    let door = Arc::new(Door { refuses: Some(3), ..Door::default() });
    targets.add("sqs", &door);
    let refused = Some(Refusal::Denied("no".into()));
    let delivered = deliver(&targets, "sqs", &[1, 2, 3, 4]).await;
    assert_eq!(delivered, Ok(Delivered { accepted: 2, refused }));
}

#[tokio::test]
async fn what_nobody_here_can_take_is_refused_for_good() {
    let delivered = deliver(&Targets::default(), "kinesis", &[1]).await.expect("an answer");
    assert_eq!(delivered.accepted, 0);
    assert!(matches!(delivered.refused, Some(Refusal::Denied(why)) if why.contains("kinesis")));
}

#[tokio::test]
async fn a_service_that_has_stopped_is_trouble_and_no_refusal() {
    let targets = Targets::default();
    targets.add("sqs", &Arc::new(Door::default()));
    assert!(deliver(&targets, "sqs", &[1]).await.is_err(), "it may be there again later");
}
