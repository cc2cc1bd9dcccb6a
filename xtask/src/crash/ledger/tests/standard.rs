//! What holds for every queue: messages, counts, deletes and visibility.

use super::*;

const QUEUE: Queue = Queue::Standard;

#[test]
fn an_acknowledged_message_that_nobody_sees_again_is_lost() {
    check(|story| _ = story.sent(QUEUE), &[Breach::Lost]);
}

#[test]
fn an_unanswered_send_may_be_lost_until_its_message_is_seen() {
    check(|story| _ = story.sending(QUEUE), &[]);
    let seen = |story: &mut Story| {
        let token = story.sending(QUEUE);
        story.receive(QUEUE, token, 1, SHORT);
    };
    check(seen, &[Breach::Lost]);
}

#[test]
fn an_unanswered_delete_may_have_deleted_or_not_until_the_message_is_seen_again() {
    let unseen = |story: &mut Story| {
        let token = story.sent(QUEUE);
        let held = story.receive(QUEUE, token, 1, SHORT);
        story.lose_delete(&held);
    };
    check(unseen, &[]);
    let seen = |story: &mut Story| {
        let token = story.sent(QUEUE);
        let held = story.receive(QUEUE, token, 1, SHORT);
        story.lose_delete(&held);
        story.receive(QUEUE, token, 2, SHORT);
    };
    check(seen, &[Breach::Lost]);
}

#[test]
fn a_receive_that_began_before_a_delete_ended_does_not_settle_it() {
    check(
        |story| {
            let token = story.sent(QUEUE);
            let began = story.receiving(QUEUE);
            let held = story.receive(QUEUE, token, 1, SHORT);
            story.lose_delete(&held);
            story.shown(began, QUEUE, SHORT, &[sighting(QUEUE, token, 2)]);
        },
        &[],
    );
}

#[test]
fn a_refused_delete_deletes_nothing() {
    check(
        |story| {
            let token = story.sent(QUEUE);
            let held = story.receive(QUEUE, token, 1, SHORT);
            story.0.delete_begins(&held);
            story.0.delete_refused(&held);
        },
        &[Breach::Lost],
    );
}

#[test]
fn a_message_whose_deletion_was_acknowledged_must_not_come_back() {
    check(
        |story| {
            let token = story.sent(QUEUE);
            let held = story.receive(QUEUE, token, 1, LONG);
            story.delete(&held);
            story.receive(QUEUE, token, 2, LONG);
        },
        &[Breach::Undone, Breach::Early],
    );
}

#[test]
fn a_delete_after_the_visibility_timeout_may_have_deleted_nothing() {
    check(
        |story| {
            let token = story.sent(QUEUE);
            let held = story.receive(QUEUE, token, 1, SHORT);
            story.delete(&held);
            let held = story.receive(QUEUE, token, 2, LONG);
            story.delete(&held);
        },
        &[],
    );
}

#[test]
fn a_receive_under_way_while_a_delete_is_acknowledged_proves_nothing() {
    check(
        |story| {
            let token = story.sent(QUEUE);
            let first = story.receiving(QUEUE);
            let held = story.receive(QUEUE, token, 2, LONG);
            story.delete(&held);
            story.shown(first, QUEUE, SHORT, &[sighting(QUEUE, token, 1)]);
        },
        &[],
    );
}

#[test]
fn a_receive_count_must_grow() {
    for (second, breaches) in [(3, 0), (2, 1), (1, 1)] {
        let mut story = Story::default();
        let token = story.sent(QUEUE);
        story.receive(QUEUE, token, 2, SHORT);
        story.receive(QUEUE, token, second, SHORT);
        assert_eq!(story.0.breaches.count(Breach::Backwards), breaches, "2, then {second}");
    }
}

