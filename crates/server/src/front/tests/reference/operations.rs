//! Random operations: what happens often to queues happens often here, and much happens at boundaries.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Union;

use super::QUEUES;
use super::vocabulary::*;

/// A step of a history.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    /// One message, or several as a batch; an empty body becomes one that no other message has.
    Send {
        queue: usize,
        messages: Vec<Send>,
    },
    Receive {
        queue: usize,
        asked: Receive,
    },
    /// Of one of the newest handles, or of several as a batch; in their own queue, or in another one.
    Delete {
        which: Vec<Which>,
        elsewhere: bool,
    },
    Change {
        which: Vec<(Which, u64)>,
        elsewhere: bool,
    },
    Set {
        queue: usize,
        setting: Setting,
    },
    Purge {
        queue: usize,
    },
    Recreate {
        queue: usize,
    },
    /// Brings dead letters to a queue, or to where they came from.
    Move {
        to: Option<usize>,
    },
    Pass(Millis),
    /// To a moment at which something changes, or a millisecond before or after.
    PassTo {
        which: usize,
        offset: i64,
    },
    Restart,
}

/// One of the handles that somebody remembers, counted from the newest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Which(pub(super) usize);

pub(super) fn operation(kind: Kind) -> impl Strategy<Value = Operation> {
    let send =
        (queue(), messages(kind)).prop_map(|(queue, messages)| Operation::Send { queue, messages });
    let receive =
        (queue(), receive(kind)).prop_map(|(queue, asked)| Operation::Receive { queue, asked });
    let delete = (few(which()), rarely())
        .prop_map(|(which, elsewhere)| Operation::Delete { which, elsewhere });
    let change = (few((which(), timeout())), rarely())
        .prop_map(|(which, elsewhere)| Operation::Change { which, elsewhere });
    let set =
        (queue(), setting(kind)).prop_map(|(queue, setting)| Operation::Set { queue, setting });
    let pass_to =
        (0..100_usize, -1_i64..=1).prop_map(|(which, offset)| Operation::PassTo { which, offset });
    one_of(vec![
        (20, send.boxed()),
        (25, receive.boxed()),
        (12, delete.boxed()),
        (8, change.boxed()),
        (5, set.boxed()),
        (1, queue().prop_map(|queue| Operation::Purge { queue }).boxed()),
        (1, queue().prop_map(|queue| Operation::Recreate { queue }).boxed()),
        (3, destination().prop_map(|to| Operation::Move { to }).boxed()),
        (8, span().prop_map(Operation::Pass).boxed()),
        (8, pass_to.boxed()),
        (2, Just(Operation::Restart).boxed()),
    ])
}

/// One of them, by weight; a weight may be zero.
fn one_of<T: std::fmt::Debug>(mut all: Vec<(u32, BoxedStrategy<T>)>) -> impl Strategy<Value = T> {
    all.retain(|(weight, _)| *weight > 0);
    Union::new_weighted(all)
}

/// So often, of a hundred times.
fn at_times<T: std::fmt::Debug>(
    percent: u8,
    one: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    (0_u8..100, one).prop_map(move |(dice, one)| (dice >= 100 - percent).then_some(one))
}

fn destination() -> impl Strategy<Value = Option<usize>> {
    at_times(40, 0..QUEUES - 1)
}

/// Mostly the first queue, sometimes the dead-letter queue, which is the last one.
fn queue() -> impl Strategy<Value = usize> {
    prop_oneof![6 => Just(0), 1 => 1..QUEUES - 1, 3 => Just(QUEUES - 1)]
}

/// One, or as many as a batch may have.
fn few<T: Clone + std::fmt::Debug>(
    one: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Vec<T>> {
    let one = one.boxed();
    prop_oneof![3 => vec(one.clone(), 1), 1 => vec(one, 2..=10)]
}

fn rarely() -> impl Strategy<Value = bool> {
    at_times(3, Just(())).prop_map(|at_times| at_times.is_some())
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![4 => 0..4_usize, 3 => 0..20_usize, 1 => 0..200_usize].prop_map(Which)
}

/// Seconds of a visibility timeout.
fn timeout() -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(0_u64), 6 => 1_u64..20, 1 => 43_180_u64..=43_200]
}

fn messages(kind: Kind) -> impl Strategy<Value = Vec<Send>> {
    let is_fifo = kind == Kind::Fifo;
    let id = prop_oneof![3 => 0_u16..1000, 1 => 0_u16..5];
    let send = (
        at_times(if is_fifo { 30 } else { 0 }, 0_u8..3),
        at_times(if is_fifo { 98 } else { 50 }, 0_u8..4),
        at_times(if is_fifo { 80 } else { 1 }, id),
        at_times(if is_fifo { 2 } else { 30 }, 0_u64..15),
        at_times(20, 0_u8..9),
    );
    let send = send.prop_map(|(body, group, id, delay_seconds, attribute)| Send {
        body: body.map(|body| format!("body-{body}")).unwrap_or_default(),
        group: group.map(|group| format!("group-{group}")),
        deduplication_id: id.map(|id| format!("id-{id}")),
        delay_seconds,
        attribute: attribute.map(|text| format!("note-{text}")),
    });
    few(send)
}

fn receive(kind: Kind) -> impl Strategy<Value = Receive> {
    let most = prop_oneof![2 => Just(1), 2 => 1..=10_usize, 2 => Just(10)];
    let attempt = at_times(if kind == Kind::Fifo { 30 } else { 1 }, 0_u8..3);
    (most, at_times(60, timeout()), attempt).prop_map(
        |(max_number_of_messages, visibility_timeout, attempt)| Receive {
            max_number_of_messages,
            visibility_timeout,
            attempt,
        },
    )
}

fn setting(kind: Kind) -> impl Strategy<Value = Setting> {
    let is_fifo = u32::from(kind == Kind::Fifo);
    let delay = prop_oneof![Just(0), 0..15_u64];
    let retention = prop_oneof![Just(60_u64), 60..400_u64, Just(345_600)];
    one_of(vec![
        (2, (0_u64..30).prop_map(Setting::VisibilityTimeout).boxed()),
        (2, delay.prop_map(Setting::DelaySeconds).boxed()),
        (2, retention.prop_map(Setting::MessageRetentionPeriod).boxed()),
        (2 * is_fifo, any::<bool>().prop_map(Setting::ContentBasedDeduplication).boxed()),
        (is_fifo, any::<bool>().prop_map(Setting::DeduplicationWithinGroups).boxed()),
        (3, at_times(80, 1_u32..4).prop_map(Setting::RedrivePolicy).boxed()),
    ])
}

fn span() -> impl Strategy<Value = Millis> {
    prop_oneof![
        4 => 1_u64..2_000,
        4 => (1_u64..30).prop_map(|seconds| seconds * 1000),
        1 => (60_u64..400).prop_map(|seconds| seconds * 1000),
    ]
}
