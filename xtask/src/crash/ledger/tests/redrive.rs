//! Dead letters and moves: a message is in one of two queues.

use super::*;

const SOURCE: Queue = Queue::Source;
const DEAD: Queue = Queue::Dead;

/// A message that was received as often as its queue allows.
fn worn_out(story: &mut Story, source: Queue) -> Token {
    let token = story.sent(source);
    story.receive(source, token, 1, SHORT);
    story.receive(source, token, 2, SHORT);
    token
}

/// And that was seen as a dead letter.
fn dead(story: &mut Story, source: Queue) -> Token {
    let token = worn_out(story, source);
    story.receive(source.dead_letters().unwrap(), token, 1, SHORT);
    token
}

fn delete(story: &mut Story, queue: Queue, seen: &Sighting) {
    let held = story.see(queue, LONG, seen);
    story.delete(&held);
}

#[test]
fn a_message_dies_and_is_moved_back_and_dies_again() {
    let mut story = Story::default();
    let token = dead(&mut story, SOURCE);
    story.0.move_begins();
    story.see(SOURCE, SHORT, &moved(SOURCE, token, 1, 1));
    story.see(SOURCE, SHORT, &moved(SOURCE, token, 2, 1));
    story.see(DEAD, SHORT, &moved(DEAD, token, 1, 1));
    delete(&mut story, SOURCE, &moved(SOURCE, token, 1, 2));
    story.0.close();
    assert_eq!(story.found(), []);
    assert_eq!((story.0.totals.dead, story.0.totals.moved), (2, 2));
}

#[test]
fn a_dead_letter_that_nobody_sees_again_is_lost() {
    check(|story| _ = dead(story, SOURCE), &[Breach::Lost]);
}

#[test]
fn a_message_is_not_in_its_queue_and_in_the_dead_letter_queue() {
    check(
        |story| {
            let token = dead(story, SOURCE);
            let held = story.receive(SOURCE, token, 3, LONG);
            story.delete(&held);
        },
        &[Breach::Doubled, Breach::Overdue],
    );
}

#[test]
fn a_moved_message_is_not_in_the_dead_letter_queue_any_more() {
    check(
        |story| {
            let token = dead(story, SOURCE);
            story.0.move_begins();
            story.see(SOURCE, SHORT, &moved(SOURCE, token, 1, 1));
            let held = story.receive(DEAD, token, 2, LONG);
            story.delete(&held);
        },
        &[Breach::Doubled],
    );
}

#[test]
fn a_receive_that_began_before_a_message_left_may_show_it_where_it_was() {
    check(
        |story| {
            let token = story.sent(SOURCE);
            story.receive(SOURCE, token, 1, SHORT);
            let began = story.receiving(SOURCE);
            story.receive(DEAD, token, 1, SHORT);
            story.shown(began, SOURCE, SHORT, &[sighting(SOURCE, token, 2)]);
            let held = story.receive(DEAD, token, 2, LONG);
            story.delete(&held);
        },
        &[],
    );
}

#[test]
fn without_a_move_task_no_message_has_a_new_id() {
    check(
        |story| {
            let token = dead(story, SOURCE);
            delete(story, SOURCE, &moved(SOURCE, token, 1, 1));
        },
        &[Breach::Doubled],
    );
}

#[test]
fn where_nobody_can_tell_what_came_first_nothing_is_broken() {
    check(
        |story| {
            let token = dead(story, SOURCE);
            story.0.move_begins();
            let began = story.receiving(SOURCE);
            story.see(SOURCE, SHORT, &moved(SOURCE, token, 1, 2));
            story.shown(began, SOURCE, SHORT, &[moved(SOURCE, token, 1, 1)]);
            delete(story, SOURCE, &moved(SOURCE, token, 2, 2));
        },
        &[],
    );
}

#[test]
fn a_message_dies_no_sooner_than_it_has_to() {
    let once = |story: &mut Story| {
        let token = story.sent(SOURCE);
        story.receive(SOURCE, token, 1, SHORT);
        let held = story.receive(DEAD, token, 1, LONG);
        story.delete(&held);
    };
    check(once, &[Breach::Premature]);
    let with_an_unanswered_receive = |story: &mut Story| {
        let token = story.sent(SOURCE);
        story.receive(SOURCE, token, 1, SHORT);
        story.lose_receive(SOURCE);
        let held = story.receive(DEAD, token, 1, LONG);
        story.delete(&held);
    };
    check(with_an_unanswered_receive, &[]);
}

#[test]
fn a_message_that_should_have_died_is_not_received() {
    check(
        |story| {
            let token = worn_out(story, SOURCE);
            let held = story.receive(SOURCE, token, 3, LONG);
            story.delete(&held);
        },
        &[Breach::Overdue],
    );
}

#[test]
fn a_hidden_message_does_not_die() {
    check(
        |story| {
            let token = story.sent(SOURCE);
            story.receive(SOURCE, token, 1, SHORT);
            story.receive(SOURCE, token, 2, LONG);
            let held = story.receive(DEAD, token, 1, LONG);
            story.delete(&held);
        },
        &[Breach::Early],
    );
}

#[test]
fn a_deleted_message_does_not_die() {
    check(
        |story| {
            let token = story.sent(SOURCE);
            story.receive(SOURCE, token, 1, SHORT);
            let held = story.receive(SOURCE, token, 2, LONG);
            story.delete(&held);
            story.receive(DEAD, token, 1, SHORT);
        },
        &[Breach::Undone, Breach::Early],
    );
}

#[test]
fn a_dead_letter_of_a_standard_queue_keeps_the_time_at_which_it_was_sent() {
    for (queue, expected) in [(SOURCE, vec![Breach::Changed]), (Queue::FifoSource, vec![])] {
        let mut story = Story::default();
        let token = worn_out(&mut story, queue);
        let dead = queue.dead_letters().unwrap();
        let seen = Sighting { sent: 2, ..sighting(dead, token, 1) };
        story.see(dead, SHORT, &seen);
        assert_eq!(story.found(), expected);
    }
}

#[test]
fn a_fifo_message_behind_one_that_may_have_died_may_come() {
    for (receives, expected) in [(1, vec![Breach::Order]), (2, vec![])] {
        let mut story = Story::default();
        let tokens = story.group(Queue::FifoSource, 2);
        for count in 1..=receives {
            story.receive(Queue::FifoSource, tokens[0], count, SHORT);
        }
        story.receive(Queue::FifoSource, tokens[1], 1, SHORT);
        assert_eq!(story.found(), expected, "{receives} receives");
    }
}

#[test]
fn a_fifo_message_that_was_moved_stands_at_the_end_of_its_group() {
    let mut story = Story::default();
    let tokens = story.group(Queue::FifoSource, 2);
    story.receive(Queue::FifoSource, tokens[0], 1, SHORT);
    story.receive(Queue::FifoSource, tokens[0], 2, SHORT);
    story.receive(Queue::FifoDead, tokens[0], 1, SHORT);
    story.0.move_begins();
    story.receive(Queue::FifoSource, tokens[1], 1, SHORT);
    let back = moved(Queue::FifoSource, tokens[0], 1, 1);
    story.see(Queue::FifoSource, SHORT, &back);
    assert_eq!(story.found(), [Breach::Order], "the second one is not in flight, and comes first");
}
