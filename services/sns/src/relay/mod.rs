//! Deliveries: batches that take the newest messages to all subscriptions, catch-ups for the subscriptions that
//! lag, replays, and the sweep of archives.
//!
//! There is one job of a kind and topic at a time. A subscription belongs to one of them: to the batches, or to
//! the catch-up for receivers of its health. So no stream is delivered twice at once, and nobody waits for a
//! receiver of another health. If something fails that concerns all receivers (nothing can be signed), a job is
//! run again as a whole: receivers know what they have.
//!
//! From the bottom up; each file uses those above it in this list:
//!
//! 1. `bounds`, `retry`: how much at once, and when again.
//! 2. `recipients`: the messages of one subscription. `replayed`, `messages`: how they are written.
//!    `delivery`: how they are delivered.
//! 3. Decisions in the topic's lane: `settle`, then `batch`; `lagging`; `archive`; `replay_turns`.
//! 4. `log`, `reads`: reading the topic's log.
//! 5. The jobs: `fan_out`, `catch_up`, `replay`.

mod archive;
mod batch;
mod bounds;
mod catch_up;
mod delivery;
mod fan_out;
mod lagging;
mod log;
mod messages;
mod reads;
mod recipients;
mod replay;
mod replay_turns;
mod replayed;
mod retry;
mod settle;

pub(crate) use bounds::{Bounds, Budgets};
