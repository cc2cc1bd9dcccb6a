//! DeleteMessage and ChangeMessageVisibility: what receipt handles are good for.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html>
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html>

use super::*;

impl Model {
    /// DeleteMessage(Batch). All entries are judged by the state before.
    pub(crate) fn delete(&mut self, queue: usize, receipts: &[Receipt]) -> Vec<Answer<()>> {
        let (now, queue) = (self.now, &mut self.queues[queue]);
        let before = queue.clone();
        let delete = |receipt: &Receipt| {
            before.may_delete(*receipt, now)?;
            let is_it = |m: &Message| m.serial == receipt.serial && m.receives == receipt.receive;
            queue.messages.retain(|message| !is_it(message));
            Ok(())
        };
        receipts.iter().map(delete).collect()
    }

    /// ChangeMessageVisibility(Batch), in seconds. All entries are judged by the state before; of several for
    /// one message the last one holds.
    pub(crate) fn change(&mut self, queue: usize, all: &[(Receipt, u64)]) -> Vec<Answer<()>> {
        let (now, queue) = (self.now, &mut self.queues[queue]);
        let before = queue.clone();
        let change = |(receipt, seconds): &(Receipt, u64)| {
            let until = now + seconds * 1000;
            before.may_change(*receipt, until, now)?;
            for message in queue.messages.iter_mut().filter(|m| m.serial == receipt.serial) {
                (message.visible_at, message.was_changed) = (until, true);
            }
            Ok(())
        };
        all.iter().map(change).collect()
    }
}

impl Queue {
    /// A handle of another queue, or of a former one of this name, is none.
    fn own(&self, receipt: Receipt) -> Answer<Option<&Message>> {
        let is_own = receipt.life == self.life;
        if is_own { Ok(self.message(receipt)) } else { Err(Refusal::ReceiptHandleIsInvalid) }
    }

    /// What is gone is deleted once more without complaint. In a standard queue an old handle is taken and
    /// deletes nothing; in a FIFO queue a handle counts only while its receive lasts.
    fn may_delete(&self, receipt: Receipt, now: Millis) -> Answer<()> {
        let Some(message) = self.own(receipt)? else { return Ok(()) };
        let lasts = message.receives == receipt.receive && message.is_in_flight(now);
        let is_taken = self.kind == Kind::Standard || lasts;
        if is_taken { Ok(()) } else { Err(Refusal::InvalidParameterValue) }
    }

    /// Only who has a message changes its visibility, and not beyond twelve hours after its receive.
    fn may_change(&self, receipt: Receipt, visible_at: Millis, now: Millis) -> Answer<()> {
        let message = self.own(receipt)?.ok_or(Refusal::InvalidParameterValue)?;
        let lasts = message.receives == receipt.receive && message.is_in_flight(now);
        match self.kind {
            _ if lasts && visible_at <= message.received + TWELVE_HOURS => Ok(()),
            Kind::Standard if !lasts => Err(Refusal::MessageNotInflight),
            _ => Err(Refusal::InvalidParameterValue),
        }
    }
}
