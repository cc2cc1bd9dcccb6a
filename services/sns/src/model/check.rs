//! The invariants of a topic's lane, checked after each change while the program is tested.

use std::fmt::Debug;

use crate::model::Topic;

/// The result of a check; the text names the broken invariant and what was seen.
pub(crate) type Checked = Result<(), String>;

/// Says which invariant is broken, and what was seen.
pub(crate) fn ensure(holds: bool, invariant: &str, seen: impl Debug) -> Checked {
    if holds { Ok(()) } else { Err(format!("{invariant}: {seen:?}")) }
}

/// Checks a topic. Costs what its lagging subscriptions are.
pub(crate) fn topic(topic: &Topic) -> Checked {
    let relay = &topic.relay;
    let offsets = (relay.released, relay.delivered, topic.end);
    ensure(
        offsets.0 <= offsets.1,
        "the released offset is at the delivered one or before",
        offsets,
    )?;
    ensure(offsets.1 <= offsets.2, "the delivered offset is at the end or before", offsets)?;
    if let Some(batch) = &relay.in_flight {
        ensure(batch.to <= topic.end, "a batch goes to the end at most", (batch, topic.end))?;
        ensure(batch.passed <= batch.to, "a batch follows the one before it", batch)?;
    }
    relay.lagging.check(topic.end)
}
