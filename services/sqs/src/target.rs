//! Queues as receivers of what other services deliver: messages are stored as if their senders had called
//! SendMessage, through the queue's one inbox (`port`).

use std::sync::Arc;

use base::Arn;
use futures::future::{BoxFuture, FutureExt};
use policy::{Document, Keys, Policies, Principal, Request, Verdict};
use runtime::Trouble;
use runtime::delivery::{Batch, Delivered, Refusal, Sender, Target};

use crate::Sqs;
use crate::model::Queue;
use crate::model::policy::Policy;
use crate::ops::letter;
use crate::port::{Parcel, Source};

/// Bytes of the messages of one commit, passed by one message at most: far less than a store takes at
/// once, and far more than most deliveries are.
const COMMIT: usize = 8 << 20;

impl Target for Sqs {
    fn deliver<'b>(&'b self, batch: Batch<'b>) -> BoxFuture<'b, Result<Delivered, Trouble>> {
        self.take_in(batch).boxed()
    }
}

impl Sqs {
    /// Stores what fits into one commit, until all is stored or refused. A delivery that no queue would accept
    /// is refused after those before it are stored.
    async fn take_in(&self, batch: Batch<'_>) -> Result<Delivered, Trouble> {
        let Batch { to, sender, stream, .. } = batch;
        let (parcels, unfit) = self.open(&batch);
        let source = Source { stream, sender: Some(sender) };
        let mut accepted = 0;
        loop {
            let rest = &parcels[accepted..];
            let taken = self.enqueue(to, source, &rest[..fitting(rest)]).await?;
            accepted += taken.accepted;
            if taken.refused.is_some() || accepted == parcels.len() {
                let refused = taken.refused.or(unfit);
                return Ok(Delivered { accepted, refused });
            }
        }
    }

    /// The deliveries as messages, up to the first one that cannot be a message; and why not.
    fn open(&self, batch: &Batch<'_>) -> (Vec<Parcel>, Option<Refusal>) {
        let node = self.queues.node();
        let now = node.timers().now();
        let mut parcels = Vec::with_capacity(batch.deliveries.len());
        for one in batch.deliveries {
            let id = node.random().uuid();
            let opened = one.delivery.message(batch.to).and_then(|message| {
                let opened = letter::open(batch.to, batch.sender, message, id, now);
                opened.map_err(|error| Refusal::Denied(error.to_string()))
            });
            match opened {
                Ok(sending) => parcels.push(Parcel { number: one.number, sending }),
                Err(refusal) => return (parcels, Some(refusal)),
            }
        }
        (parcels, None)
    }
}

/// How many of the first parcels one commit takes.
fn fitting(parcels: &[Parcel]) -> usize {
    let mut bytes = 0;
    let fits = |parcel: &&Parcel| {
        let fits = bytes < COMMIT;
        bytes += parcel.sending.stored.bytes.len();
        fits
    };
    parcels.iter().take_while(fits).count()
}

/// Whether a queue's policy lets a service deliver, where that is asked.
pub(crate) fn is_let_in(queue: &Queue, arn: &Arn, sender: &Sender) -> bool {
    if !sender.checked {
        return true;
    }
    let policy = queue.attributes.policy.as_ref();
    let policy = policy.map(Policy::compiled);
    may_deliver(policy.as_deref(), sender, arn)
}

/// Whether a queue of this policy takes what a service delivers on behalf of its source. A service has no
/// leave but what the queue's policy gives.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html>
pub(crate) fn may_deliver(policy: Option<&Document>, sender: &Sender, queue: &Arn) -> bool {
    let mut context = Keys::default();
    context.add("aws:SourceArn", sender.source.as_str());
    if let Some(account) = sender.source.account() {
        context.add("aws:SourceAccount", account.as_str());
    }
    // It never leaves the program.
    context.add("aws:SecureTransport", "true");
    let Some(resource_account) = queue.account() else { return false };
    let request = Request {
        principal: &Principal::Service { name: Arc::from(sender.principal) },
        action: "sqs:SendMessage",
        resource: queue.as_str(),
        resource_account,
        context: &context,
    };
    let policies = Policies { resource: policy, ..Policies::default() };
    policy::evaluate(&request, &policies) == Verdict::Allowed
}

