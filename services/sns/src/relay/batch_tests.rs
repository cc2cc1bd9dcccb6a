//! The recipients of a batch.

use std::sync::Arc;

use base::{AccountId, Timestamp};

use super::*;
use crate::filter::Filter;
use crate::keys::DueKind;
use crate::keys::LagRow;
use crate::model::change::Published;
use crate::model::lagging::Lag;
use crate::model::message::Confirmation;
use crate::model::subscription::{Protocol, Subscription};
use crate::model::subscription_attributes::{FilterScope, SubscriptionAttributes};
use crate::model::testing::message;
use crate::model::{Change, testing};

fn id(number: u8) -> SubscriptionId {
    SubscriptionId::from_bytes([number; 16])
}

fn attributes(filter: Option<&str>) -> Arc<SubscriptionAttributes> {
    let scope = FilterScope::MessageBody;
    let filter = filter.map(|text| Filter::parse(text, scope).unwrap());
    Arc::new(SubscriptionAttributes { filter, scope, ..SubscriptionAttributes::default() })
}

fn subscribe(lane: &mut TopicLane, number: u8, filter: Option<&str>, expires: Option<u64>) {
    let subscription = Subscription {
        protocol: Protocol::Sqs,
        endpoint: format!("arn:aws:sqs:us-east-1:000000000000:q{number}"),
        owner: AccountId::DEFAULT,
        attributes: attributes(filter),
        expires: expires.map(Timestamp::from_millis),
        since: Position(0),
        authenticated_end: true,
    };
    let topic = lane.topic.as_ref().unwrap();
    let change = topic.subscribed(topic.subscribers.all().unwrap(), id(number), subscription);
    testing::apply(lane, vec![change]);
}

fn publish(lane: &mut TopicLane, entry: LogEntry) {
    let topic = lane.topic.as_ref().unwrap();
    let (record, entry) = (entry.encode(), Arc::new(entry));
    let deliver_at = topic.relay.wake(Timestamp::ZERO);
    let published = Published { position: topic.end, entry, record, deliver_at };
    testing::apply(lane, vec![Change::Published(published)]);
}

fn entry(lane: &TopicLane) -> Timer {
    let incarnation = lane.topic.as_ref().unwrap().incarnation;
    let (at, kind) = (Timestamp::ZERO, DueKind::Deliver as u8);
    Timer { at, incarnation, kind, arn: lane.arn.clone() }
}

fn look_at(lane: &TopicLane) -> (DeliveryBatch, RecipientPage) {
    match next_batch(lane, testing::moment(0), &entry(lane), None, 256, None) {
        Decision::Plan(plan) => match plan.answer {
            NextBatch::Ready(batch, page) => (batch, page),
            _ => panic!("no batch"),
        },
        _ => panic!("no plan"),
    }
}

/// The first page, taken anew.
fn first_page(lane: &TopicLane, batch: &DeliveryBatch) -> RecipientPage {
    let topic = lane.topic.as_ref().unwrap();
    page_of(topic, topic.subscribers.all().unwrap(), batch, None)
}

fn names(page: &RecipientPage) -> Vec<(u8, usize)> {
    let one = |to: &RecipientBatch| (to.id.as_bytes()[0], to.messages.len());
    page.recipients.iter().map(one).collect()
}

