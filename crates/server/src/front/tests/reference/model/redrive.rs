//! Dead letters, and move tasks that bring them back.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html>

use super::{Answer, Kind, Message, Model, Refusal, Send, Verdict, ensure, same};

impl Model {
    fn dead_letters(&self) -> usize {
        self.queues.len() - 1
    }

    /// A dead letter arrives in the dead-letter queue with all that its sender gave, its id and its source. In a
    /// standard queue its retention goes on; in a FIFO queue it is dated anew, and its id is what duplicates
    /// are told by.
    pub(super) fn bury(&mut self, source: usize, id: &str) {
        let target = self.dead_letters();
        let Some(dead) = self.take(source, id) else { return };
        let sent = if self.queues[source].kind == Kind::Standard { dead.sent } else { self.now };
        let deduplication_id = dead.id.clone().filter(|_| self.queues[source].kind == Kind::Fifo);
        let delay = self.queues[target].delay;
        let send = Send { deduplication_id, ..dead.send };
        let arrived = self.arrive(target, send, delay);
        (arrived.id, arrived.source, arrived.sent) = (dead.id, Some(source), sent);
        self.expire();
    }

    fn take(&mut self, queue: usize, id: &str) -> Option<Message> {
        let messages = &mut self.queues[queue].messages;
        let index = messages.iter().position(|message| message.id.as_deref() == Some(id))?;
        Some(messages.remove(index))
    }

    /// What a move task takes if it meets nothing that it cannot move: what can be received, by id, the oldest
    /// first.
    pub(in super::super) fn movable(&self) -> Vec<String> {
        let visible = self.queues[self.dead_letters()].messages.iter();
        let visible = visible.filter(|message| !message.is_hidden(self.now));
        visible.filter_map(|message| message.id.clone()).collect()
    }

    /// StartMessageMoveTask from the dead-letter queue, to a queue or, without one, to where each message came
    /// from. `moved`, by id, is judged; a moved message is a new one, with a new id. A message that was sent to
    /// the dead-letter queue itself came from nowhere: the task fails there, and which others it has moved
    /// before is open.
    pub(in super::super) fn start_move(
        &mut self,
        to: Option<usize>,
        answer: &Answer<()>,
        moved: &[String],
    ) -> Verdict {
        if !self.queues.iter().any(|queue| queue.max_receive_count.is_some()) {
            return same("the answer", answer, &Err(Refusal::InvalidParameterValue));
        }
        same("the answer", answer, &Ok(()))?;
        let from = self.dead_letters();
        let movable = self.movable();
        let target = |message: &Message| to.or(message.source);
        let is_stray = |id: &String| {
            let all = &self.queues[from].messages;
            all.iter().any(|m| m.id.as_ref() == Some(id) && target(m).is_none())
        };
        let has_stray = movable.iter().any(is_stray);
        let is_right = moved.iter().all(|id| movable.contains(id) && !is_stray(id));
        ensure(is_right, || format!("{moved:?} of {movable:?}"))?;
        ensure(has_stray || moved.len() == movable.len(), || "some were not moved".into())?;
        for id in moved {
            let Some(message) = self.take(from, id) else { continue };
            let Some(target) = target(&message) else { continue };
            let delay = self.queues[target].delay;
            self.arrive(target, message.send, delay);
        }
        Ok(())
    }
}
