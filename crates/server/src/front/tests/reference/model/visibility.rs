//! DeleteMessage and ChangeMessageVisibility: what receipt handles are good for.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html>
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html>

use super::{Answer, Kind, Millis, Model, Queue, Receipt, Refusal};

/// No message is in flight for longer than this after it was received.
const TWELVE_HOURS: Millis = 12 * 3_600_000;

impl Model {
    /// DeleteMessage(Batch). What is gone is deleted once more without complaint. In a standard queue an old
    /// handle is taken and deletes nothing; in a FIFO queue a handle counts only while its receive lasts.
    /// All entries are judged by the state before.
    pub(in super::super) fn delete(
        &mut self,
        queue: usize,
        receipts: &[Receipt],
    ) -> Vec<Answer<()>> {
        let (now, queue) = (self.now, &mut self.queues[queue]);
        let before = queue.clone();
        let mut delete = |receipt: &Receipt| {
            before.own(*receipt)?;
            let Some(message) = before.message(*receipt) else { return Ok(()) };
            let is_newest = message.receives == receipt.receive;
            if before.kind == Kind::Fifo && !(is_newest && message.is_in_flight(now)) {
                return Err(Refusal::InvalidParameterValue);
            }
            queue.messages.retain(|message| !(is_newest && message.serial == receipt.serial));
            Ok(())
        };
        receipts.iter().map(&mut delete).collect()
    }

    /// ChangeMessageVisibility(Batch), in seconds. All entries are judged by the state before; of several for
    /// one message the last one holds.
    pub(in super::super) fn change(
        &mut self,
        queue: usize,
        changes: &[(Receipt, u64)],
    ) -> Vec<Answer<()>> {
        let (now, queue) = (self.now, &mut self.queues[queue]);
        let before = queue.clone();
        let mut change = |(receipt, seconds): &(Receipt, u64)| {
            let visible_at = now + seconds * 1000;
            before.may_change(*receipt, visible_at, now)?;
            for message in queue.messages.iter_mut().filter(|m| m.serial == receipt.serial) {
                (message.visible_at, message.was_changed) = (visible_at, true);
            }
            Ok(())
        };
        changes.iter().map(&mut change).collect()
    }
}

impl Queue {
    /// A handle of another queue, or of a former one of this name, is none.
    fn own(&self, receipt: Receipt) -> Answer<()> {
        let is_own = receipt.life == self.life;
        if is_own { Ok(()) } else { Err(Refusal::ReceiptHandleIsInvalid) }
    }

    /// Only who has a message changes its visibility, and not beyond twelve hours after its receive.
    fn may_change(&self, receipt: Receipt, visible_at: Millis, now: Millis) -> Answer<()> {
        self.own(receipt)?;
        let message = self.message(receipt).ok_or(Refusal::InvalidParameterValue)?;
        let is_newest = message.receives == receipt.receive;
        match self.kind {
            _ if is_newest && message.is_in_flight(now) => {}
            Kind::Standard => return Err(Refusal::MessageNotInflight),
            Kind::Fifo => return Err(Refusal::InvalidParameterValue),
        }
        let is_too_long = visible_at > message.received + TWELVE_HOURS;
        if is_too_long { Err(Refusal::InvalidParameterValue) } else { Ok(()) }
    }
}
