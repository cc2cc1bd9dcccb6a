//! Dead letters, and move tasks that bring them back.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html>

use super::*;

impl Model {
    /// A dead letter arrives with all that its sender gave, its id and its source. In a standard queue its
    /// retention goes on; in a FIFO queue it is dated anew, and duplicates are told by its id.
    pub(super) fn bury(&mut self, source: usize, id: &str) {
        let Some(dead) = self.take(source, id) else { return };
        let (sent, deduplication_id) = match self.queues[source].kind {
            Kind::Standard => (dead.sent, None),
            Kind::Fifo => (self.now, dead.id.clone()),
        };
        let send = Send { deduplication_id, ..dead.send };
        let arrived = self.arrive(self.queues.len() - 1, send, None);
        (arrived.id, arrived.source, arrived.sent) = (dead.id, Some(source), sent);
        self.pass(0);
    }

    fn take(&mut self, queue: usize, id: &str) -> Option<Message> {
        let messages = &mut self.queues[queue].messages;
        let index = messages.iter().position(|message| message.id.as_deref() == Some(id))?;
        Some(messages.remove(index))
    }

    /// What a move task takes, by id: what can be received from the dead-letter queue.
    pub(crate) fn movable(&self) -> Vec<String> {
        let visible = self.queues[self.queues.len() - 1].messages.iter();
        let visible = visible.filter(|message| message.is_visible(self.now));
        visible.filter_map(|message| message.id.clone()).collect()
    }

    /// StartMessageMoveTask from the dead-letter queue, which must be one, to a queue or to where each message
    /// came from; it is judged when the task has ended. A moved message is a new one, with a new id. One that
    /// was sent to the dead-letter queue itself came from nowhere: there the task fails, and it is open which
    /// others it moves.
    pub(crate) fn start_move(
        &mut self,
        to: Option<usize>,
        answer: &Answer<()>,
        moved: &[String],
    ) -> Verdict {
        if self.queues.iter().all(|queue| queue.max_receive_count.is_none()) {
            return same("the answer", answer, &Err(Refusal::InvalidParameterValue));
        }
        same("the answer", answer, &Ok(()))?;
        let (from, movable) = (self.queues.len() - 1, self.movable());
        let visible = self.queues[from].messages.iter().filter(|m| m.is_visible(self.now));
        let fails = to.is_none() && visible.clone().any(|message| message.source.is_none());
        ensure(fails || moved.len() == movable.len(), || "some were not moved".into())?;
        for id in moved {
            let message = self.take(from, id).ok_or("a message was moved that is not there")?;
            let to = to.or(message.source).ok_or("a message was moved to nowhere")?;
            self.arrive(to, message.send, None);
        }
        Ok(())
    }
}
