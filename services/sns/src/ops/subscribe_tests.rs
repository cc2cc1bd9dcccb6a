//! Who can subscribe to what, and when that must be confirmed.

use super::*;
use crate::model::testing;

const OWNER: AccountId = AccountId::DEFAULT;

fn stranger() -> AccountId {
    "111122223333".parse().unwrap()
}

fn params(caller: AccountId, queue: &str, given: &[(&str, &str)]) -> SubscribeParams {
    let given: BTreeMap<String, String> =
        given.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let topic = "arn:aws:sns:us-east-1:000000000000:orders".parse().unwrap();
    let attributes = Arc::new(SubscriptionAttributes::parse(&topic, &given).unwrap());
    let queue: Arn = format!("arn:aws:sqs:us-east-1:000000000000:{queue}").parse().unwrap();
    let owns_queue = queue.account() == Some(caller);
    SubscribeParams {
        owner: caller,
        owns_queue,
        queue,
        given,
        attributes,
        quotas: Quotas::Aws,
        reached_at: String::new(),
    }
}

fn subscribe(
    lane: &mut TopicLane,
    millis: u64,
    params: &SubscribeParams,
) -> Result<Subscribed, Error> {
    let moment = testing::moment(millis);
    let decision = lane.with_subscribers(|topic, index| decide(topic, index, moment, params));
    match decision {
        Decision::Plan(plan) => {
            testing::apply(lane, plan.changes);
            Ok(plan.answer)
        }
        Decision::Refuse(error) => Err(error),
        _ => panic!("neither"),
    }
}

#[test]
fn subscribing_twice_is_one_subscription_unless_attributes_differ() {
    let mut lane = testing::lane("orders", &[]);
    let first = subscribe(&mut lane, 1, &params(OWNER, "q", &[])).unwrap();
    assert!(!first.is_pending);
    let same = params(OWNER, "q", &[("RawMessageDelivery", "false")]);
    assert_eq!(subscribe(&mut lane, 2, &same).unwrap().id, first.id);
    let other = params(OWNER, "q", &[("RawMessageDelivery", "true")]);
    assert_eq!(
        subscribe(&mut lane, 3, &other).map(|_| ()).unwrap_err().to_string(),
        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
    );
    let counts = lane.topic().unwrap().counts;
    assert_eq!((counts.confirmed, counts.pending), (1, 0));
}

#[test]
fn a_queue_of_somebody_else_waits_to_be_confirmed_and_its_owner_confirms_by_subscribing() {
    let mut lane = testing::lane("orders", &[]);
    let asked = subscribe(&mut lane, 1, &params(stranger(), "q", &[])).unwrap();
    assert!(asked.is_pending);
    let again = subscribe(&mut lane, 2, &params(stranger(), "q", &[])).unwrap();
    assert_eq!((again.id, again.is_pending), (asked.id, true));
    let topic = lane.topic().unwrap();
    assert_eq!((topic.counts.pending, topic.end.0), (1, 2), "it was asked for twice");
    let own = subscribe(&mut lane, 3, &params(OWNER, "q", &[])).unwrap();
    assert_eq!((own.id, own.is_pending), (asked.id, false));
    let topic = lane.topic().unwrap();
    assert_eq!((topic.counts.confirmed, topic.counts.pending), (1, 0));
    let subscription = topic.subscribers.all().unwrap().get(own.id).unwrap();
    assert_eq!((subscription.owner, subscription.since.0), (OWNER, 2));
}

#[test]
fn a_fifo_topic_has_a_hundred_subscriptions_and_so_has_one_of_large_messages() {
    let fifo = testing::lane("orders.fifo", &[("FifoTopic", "true")]);
    let large = testing::lane("orders", &[("MaximumMessageSize", "1048576")]);
    for mut lane in [fifo, large] {
        for number in 0..100 {
            subscribe(&mut lane, 1, &params(OWNER, &number.to_string(), &[])).unwrap();
        }
        assert!(subscribe(&mut lane, 1, &params(OWNER, "q", &[])).is_err());
        assert!(subscribe(&mut lane, 1, &params(OWNER, "99", &[])).is_ok(), "it is there");
    }
}

