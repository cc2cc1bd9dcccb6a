//! Groups: order, locks, and sends that are repeated.

use super::*;

const QUEUE: Queue = Queue::Fifo;

fn receive_all(story: &mut Story, tokens: &[Token], hidden: Duration) {
    let began = story.receiving(QUEUE);
    let seen: Vec<_> = tokens.iter().map(|token| sighting(QUEUE, *token, 1)).collect();
    story.shown(began, QUEUE, hidden, &seen);
}

#[test]
fn a_group_that_comes_in_order_breaks_nothing() {
    let mut story = Story::default();
    let tokens = story.group(QUEUE, 3);
    receive_all(&mut story, &tokens, LONG);
    assert_eq!(story.found(), []);
}

#[test]
fn a_message_that_comes_before_an_earlier_one_is_out_of_order() {
    let mut story = Story::default();
    let tokens = story.group(QUEUE, 3);
    receive_all(&mut story, &[tokens[0], tokens[2]], LONG);
    assert_eq!(story.found(), [Breach::Order]);
    let mut story = Story::default();
    let tokens = story.group(QUEUE, 2);
    receive_all(&mut story, &[tokens[1], tokens[0]], LONG);
    assert_eq!(story.found(), [Breach::Order]);
}

#[test]
fn a_message_of_another_group_may_come_before() {
    let mut story = Story::default();
    let tokens = story.group(QUEUE, 2);
    let others: Vec<_> = (0..tokens[1].0).map(Token).collect();
    let other = others.into_iter().find(|token| !tokens.contains(token));
    if let Some(other) = other {
        story.accept(other, &first(QUEUE, other), SHORT);
        receive_all(&mut story, &[tokens[0]], LONG);
        receive_all(&mut story, &[other], LONG);
    }
    assert_eq!(story.found(), []);
    assert!(other.is_some(), "two neighbours were of one group");
}

#[test]
fn a_group_is_locked_while_a_message_of_it_is_in_flight() {
    let mut story = Story::default();
    let tokens = story.group(QUEUE, 2);
    receive_all(&mut story, &tokens[..1], LONG);
    receive_all(&mut story, &tokens[1..], LONG);
    assert_eq!(story.found(), [Breach::Overtaken]);
}

#[test]
fn a_message_behind_one_that_may_be_deleted_may_come() {
    let mut story = Story::default();
    let tokens = story.group(QUEUE, 2);
    let held = story.receive(QUEUE, tokens[0], 1, LONG);
    story.lose_delete(&held);
    receive_all(&mut story, &tokens[1..], LONG);
    assert_eq!(story.found(), []);
}

#[test]
fn a_message_that_was_sent_while_a_receive_was_under_way_may_not_be_in_it() {
    let mut story = Story::default();
    let began = story.receiving(QUEUE);
    let tokens = story.group(QUEUE, 2);
    story.shown(began, QUEUE, LONG, &[sighting(QUEUE, tokens[1], 1)]);
    assert_eq!(story.found(), []);
}

#[test]
fn an_acknowledged_delete_of_a_fifo_queue_is_certain() {
    check(
        |story| {
            let token = story.sent(QUEUE);
            let held = story.receive(QUEUE, token, 1, SHORT);
            story.delete(&held);
            story.receive(QUEUE, token, 2, SHORT);
        },
        &[Breach::Undone],
    );
}

#[test]
fn a_repeated_send_is_answered_as_the_first_was() {
    for (other, breach) in [
        (Accepted { id: "other".into(), sequence: Some(0) }, Breach::Doubled),
        (Accepted { id: "id-0".into(), sequence: Some(5) }, Breach::Order),
    ] {
        let mut story = Story::default();
        let token = story.sent(QUEUE);
        story.accept(token, &first(QUEUE, token), SHORT);
        assert_eq!(story.found(), []);
        assert_eq!((story.0.totals.sent_fifo, story.0.totals.duplicates), (1, 1));
        story.accept(token, &other, SHORT);
        assert_eq!(story.found(), [breach]);
    }
}

#[test]
fn a_send_that_is_repeated_after_its_message_was_seen_is_answered_with_that_message() {
    let mut story = Story::default();
    let token = story.sending(QUEUE);
    story.receive(QUEUE, token, 1, SHORT);
    story.accept(token, &first(QUEUE, token), SHORT);
    assert_eq!(story.found(), []);
    let token = story.sending(QUEUE);
    story.receive(QUEUE, token, 1, SHORT);
    story.accept(token, &Accepted { id: "other".into(), sequence: Some(1) }, SHORT);
    assert_eq!(story.found(), [Breach::Doubled]);
}

#[test]
fn a_message_stands_behind_those_that_were_acknowledged_before_it_was_sent() {
    let mut story = Story::default();
    let tokens = story.group(QUEUE, 1);
    let later = loop {
        let token = story.sending(QUEUE);
        if message::group(token) == message::group(tokens[0]) {
            break token;
        }
    };
    let before = Accepted { sequence: Some(0), ..first(QUEUE, later) };
    story.accept(later, &before, SHORT);
    assert_eq!(story.found(), [Breach::Order]);
}

#[test]
fn a_batch_stands_in_the_order_in_which_it_was_sent() {
    for (is_reversed, expected) in [(false, vec![]), (true, vec![Breach::Order])] {
        let mut story = Story::default();
        let tokens = story.0.send_begins(QUEUE, 500);
        for token in &tokens {
            let place = if is_reversed { 1_000 - token.0 } else { token.0 };
            let accepted = Accepted { sequence: Some(place.into()), ..first(QUEUE, *token) };
            story.accept(*token, &accepted, SHORT);
        }
        assert_eq!(story.found(), expected);
    }
}
