//! Faults made on purpose, so that consumers can be tested for what AWS warns of: throttles, errors, delays,
//! messages that come twice or out of order. There are none unless somebody asks for them.

mod rule;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{Arn, Random, Span};
use parking_lot::RwLock;
use shape::Fault;

use crate::timers::Timers;
use rule::Counted;
pub use rule::{Rule, Trouble};

/// The faults of a node.
#[derive(Default)]
pub struct Faults {
    /// Whether there are any: all that is asked while there are none.
    on: AtomicBool,
    rules: RwLock<Option<Arc<Rules>>>,
}

/// Rules, and the chance that they draw from.
struct Rules {
    random: Random,
    rules: Vec<Counted>,
}

impl Faults {
    /// From now on these rules hold, and no others. The same seed draws the same faults for the same requests
    /// in the same order.
    pub fn set(&self, seed: u64, rules: Vec<Rule>) {
        let is_empty = rules.is_empty();
        let rules = rules.into_iter().map(Counted::new).collect();
        let rules = Rules { random: Random::seeded(seed), rules };
        *self.rules.write() = (!is_empty).then(|| Arc::new(rules));
        self.on.store(!is_empty, Ordering::Release);
    }

    /// Whether there are any.
    pub fn are_on(&self) -> bool {
        self.on.load(Ordering::Acquire)
    }

    /// How often each rule has struck.
    pub fn struck(&self) -> Vec<u64> {
        let rules = self.present();
        rules.iter().flat_map(|rules| &rules.rules).map(Counted::count).collect()
    }

    /// What befalls a request before it is begun: it is delayed, or refused, or nothing.
    pub(crate) async fn befall(
        &self,
        timers: &Timers,
        operation: &str,
        thing: Option<&Arn>,
    ) -> Result<(), Fault> {
        let Some(rules) = self.present() else { return Ok(()) };
        let about = |counted: &&Counted| counted.rule.is_about(operation, thing);
        for counted in rules.rules.iter().filter(about) {
            match &counted.rule.trouble {
                Trouble::Delay(span) if rules.strikes(counted) => {
                    timers.sleep_until(timers.now() + *span).await;
                }
                Trouble::Refuse(fault) if rules.strikes(counted) => return Err(fault.clone()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a message that is received from a queue comes again, although it was received.
    pub fn duplicates(&self, queue: &Arn) -> bool {
        self.strike(queue, |trouble| matches!(trouble, Trouble::Duplicate).then_some(())).is_some()
    }

    /// How much later than it should a message that is sent to a queue arrives.
    pub fn lateness(&self, queue: &Arn) -> Span {
        let late = |trouble: &Trouble| match trouble {
            Trouble::Reorder(span) => Some(*span),
            _ => None,
        };
        self.strike(queue, late).unwrap_or(Span::ZERO)
    }

    /// What the first rule about a thing that strikes says.
    fn strike<T>(&self, thing: &Arn, says: impl Fn(&Trouble) -> Option<T>) -> Option<T> {
        let rules = self.present()?;
        let about = rules.rules.iter().filter(|one| one.rule.is_about_thing(Some(thing)));
        let mut found = about.filter_map(|one| Some((one, says(&one.rule.trouble)?)));
        found.find(|(counted, _)| rules.strikes(counted)).map(|(_, said)| said)
    }

    fn present(&self) -> Option<Arc<Rules>> {
        if self.are_on() { self.rules.read().clone() } else { None }
    }
}

impl Rules {
    fn strikes(&self, counted: &Counted) -> bool {
        // 53 random bits make a number from 0 up to, and without, 1.
        let drawn = (u64::from_be_bytes(self.random.bytes()) >> 11) as f64 / (1_u64 << 53) as f64;
        let strikes = drawn < counted.rule.share;
        if strikes {
            counted.struck();
        }
        strikes
    }
}

#[cfg(test)]
mod tests {
    use base::{Clock, Timestamp};
    use policy::{Case, Pattern};

    use super::*;

    fn queue(name: &str) -> Arn {
        format!("arn:aws:sqs:us-east-1:000000000000:{name}").parse().expect("an ARN")
    }

    fn rule(operation: Option<&str>, thing: Option<&str>, share: f64, trouble: Trouble) -> Rule {
        let operation = operation.map(Into::into);
        let thing = thing.map(|names| Pattern::with_wildcards(names, Case::Matters));
        Rule { operation, thing, share, trouble }
    }

    fn refusal() -> Trouble {
        Trouble::Refuse(Fault::unavailable("on purpose"))
    }

    async fn send(faults: &Faults, name: &str) -> bool {
        let timers = Timers::new(Clock::manual(Timestamp::ZERO));
        faults.befall(&timers, "SendMessage", Some(&queue(name))).await.is_ok()
    }

    #[tokio::test]
    async fn without_rules_nothing_befalls_anybody() {
        let faults = Faults::default();
        assert!(!faults.are_on());
        assert!(send(&faults, "orders").await && !faults.duplicates(&queue("orders")));
        faults.set(1, vec![rule(None, None, 1.0, refusal())]);
        faults.set(1, Vec::new());
        assert!(send(&faults, "orders").await);
    }

    #[tokio::test]
    async fn a_rule_strikes_its_operations_and_its_queues_alone() {
        let faults = Faults::default();
        faults.set(1, vec![rule(Some("SendMessage"), Some("orders-*"), 1.0, refusal())]);
        assert!(!send(&faults, "orders-eu").await);
        assert!(send(&faults, "bills").await);
        let timers = Timers::new(Clock::manual(Timestamp::ZERO));
        let queue = queue("orders-eu");
        assert!(faults.befall(&timers, "ReceiveMessage", Some(&queue)).await.is_ok());
        assert!(faults.befall(&timers, "SendMessage", None).await.is_ok());
        assert_eq!(faults.struck(), [1]);
    }

    #[test]
    fn one_seed_strikes_the_same_messages_twice_and_about_as_often_as_it_should() {
        let draw = |seed| -> Vec<bool> {
            let faults = Faults::default();
            faults.set(seed, vec![rule(None, None, 0.25, Trouble::Duplicate)]);
            (0..1000).map(|_| faults.duplicates(&queue("q"))).collect()
        };
        let struck = draw(7).iter().filter(|struck| **struck).count();
        assert!((200..300).contains(&struck), "{struck}");
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn messages_are_late_where_a_rule_says_so() {
        let faults = Faults::default();
        let late = Trouble::Reorder(Span::from_seconds(2));
        faults.set(1, vec![rule(None, Some("q"), 1.0, late)]);
        assert_eq!(faults.lateness(&queue("q")), Span::from_seconds(2));
        assert_eq!(faults.lateness(&queue("r")), Span::ZERO);
    }
}