#[test]
fn protocols_are_refused_by_name() {
    let standard: Arn = "arn:aws:sns:us-east-1:000000000000:orders".parse().unwrap();
    let fifo: Arn = "arn:aws:sns:us-east-1:000000000000:orders.fifo".parse().unwrap();
    let refused = |topic, protocol| check_protocol(topic, protocol).unwrap_err().to_string();
    for protocol in OTHERS {
        assert!(refused(&standard, protocol).contains(&format!("protocol {protocol} is not")));
        let expected = format!("Invalid parameter: Invalid protocol type: {protocol}");
        assert_eq!(refused(&fifo, protocol), expected);
    }
    assert_eq!(
        refused(&standard, "pigeon"),
        "Invalid parameter: Amazon SNS does not support this protocol string: pigeon"
    );
}

#[test]
fn an_endpoint_is_the_arn_of_a_queue_that_suits_the_topic() {
    let standard: Arn = "arn:aws:sns:us-east-1:000000000000:orders".parse().unwrap();
    let fifo: Arn = "arn:aws:sns:us-east-1:000000000000:orders.fifo".parse().unwrap();
    let queue_of = |name: &str| format!("arn:aws:sqs:eu-west-1:111122223333:{name}");
    assert!(queue(&standard, &queue_of("q")).is_ok());
    assert!(queue(&fifo, &queue_of("q")).is_ok() && queue(&fifo, &queue_of("q.fifo")).is_ok());
    let refused = queue(&standard, &queue_of("q.fifo")).unwrap_err().to_string();
    assert!(refused.ends_with("FIFO SQS Queues can not be subscribed to standard SNS topics"));
    for bad in [
        "",
        "q",
        "http://localhost/000000000000/q",
        "arn:aws:sns:us-east-1:000000000000:q",
        "arn:aws:sqs::000000000000:q",
        "arn:aws:sqs:us-east-1::q",
        &queue_of("a b"),
        &queue_of("a:b"),
    ] {
        let refused = queue(&standard, bad).unwrap_err().to_string();
        assert_eq!(refused, "Invalid parameter: SQS endpoint ARN", "{bad}");
    }
}

#[test]
fn a_topic_has_two_hundred_filter_policies_with_awss_quotas_only() {
    let filter = [("FilterPolicy", r#"{"a":["b"]}"#)];
    let mut lane = testing::lane("orders", &[]);
    for number in 0..200 {
        subscribe(&mut lane, 1, &params(OWNER, &number.to_string(), &filter)).unwrap();
    }
    let refused = subscribe(&mut lane, 1, &params(OWNER, "q", &filter)).map(|_| ()).unwrap_err();
    assert_eq!(refused, Error::FilterPolicyLimitExceeded);
    assert!(subscribe(&mut lane, 1, &params(OWNER, "q", &[])).is_ok());
    assert!(subscribe(&mut lane, 1, &params(OWNER, "99", &filter)).is_ok(), "it is there");
    let (with, without) = (params(OWNER, "r", &filter), params(OWNER, "r", &[]));
    let index = lane.topic().unwrap().subscribers.all().unwrap();
    let check = |before: &SubscribeParams, params: &SubscribeParams, quotas| {
        check_filters(index, Some(&before.attributes), &params.attributes, quotas)
    };
    assert!(check(&without, &with, Quotas::Aws).is_err());
    assert!(
        check(&with, &with, Quotas::Aws).is_ok() && check(&with, &without, Quotas::Aws).is_ok()
    );
    let unlimited = SubscribeParams { quotas: Quotas::None, ..with };
    assert!(subscribe(&mut lane, 1, &unlimited).is_ok());
}

#[test]
fn filters_that_go_make_room_for_others() {
    let filter = [("FilterPolicy", r#"{"a":["b"]}"#)];
    let mut lane = testing::lane("orders", &[]);
    let filtered =
        |lane: &TopicLane| lane.topic().unwrap().subscribers.all().unwrap().routes().filtered();
    let id = subscribe(&mut lane, 1, &params(OWNER, "q", &filter)).unwrap().id;
    assert_eq!(filtered(&lane), 1);
    let topic = lane.topic().unwrap();
    let before = topic.subscribers.all().unwrap().get(id).unwrap();
    let change = topic.unsubscribed(id, before);
    testing::apply(&mut lane, vec![change]);
    assert_eq!(filtered(&lane), 0);
}