#[test]
fn a_receive_count_counts_receives_and_only_an_unanswered_one_is_not_seen() {
    let third = |story: &mut Story| {
        let token = story.sent(QUEUE);
        story.receive(QUEUE, token, 1, SHORT);
        let held = story.receive(QUEUE, token, 3, LONG);
        story.delete(&held);
    };
    check(third, &[Breach::Counted]);
    let with_a_lost_one = |story: &mut Story| {
        let token = story.sent(QUEUE);
        story.receive(QUEUE, token, 1, SHORT);
        story.lose_receive(QUEUE);
        let held = story.receive(QUEUE, token, 3, LONG);
        story.delete(&held);
    };
    check(with_a_lost_one, &[]);
    let lost_before_it_was_sent = |story: &mut Story| {
        story.lose_receive(QUEUE);
        third(story);
    };
    check(lost_before_it_was_sent, &[Breach::Counted]);
}

#[test]
fn a_hidden_message_must_not_be_seen() {
    check(
        |story| {
            let token = story.sent(QUEUE);
            story.receive(QUEUE, token, 1, LONG);
            let held = story.receive(QUEUE, token, 2, LONG);
            story.delete(&held);
        },
        &[Breach::Early],
    );
}

#[test]
fn a_delayed_message_must_not_be_seen() {
    check(
        |story| {
            let token = story.sending(QUEUE);
            story.accept(token, &first(QUEUE, token), LONG);
            let held = story.receive(QUEUE, token, 1, LONG);
            story.delete(&held);
        },
        &[Breach::Early],
    );
}

#[test]
fn a_changed_visibility_timeout_counts_once_it_is_acknowledged() {
    for (before, after, breaches) in [(LONG, SHORT, 0), (SHORT, LONG, 1)] {
        let mut story = Story::default();
        let token = story.sent(QUEUE);
        let held = story.receive(QUEUE, token, 1, before);
        story.hide(&held, after);
        story.receive(QUEUE, token, 2, LONG);
        assert_eq!(story.0.breaches.count(Breach::Early), breaches);
    }
}

#[test]
fn an_unanswered_change_leaves_the_earlier_of_two_times() {
    for (before, after, breaches) in [(LONG, SHORT, 0), (SHORT, LONG, 0), (LONG, LONG, 1)] {
        let mut story = Story::default();
        let token = story.sent(QUEUE);
        let held = story.receive(QUEUE, token, 1, before);
        let began = story.0.begins();
        story.0.hide_begins(began, &held, after);
        story.receive(QUEUE, token, 2, LONG);
        assert_eq!(story.0.breaches.count(Breach::Early), breaches);
    }
}

#[test]
fn a_handle_may_be_refused_only_when_its_time_is_over() {
    for (hidden, breaches) in [(SHORT, 0), (LONG, 1)] {
        let mut story = Story::default();
        let token = story.sent(QUEUE);
        let held = story.receive(QUEUE, token, 1, hidden);
        let began = story.0.begins();
        story.0.expired(began, &held, "expired");
        assert_eq!(story.0.breaches.count(Breach::Refused), breaches);
    }
}

#[test]
fn a_message_that_nobody_sent_is_noticed() {
    for token in [None, Some(Token(99))] {
        let mut story = Story::default();
        let began = story.receiving(QUEUE);
        let seen = Sighting { token, ..sighting(QUEUE, Token(0), 1) };
        story.shown(began, QUEUE, SHORT, &[seen]);
        assert_eq!(story.found(), [Breach::Changed]);
    }
}

#[test]
fn a_message_has_one_message_id_and_one_queue() {
    let other = Sighting { id: "other".into(), ..sighting(QUEUE, Token(0), 1) };
    for (queue, seen) in [(QUEUE, other), (Queue::Dead, sighting(QUEUE, Token(0), 1))] {
        let mut story = Story::default();
        story.sent(QUEUE);
        story.see(queue, SHORT, &seen);
        assert_eq!(story.found(), [Breach::Doubled]);
    }
}

#[test]
fn what_waits_is_counted() {
    let mut story = Story::default();
    let token = story.sent(QUEUE);
    story.sending(QUEUE);
    assert_eq!(story.0.backlog(QUEUE), 1);
    let held = story.receive(QUEUE, token, 1, SHORT);
    story.delete(&held);
    story.delete(&held);
    assert_eq!(story.0.backlog(QUEUE), 0);
    story.receive(QUEUE, token, 2, SHORT);
    assert_eq!(story.0.backlog(QUEUE), 1, "it was not deleted");
}
