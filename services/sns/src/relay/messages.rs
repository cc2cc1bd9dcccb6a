//! Log entries as their receivers get them.

use std::sync::Arc;

use base::Arn;
use futures::future;
use runtime::Trouble;
use runtime::delivery::{self, Delivery, MessageParameters, Sequenced, Text};

use super::recipients::{Origin, RecipientBatch};
use super::replayed;
use crate::Sns;
use crate::envelope::confirmation::{self, Kind};
use crate::envelope::notification::{Envelope, Notification};
use crate::envelope::{self, Seal};
use crate::model::arn::SubscriptionArn;
use crate::model::message::{self, Confirmation};
use crate::model::outgoing::Outgoing;
use crate::model::{LogEntry, Message, token};

/// Writes messages of a topic for its subscriptions.
pub(super) struct MessageWriter<'w> {
    pub(super) sns: &'w Sns,
    pub(super) topic: &'w Arn,
    pub(super) origin: Origin,
}

impl MessageWriter<'_> {
    /// The messages of a recipient, with their numbers in the stream.
    pub(super) async fn deliveries(&self, to: &RecipientBatch) -> Result<Vec<Sequenced>, Trouble> {
        let delivery = |outgoing| async move {
            let message = self.message(to, outgoing).await?;
            let number = to.number(outgoing.position);
            Ok(Sequenced { number, delivery: Delivery::Message(message) })
        };
        let messages = to.messages.iter().map(|outgoing| &**outgoing);
        future::try_join_all(messages.map(delivery)).await
    }

    async fn message(
        &self,
        to: &RecipientBatch,
        outgoing: &Outgoing,
    ) -> Result<delivery::Message, Trouble> {
        let message = match &*outgoing.entry {
            LogEntry::Message(message) => message,
            LogEntry::Confirmation(asked) => return self.confirmation(to, asked).await,
        };
        let is_replayed = to.replay_base.is_some();
        let deduplication_id = match &message.deduplication_id {
            Some(_) if is_replayed => {
                Some(replayed::deduplication_id(to.id, to.number(outgoing.position)).into())
            }
            published => published.as_deref().map(Arc::from),
        };
        let group_id = message.group_id.as_deref().map(Arc::from);
        let parameters = MessageParameters { group_id, deduplication_id, trace_header: None };
        if to.attributes.raw {
            let body = Arc::clone(outgoing.body());
            let attributes = match is_replayed {
                true => replayed::attributes(outgoing, message),
                false => Arc::clone(outgoing.attributes()),
            };
            return Ok(delivery::Message { body, attributes, parameters });
        }
        // What is replayed was read for this subscription alone: nobody else gets its document.
        let make = || self.envelope(outgoing, message, is_replayed);
        let envelope = outgoing.envelope.get_or_try_init(make).await?;
        let name = SubscriptionArn { topic: self.topic.clone(), id: to.id }.to_string();
        let url = envelope::unsubscribe_url(&message.reached_at, &name);
        let body = Text::shared(envelope.addressed(&url));
        Ok(delivery::Message { body, attributes: Arc::default(), parameters })
    }

    /// The document of a message. AWS does not sign what FIFO topics deliver.
    async fn envelope(
        &self,
        outgoing: &Outgoing,
        message: &Message,
        is_replayed: bool,
    ) -> Result<Envelope, Trouble> {
        let id = message.id.to_string();
        let is_fifo = self.origin.is_fifo;
        let number = is_fifo.then(|| message::sequence_number(outgoing.position));
        let notification = Notification {
            message_id: &id,
            topic: self.topic,
            subject: message.subject.as_deref(),
            message: message.body_for("sqs"),
            published: message.published,
            sequence_number: number.as_deref(),
            is_replayed,
            attributes: outgoing.attributes(),
        };
        if is_fifo {
            return Ok(notification.envelope(None));
        }
        let seal = self.seal(notification.string_to_sign(), &message.reached_at).await?;
        Ok(notification.envelope(Some(&seal)))
    }

    /// The message that asks the owner of a queue to confirm. A FIFO queue gets it in a group of its own.
    async fn confirmation(
        &self,
        to: &RecipientBatch,
        asked: &Confirmation,
    ) -> Result<delivery::Message, Trouble> {
        let id = asked.id.to_string();
        let Origin { incarnation, secret, .. } = &self.origin;
        let token = token::seal(incarnation, secret, to.id);
        let document = confirmation::Confirmation {
            kind: Kind::Subscription,
            message_id: &id,
            topic: self.topic,
            token: &token,
            at: asked.asked,
            reached_at: &asked.reached_at,
        };
        let seal = self.seal(document.string_to_sign(), &asked.reached_at).await?;
        let body = document.document(&seal);
        let is_fifo = to.endpoint.ends_with(".fifo");
        let own = |id: String| is_fifo.then(|| Arc::from(id));
        let (group_id, deduplication_id) = (own(to.id.to_string()), own(id));
        let parameters = MessageParameters { group_id, deduplication_id, trace_header: None };
        Ok(delivery::Message { parameters, ..delivery::Message::text(body) })
    }

    async fn seal(&self, text: String, reached_at: &str) -> Result<Seal, Trouble> {
        let version = self.origin.signature;
        let signed = self.sns.signing.sign(version, vec![text]).await?;
        let signature = signed.signatures.into_iter().next();
        let signature =
            signature.ok_or_else(|| Trouble::Unavailable("nothing was signed".into()))?;
        let certificate_url = [reached_at, "/", &*signed.certificate].concat();
        Ok(Seal { version, signature, certificate_url })
    }
}
