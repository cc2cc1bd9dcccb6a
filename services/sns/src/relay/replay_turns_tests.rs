//! Whose turn it is, what a replay gives, and what comes of its steps.

use base::AccountId;

use super::*;
use crate::filter::Filter;
use crate::keys::DueKind;
use crate::model::change::Published;
use crate::model::message::Confirmation;
use crate::model::subscription::{Protocol, Subscription};
use crate::model::subscription_attributes::{FilterScope, SubscriptionAttributes};
use crate::model::testing::{self, message, moment};
use runtime::delivery::Health;

const NOW: Timestamp = Timestamp::from_millis(1000);

fn id(number: u8) -> SubscriptionId {
    SubscriptionId::from_bytes([number; 16])
}

fn replay(stage: Stage) -> Replay {
    let (begins, ends) = (Timestamp::ZERO, None);
    Replay { base: 10, resumes: Position(5), begins, ends, stage }
}

fn running(cursor: u64, attempts: u32) -> Replay {
    replay(Stage::Running { cursor: Position(cursor), attempts, at: NOW })
}

fn set(lane: &mut TopicLane, id: SubscriptionId, replay: Replay) {
    let changed = vec![(id, replay)];
    testing::apply(lane, vec![Change::Replayed(Replayed { changed })]);
}