/// What the sender is told.
pub(crate) fn not_let_in(queue: &Arn, sender: &Sender) -> Refusal {
    let Sender { principal, source, .. } = sender;
    Refusal::Denied(format!(
        "{principal} is not authorized to perform: sqs:SendMessage on resource: {queue} on behalf \
         of {source} because no resource-based policy allows the sqs:SendMessage action"
    ))
}

#[cfg(test)]
mod tests {
    use policy::Kind;

    use super::*;
    use crate::ops::sending::tests::sending;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:111111111111:orders";
    const TOPIC: &str = "arn:aws:sns:us-east-1:222222222222:news";

    fn sender() -> Sender {
        let source = TOPIC.parse().expect("an ARN");
        Sender { principal: "sns.amazonaws.com", id: "SNS", source, checked: true }
    }

    fn allows(statements: &[&str]) -> bool {
        let statements = statements.join(",");
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let policy = Document::parse(Kind::Resource, &text).expect("a policy");
        may_deliver(Some(&policy), &sender(), &QUEUE.parse().expect("an ARN"))
    }

    fn statement(effect: &str, principal: &str, condition: &str) -> String {
        format!(
            r#"{{"Effect":"{effect}","Principal":{principal},"Action":"SQS:SendMessage","Resource":"{QUEUE}","Condition":{{{condition}}}}}"#
        )
    }

    #[test]
    fn a_service_needs_the_queues_leave() {
        assert!(!may_deliver(None, &sender(), &QUEUE.parse().expect("an ARN")));
        let service = r#"{"Service":"sns.amazonaws.com"}"#;
        for (principal, condition, expected) in [
            (service, "", true),
            (r#""*""#, "", true),
            (r#"{"Service":"events.amazonaws.com"}"#, "", false),
            (r#"{"AWS":"222222222222"}"#, "", false),
            (service, r#""ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:222222222222:news"}"#, true),
            (service, r#""ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:222222222222:old"}"#, false),
            (service, r#""StringEquals":{"aws:SourceAccount":"222222222222"}"#, true),
            (service, r#""StringEquals":{"aws:SourceAccount":"111111111111"}"#, false),
        ] {
            let statement = statement("Allow", principal, condition);
            assert_eq!(allows(&[&statement]), expected, "{statement}");
        }
    }

    #[test]
    fn a_queue_that_demands_tls_takes_what_comes_from_inside() {
        let allow = statement("Allow", r#"{"Service":"sns.amazonaws.com"}"#, "");
        let tls = statement("Deny", r#""*""#, r#""Bool":{"aws:SecureTransport":"false"}"#);
        assert!(allows(&[&allow, &tls]));
        let deny = statement("Deny", r#""*""#, "");
        assert!(!allows(&[&allow, &deny]));
    }

    #[test]
    fn a_commit_takes_many_small_messages_or_a_few_large_ones_and_at_least_one() {
        let parcel = |bytes: usize| {
            let mut sending = sending(1, None);
            sending.stored.bytes = vec![0; bytes].into();
            Parcel { number: 1, sending }
        };
        let parcels = |count: usize, bytes: usize| -> Vec<Parcel> {
            (0..count).map(|_| parcel(bytes)).collect()
        };
        assert_eq!(fitting(&parcels(100, 2000)), 100);
        assert_eq!(fitting(&parcels(100, 1 << 20)), 8);
        assert_eq!(fitting(&parcels(2, COMMIT + 1)), 1);
        assert_eq!(fitting(&[]), 0);
    }
}
