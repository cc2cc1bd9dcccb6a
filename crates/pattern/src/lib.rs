//! Comparing events with patterns, one at a time or a great many at once.
//!
//! A [`Pattern`] is what a subscriber writes to say which events it wants: SNS's filter policies and
//! EventBridge's event patterns are of this kind. It is a JSON object: every field that it names must
//! match, by any one of the values listed for it; `$or` adds alternatives. What exactly may be said, and
//! how much, differs from service to service: a [`Dialect`] holds it. An [`Event`] is read once and
//! compared with any number of patterns, best by a [`Matcher`], whose work depends on the event and on how
//! many patterns match, not on how many there are.
//!
//! Nothing here does I/O or waits. Parsing and comparing are bounded: no text makes either overflow the
//! stack or take exponential time.

mod compile;
mod condition;
mod dialect;
pub mod dialects;
mod event;
mod json;
mod matcher;
mod number;
mod pattern;
mod refused;
mod scalar;

pub use dialect::{Dialect, Existing, Missing, Numbers, Operator};
pub use event::{Attributes, Event, MOST_EVENT_DEPTH, NotAnEvent};
pub use matcher::Matcher;
pub use number::{MOST_DECIMALS, Number};
pub use pattern::Pattern;
pub use refused::{BadNumeric, BadWildcard, Operand, Reason, Refused};
pub use scalar::Scalar;