/// A topic with one subscription and five messages that have been delivered.
fn lane(filter: Option<&str>) -> TopicLane {
    let archive = ("ArchivePolicy", r#"{"MessageRetentionPeriod":1}"#);
    let mut lane = testing::lane("orders.fifo", &[("FifoTopic", "true"), archive]);
    let scope = FilterScope::MessageBody;
    let filter = filter.map(|text| Filter::parse(text, scope).unwrap());
    let attributes = SubscriptionAttributes { filter, scope, ..SubscriptionAttributes::default() };
    let subscription = Subscription {
        protocol: Protocol::Sqs,
        endpoint: "arn:aws:sqs:us-east-1:000000000000:q.fifo".into(),
        owner: AccountId::DEFAULT,
        attributes: Arc::new(attributes),
        expires: None,
        since: Position(5),
        authenticated_end: true,
    };
    let topic = lane.topic.as_ref().unwrap();
    let change = topic.subscribed(topic.subscribers.all().unwrap(), id(1), subscription);
    testing::apply(&mut lane, vec![change]);
    let topic = lane.topic.as_mut().unwrap();
    (topic.end, topic.relay.delivered) = (Position(5), Position(5));
    lane
}

fn entry(lane: &TopicLane) -> Timer {
    let topic = lane.topic.as_ref().unwrap();
    let at = topic.replays.get(id(1)).unwrap().at().unwrap();
    let incarnation = replay::line(&topic.incarnation, id(1));
    Timer { at, incarnation, kind: DueKind::Replay as u8, arn: lane.arn.clone() }
}

fn turn(lane: &TopicLane) -> Turn {
    let Decision::Plan(plan) = find(lane, &entry(lane)) else { panic!("no plan") };
    plan.answer.unwrap()
}

fn settled(lane: &mut TopicLane, step: Step) {
    let (entry, turn) = (entry(lane), turn(lane));
    let Decision::Plan(plan) = settle(lane, moment(1000), &entry, &turn, step) else {
        panic!("no plan")
    };
    testing::apply(lane, plan.changes);
}

fn stage(lane: &TopicLane) -> Stage {
    lane.topic.as_ref().unwrap().replays.get(id(1)).unwrap().stage
}

#[test]
fn a_replay_begins_when_nothing_else_is_on_its_way_to_the_subscription() {
    let mut lane = lane(None);
    set(&mut lane, id(1), replay(Stage::Pending { from: Position(0), at: NOW }));
    let is_clear = |lane: &TopicLane| turn(lane).is_clear;
    assert!(is_clear(&lane));
    let relay = &mut lane.topic.as_mut().unwrap().relay;
    let lag = Lag { cursor: Position(4), attempts: 1, at: NOW, health: Health::Healthy };
    relay.lagging.put(id(1), lag);
    assert!(!is_clear(&lane), "it is behind");
    let relay = &mut lane.topic.as_mut().unwrap().relay;
    relay.lagging.remove(id(1));
    relay.delivered = Position(4);
    assert!(!is_clear(&lane), "a round is on its way");
    let relay = &mut lane.topic.as_mut().unwrap().relay;
    relay.delivered = Position(5);
    let idle = Lag { cursor: Position(5), at: Lag::IDLE, attempts: 0, health: Health::Slow };
    relay.lagging.put(id(1), idle);
    assert!(is_clear(&lane), "it is slow, and has got all");
}

#[test]
fn an_entry_whose_turn_is_over_finds_nothing() {
    let mut lane = lane(None);
    set(&mut lane, id(1), running(0, 0));
    let entry = entry(&lane);
    settled(&mut lane, Step::Wait);
    let Decision::Plan(plan) = find(&lane, &entry) else { panic!("no plan") };
    assert!(plan.answer.is_none());
}

#[test]
fn a_replay_gives_messages_of_its_range_that_the_filter_takes_under_its_own_numbers() {
    let mut lane = lane(Some(r#"{"n":[1]}"#));
    let replay = Replay { begins: Timestamp::from_millis(50), ..running(0, 0) };
    set(&mut lane, id(1), replay);
    let at = |position: u64, published: u64, body: &str| {
        let LogEntry::Message(mut message) = message(body) else { panic!("no message") };
        message.published = Timestamp::from_millis(published);
        let entry = Arc::new(LogEntry::Message(message));
        Arc::new(Outgoing::new(Position(position), entry))
    };
    let asked = LogEntry::Confirmation(Confirmation {
        id: uuid::Uuid::nil(),
        asked: Timestamp::from_millis(60),
        subscription: id(1),
        reached_at: String::new(),
    });
    let messages = [
        at(0, 49, r#"{"n":1}"#),
        at(1, 50, r#"{"n":1}"#),
        at(2, 51, r#"{"n":2}"#),
        Arc::new(Outgoing::new(Position(3), Arc::new(asked))),
        at(4, 60, r#"{"n":1}"#),
    ];
    let turn = turn(&lane);
    let found = address(&lane, &entry(&lane), &turn, &messages);
    let Decision::Plan(plan) = found else { panic!("no plan") };
    let (_, to) = plan.answer.unwrap();
    let positions: Vec<u64> = to.messages.iter().map(|message| message.position.0).collect();
    assert_eq!(positions, [1, 4]);
    assert_eq!((to.number(Position(4)), to.position(15)), (15, Position(4)));
    let other = Turn { replay: running(1, 0), ..turn };
    let other = address(&lane, &entry(&lane), &other, &messages);
    let Decision::Plan(plan) = other else { panic!("no plan") };
    assert!(plan.answer.is_none(), "it is not the replay that it was");
}

#[test]
fn it_goes_on_until_it_has_reached_what_waits_for_its_end() {
    let mut lane = lane(None);
    set(&mut lane, id(1), replay(Stage::Pending { from: Position(0), at: NOW }));
    settled(&mut lane, Step::Located(Position(2)));
    assert_eq!(stage(&lane), running(2, 0).stage);
    settled(&mut lane, Step::Reached(Position(4)));
    assert_eq!(stage(&lane), running(4, 0).stage);
    settled(&mut lane, Step::Reached(Position(5)));
    assert_eq!(stage(&lane), Stage::Completed);
    let topic = lane.topic.as_ref().unwrap();
    assert_eq!((topic.relay.lagging.is_empty(), topic.replays.count()), (true, 0));
}

#[test]
fn attempts_are_counted_for_the_message_that_fails() {
    let later = |cursor, attempts, pause| Stage::Running {
        cursor: Position(cursor),
        attempts,
        at: NOW + Span::from_millis(pause),
    };
    assert_eq!(after(&running(3, 0), Step::Failed(Position(3)), NOW), later(3, 1, 0));
    assert_eq!(after(&running(3, 3), Step::Failed(Position(3)), NOW), later(3, 4, 1000));
    assert_eq!(after(&running(3, 3), Step::Failed(Position(4)), NOW), later(4, 1, 0));
    assert_eq!(
        after(&running(3, 200_000), Step::Failed(Position(3)), NOW),
        later(3, 200_001, 20_000)
    );
    assert_eq!(after(&running(3, 3), Step::Wait, NOW), later(3, 3, 1000));
}

#[test]
fn what_was_published_meanwhile_is_delivered_by_those_who_look_after_the_ones_behind() {
    for (stage_before, step, expected) in [
        (running(4, 0).stage, Step::Reached(Position(5)), Stage::Completed),
        (running(4, 0).stage, Step::Lost, Stage::Failed),
        (Stage::Withdrawn { at: NOW }, Step::Withdrawn, Stage::Over),
    ] {
        let mut lane = lane(None);
        set(&mut lane, id(1), replay(stage_before));
        let entry = Arc::new(message("new"));
        let published =
            Published { position: Position(5), record: entry.encode(), entry, deliver_at: None };
        testing::apply(&mut lane, vec![Change::Published(published)]);
        settled(&mut lane, step);
        assert_eq!(stage(&lane), expected);
        let relay = &lane.topic.as_ref().unwrap().relay;
        let lag = Lag { cursor: Position(5), attempts: 0, at: NOW, health: Health::Healthy };
        assert_eq!(relay.lagging.get(id(1)), Some(lag));
        assert_eq!(relay.catch_up_at, [Some(NOW), None, None]);
        assert_eq!(relay.target(id(1)), Position(6), "whatever round is under way");
    }
}

#[test]
fn what_came_of_a_replay_that_was_replaced_meanwhile_counts_no_more() {
    let mut lane = lane(None);
    set(&mut lane, id(1), running(0, 0));
    let (entry, turn) = (entry(&lane), turn(&lane));
    let withdrawn = running(0, 0).withdraw(NOW);
    set(&mut lane, id(1), withdrawn);
    let delivered = Step::Reached(Position(5));
    let Decision::Plan(plan) = settle(&lane, moment(1000), &entry, &turn, delivered) else {
        panic!("no plan")
    };
    testing::apply(&mut lane, plan.changes);
    assert_eq!(stage(&lane), withdrawn.stage);
}
