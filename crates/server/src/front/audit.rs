//! The log of refusals: who was not let in, or not allowed, and why. Bounded, so that nobody fills a disk with
//! requests that are refused anyway.

use std::net::SocketAddr;

use base::Timestamp;
use parking_lot::Mutex;
use shape::Fault;

use crate::front::routes::Route;

/// Most lines a second; what is beyond them is counted.
const LINES: u32 = 10;

/// The longest text in a line, in bytes.
const LONGEST: usize = 1024;

/// The refusals of the present second.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    second: Mutex<Second>,
}

/// A request that was refused.
pub(super) struct Refused<'r> {
    /// The address that it came from; none for a call from inside.
    pub(super) peer: Option<SocketAddr>,
    /// Its operation.
    pub(super) route: &'r Route,
    /// The access key that it names, whether it was proven or not.
    pub(super) access_key: Option<&'r str>,
    /// The principal of a call from inside.
    pub(super) caller: Option<&'r str>,
}

#[derive(Debug, Default)]
struct Second {
    at: u64,
    lines: u32,
    unwritten: u64,
}

/// What is said of one more refusal.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// A line, and how many refusals before it had none.
    Line {
        unwritten: u64,
    },
    Nothing,
}

impl Audit {
    /// Writes a line if a request was refused because of who sent it.
    pub(super) fn note(&self, now: Timestamp, refused: Refused<'_>, fault: &Fault) {
        if !is_refusal(fault) {
            return;
        }
        let Refused { peer, route, access_key, caller } = refused;
        let Said::Line { unwritten } = self.second.lock().one_more(now) else { return };
        tracing::warn!(
            target: "audit",
            peer = peer.map(tracing::field::display),
            service = route.service.name,
            operation = route.operation.name,
            code = fault.code,
            // What follows was sent by somebody who is not known: it is quoted and cut off.
            caller = caller.map(start),
            access_key = access_key.map(start).map(tracing::field::debug),
            reason = ?start(&fault.message),
            unwritten,
            "refused"
        );
    }
}

/// What a line shows of a text: its first line, and not too much of that. What follows in a message is what should
/// have been signed, which may have a session token in it.
fn start(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    &line[..line.floor_char_boundary(LONGEST)]
}

/// Whether it is about who the caller is, or what it may do.
fn is_refusal(fault: &Fault) -> bool {
    matches!(
        fault.code,
        "AccessDenied"
            | "AuthorizationError"
            | "ExpiredToken"
            | "IncompleteSignature"
            | "InvalidClientTokenId"
            | "MissingAuthenticationToken"
            | "RequestExpired"
            | "SignatureDoesNotMatch"
    )
}

impl Second {
    fn one_more(&mut self, now: Timestamp) -> Said {
        if self.at != now.seconds() {
            (self.at, self.lines) = (now.seconds(), 0);
        }
        if self.lines == LINES {
            self.unwritten += 1;
            return Said::Nothing;
        }
        self.lines += 1;
        Said::Line { unwritten: std::mem::take(&mut self.unwritten) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_a_few_lines_and_what_is_beyond_them_is_counted() {
        let mut second = Second::default();
        let (now, later) = (Timestamp::from_millis(5_000), Timestamp::from_millis(6_000));
        let said: Vec<Said> = (0..25).map(|_| second.one_more(now)).collect();
        let lines = said.iter().filter(|said| **said == Said::Line { unwritten: 0 }).count();
        assert_eq!(lines, LINES as usize);
        assert_eq!(second.one_more(later), Said::Line { unwritten: 15 });
        assert_eq!(second.one_more(later), Said::Line { unwritten: 0 });
    }

    #[test]
    fn a_line_shows_the_beginning_of_what_was_sent() {
        assert_eq!((start("one\ntwo"), start("")), ("one", ""));
        assert_eq!(start(&"é".repeat(1000)).len(), LONGEST);
        assert_eq!(start(&format!("a{}", "é".repeat(1000))).len(), LONGEST - 1);
    }

    #[test]
    fn only_refusals_are_noted() {
        assert!(is_refusal(&Fault::common("AccessDenied", 403, "")));
        assert!(!is_refusal(&Fault::common("InvalidParameterValue", 400, "")));
        assert!(!is_refusal(&Fault::unavailable("")));
    }
}
