//! Short histories at which the program and its model once differed.

use super::operations::{Operation, Which};
use super::vocabulary::*;
use super::{QUEUES, replay};

/// Redrive policies lead to the last queue.
const DEAD_LETTERS: usize = QUEUES - 1;

fn send(group: &str, id: &str, delay_seconds: Option<u64>) -> Operation {
    let message = Send {
        group: Some(group.to_owned()),
        deduplication_id: Some(id.to_owned()),
        delay_seconds,
        ..Send::default()
    };
    Operation::Send { queue: 0, messages: vec![message] }
}

fn redrive(most: u32) -> Operation {
    Operation::Set { queue: 0, setting: Setting::RedrivePolicy(Some(most)) }
}

fn receive(visibility_timeout: u64) -> Operation {
    receive_from(0, 10, visibility_timeout)
}

fn receive_from(queue: usize, max_number_of_messages: usize, visibility_timeout: u64) -> Operation {
    let asked = Receive {
        max_number_of_messages,
        visibility_timeout: Some(visibility_timeout),
        attempt: None,
    };
    Operation::Receive { queue, asked }
}

#[test]
fn entries_of_a_batch_are_judged_by_the_state_before_it() {
    let both = vec![Which(0), Which(1)];
    let delete = Operation::Delete { which: both, elsewhere: false };
    let changes = vec![(Which(0), 0), (Which(1), 5), (Which(0), 5)];
    let change = Operation::Change { which: changes, elsewhere: false };
    let history = [send("group", "id", None), receive(0), receive(30), change, delete];
    assert_eq!(replay(Kind::Fifo, &history), Ok(()));
}

#[test]
fn a_delay_of_zero_for_a_message_of_a_fifo_queue_leaves_it_the_delay_of_the_queue() {
    let set = Operation::Set { queue: 0, setting: Setting::DelaySeconds(5) };
    let history = [
        set,
        send("group", "id", Some(0)),
        send("group", "other", Some(1)),
        Operation::Pass(4_999),
        receive(30),
        Operation::Pass(1),
        receive(30),
    ];
    assert_eq!(replay(Kind::Fifo, &history), Ok(()));
}

#[test]
fn a_group_gives_no_message_to_a_receive_that_takes_a_dead_letter_out_of_it() {
    let history = [
        redrive(1),
        send("group", "dead", None),
        receive(0),
        send("group", "behind", None),
        send("other", "other", None),
        receive(30),
        receive(30),
        receive_from(DEAD_LETTERS, 10, 30),
    ];
    assert_eq!(replay(Kind::Fifo, &history), Ok(()));
}

#[test]
fn a_move_task_leaves_what_waits_behind_a_message_in_flight() {
    let mut history = vec![redrive(1)];
    for group in ["a", "b", "a", "b"] {
        history.push(send(group, &format!("id-{}", history.len()), None));
    }
    history.extend([
        receive(0),
        receive(0),
        receive_from(DEAD_LETTERS, 1, 30),
        Operation::Move { to: None },
        receive(30),
        Operation::Pass(30_000),
        Operation::Move { to: Some(1) },
        receive_from(1, 10, 30),
    ]);
    assert_eq!(replay(Kind::Fifo, &history), Ok(()));
}
