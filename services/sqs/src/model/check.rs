//! The invariants of a queue's lane, checked after each change while the program is tested.

use std::fmt::Debug;

use crate::model::backlog::Tracked;
use crate::model::{Messages, Queue};
use store::Position;

/// The result of a check; the text names the broken invariant and what was seen.
pub(crate) type Checked = Result<(), String>;

/// Says which invariant is broken, and what was seen.
pub(crate) fn ensure(holds: bool, invariant: &str, seen: impl Debug) -> Checked {
    if holds { Ok(()) } else { Err(format!("{invariant}: {seen:?}")) }
}

/// Checks a queue.
pub(crate) fn queue(queue: &Queue) -> Checked {
    match &queue.backlog {
        Messages::Standard(backlog) => backlog.check()?,
        Messages::Fifo(fifo) => fifo.check()?,
    }
    let messages = &queue.backlog;
    let (head, tail) = (messages.head(), messages.tail());
    ensure(head <= tail, "the head of the queue is at its tail or before", (head, tail))?;
    leaving(messages)
}

/// Those that leave are tracked under the numbers that they have.
fn leaving(messages: &Messages) -> Checked {
    let leaving = messages.leaving();
    for (number, position) in leaving.behind(0) {
        let tracked: Option<&Tracked> = messages.tracked(position);
        let has = tracked.and_then(|message| message.leaving.as_ref()).map(|it| it.number);
        ensure(has == Some(number), "a leaving message has its number", (position, number, has))?;
        ensure(number <= leaving.last(), "numbers are given in order", (number, leaving.last()))?;
    }
    Ok(())
}

/// Tracked messages stand before the tail.
pub(crate) fn before_tail(last: Option<&Position>, tail: Position) -> Checked {
    ensure(
        last.is_none_or(|last| *last < tail),
        "tracked messages are before the tail",
        (last, tail),
    )
}