#[test]
fn a_batch_goes_to_whom_it_is_for_in_the_order_of_their_ids() {
    let mut lane = testing::lane("orders", &[]);
    subscribe(&mut lane, 1, None, None);
    subscribe(&mut lane, 2, Some(r#"{"n":[2]}"#), None);
    subscribe(&mut lane, 3, Some(r#"{"n":[3]}"#), None);
    subscribe(&mut lane, 4, Some(r#"{"n":[2]}"#), Some(9));
    publish(&mut lane, message(r#"{"n":1}"#));
    publish(&mut lane, message(r#"{"n":2}"#));
    publish(
        &mut lane,
        LogEntry::Confirmation(Confirmation {
            id: uuid::Uuid::nil(),
            asked: Timestamp::ZERO,
            subscription: id(4),
            reached_at: String::new(),
        }),
    );
    let (batch, page) = look_at(&lane);
    assert_eq!((batch.to, names(&page)), (Position(3), vec![(1, 2), (2, 1), (4, 1)]));
    assert!(page.next.is_none());
}

#[test]
fn the_next_batch_is_looked_for_while_one_is_on_its_way() {
    let mut lane = testing::lane("orders", &[]);
    subscribe(&mut lane, 1, None, None);
    publish(&mut lane, message("1"));
    let (batch, _) = look_at(&lane);
    let ahead = |lane: &TopicLane| {
        let look = next_batch(lane, testing::moment(0), &entry(lane), Some(batch.to), 256, None);
        let Decision::Plan(plan) = look else { panic!("no plan") };
        plan.answer
    };
    assert!(matches!(ahead(&lane), NextBatch::None));
    publish(&mut lane, message("2"));
    publish(&mut lane, message("3"));
    let NextBatch::Ready(next, page) = ahead(&lane) else { panic!("no batch") };
    assert_eq!((next.from, next.to, names(&page)), (Position(1), Position(3), vec![(1, 2)]));
    lane.topic.as_mut().unwrap().relay.window = Default::default();
    assert!(matches!(ahead(&lane), NextBatch::OnDisk { from: Position(1), below: Position(3) }));
}

#[test]
fn a_filter_that_comes_or_goes_during_a_batch_hides_no_message() {
    let mut lane = testing::lane("orders", &[]);
    subscribe(&mut lane, 1, None, None);
    subscribe(&mut lane, 2, Some(r#"{"n":[7]}"#), None);
    publish(&mut lane, message(r#"{"n":1}"#));
    let (batch, first) = look_at(&lane);
    assert_eq!(names(&first), [(1, 1)]);
    subscribe(&mut lane, 1, Some(r#"{"n":[1]}"#), None);
    subscribe(&mut lane, 2, None, None);
    assert_eq!(names(&first_page(&lane, &batch)), [(1, 1), (2, 1)]);
}

#[test]
fn who_has_ended_or_is_behind_is_passed_by() {
    let mut lane = testing::lane("orders", &[]);
    for number in 1..=3 {
        subscribe(&mut lane, number, None, None);
    }
    publish(&mut lane, message("{}"));
    let (batch, _) = look_at(&lane);
    let topic = lane.topic.as_mut().unwrap();
    topic.relay.lagging.put(id(1), Lag::from_row(LagRow::default()));
    let before = topic.subscribers.all().unwrap().get(id(2)).unwrap();
    let ended = topic.unsubscribed(id(2), before);
    testing::apply(&mut lane, vec![ended]);
    assert_eq!(names(&first_page(&lane, &batch)), [(3, 1)]);
}

#[test]
fn one_of_ten_thousand_filters_is_found_by_what_the_message_says() {
    let mut lane = testing::lane("orders", &[]);
    for number in 0_u16..10_000 {
        let subscription = Subscription {
            protocol: Protocol::Sqs,
            endpoint: format!("arn:aws:sqs:us-east-1:000000000000:q{number}"),
            owner: AccountId::DEFAULT,
            attributes: attributes(Some(&format!(r#"{{"n":[{number}]}}"#))),
            expires: None,
            since: Position(0),
            authenticated_end: true,
        };
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        let topic = lane.topic.as_ref().unwrap();
        let index = topic.subscribers.all().unwrap();
        let change = topic.subscribed(index, SubscriptionId::from_bytes(id), subscription);
        testing::apply(&mut lane, vec![change]);
    }
    publish(&mut lane, message(r#"{"n":7777}"#));
    let (_, page) = look_at(&lane);
    let endpoints: Vec<&str> = page.recipients.iter().map(|to| &to.endpoint[..]).collect();
    assert_eq!(endpoints, ["arn:aws:sqs:us-east-1:000000000000:q7777"]);
}

#[test]
fn the_larger_the_messages_the_fewer_get_them_at_once() {
    let sized = |size: usize| {
        let mut lane = testing::lane("orders", &[]);
        publish(&mut lane, message(&"x".repeat(size)));
        look_at(&lane).0.at_once
    };
    assert_eq!((sized(1), sized(100_000), sized(900_000)), (256, 256, 74));
}
