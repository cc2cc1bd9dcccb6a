//! What the driver wants to know of the model beforehand: what may happen next.

use super::model::{FIVE_MINUTES, Model};
use super::vocabulary::Millis;

impl Model {
    /// When time alone will change something.
    pub(super) fn moments(&self) -> Vec<Millis> {
        let mut moments = Vec::new();
        for queue in &self.queues {
            let messages = queue.messages.iter();
            moments.extend(messages.flat_map(|m| [m.visible_at, m.sent + queue.retention]));
            moments.extend(queue.seen.iter().map(|(_, _, until)| *until));
            moments.extend(queue.attempts.iter().map(|(_, at, _)| at + FIVE_MINUTES));
        }
        moments.retain(|moment| *moment > self.now);
        moments
    }

    /// What the next receive may send to the dead-letter queue, by id.
    pub(super) fn overdue(&self, queue: usize) -> Vec<String> {
        let (queue, lines) = (&self.queues[queue], self.queues[queue].lines(self.now));
        let overdue = lines.into_iter().flatten().filter(|message| queue.is_overdue(message));
        overdue.filter_map(|message| message.id.clone()).collect()
    }

    /// What a move task takes, by id: what can be received from the dead-letter queue.
    pub(super) fn movable(&self) -> Vec<String> {
        let lines = self.queues[self.queues.len() - 1].lines(self.now);
        lines.into_iter().flatten().filter_map(|message| message.id.clone()).collect()
    }
}
