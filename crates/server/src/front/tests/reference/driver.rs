//! Does an operation to the program and to its model, and compares.

use super::QUEUES;
use super::client::Client;
use super::model::{Model, Receipt};
use super::operations::{Operation, Which};
use super::vocabulary::*;

/// The last queue is where redrive policies lead.
const DEAD_LETTERS: usize = QUEUES - 1;
/// When a history begins.
const BEGINNING: u64 = 1_000_000_000_000;

/// Which queues an operation may have changed, unless it did what it must not.
type Touched = Result<Vec<usize>, String>;

/// A program, its model, and what its callers remember.
pub(super) struct Both {
    client: Client,
    model: Model,
    /// Queues, what their handles stand for, and the handles.
    receipts: Vec<(usize, Receipt, String)>,
    bodies: usize,
}

impl Both {
    pub(super) async fn start(kind: Kind) -> Self {
        let client = Client::start(kind, BEGINNING).await;
        for queue in 0..QUEUES {
            client.create(queue).await;
        }
        let model = Model::new(BEGINNING, kind, QUEUES);
        Both { client, model, receipts: Vec::new(), bodies: 0 }
    }

    /// Does an operation and compares the answer, and then what is in the queues that it may have changed.
    pub(super) async fn step(&mut self, operation: &Operation) -> Verdict {
        for queue in self.take(operation).await? {
            let (counts, expected) = (self.client.counts(queue).await, self.model.counts(queue));
            if counts != expected {
                return Err(format!(
                    "queue {queue} has {counts:?} visible, in flight and delayed instead of {expected:?}"
                ));
            }
        }
        Ok(())
    }

    /// Does an operation; answers which queues it may have changed.
    async fn take(&mut self, operation: &Operation) -> Touched {
        match operation {
            Operation::Send { queue, messages } => return self.send(*queue, messages).await,
            Operation::Receive { queue, asked } => return self.receive(*queue, asked).await,
            Operation::Delete { which, elsewhere } => return self.delete(which, *elsewhere).await,
            Operation::Change { which, elsewhere } => return self.change(which, *elsewhere).await,
            Operation::Set { queue, setting } => self.set(*queue, setting).await,
            Operation::Purge { queue } => {
                self.client.purge(*queue).await;
                self.model.purge(*queue);
            }
            Operation::Recreate { queue } => {
                self.client.delete_queue(*queue).await;
                self.client.create(*queue).await;
                self.model.recreate(*queue);
            }
            Operation::Move { to } => self.start_move(*to).await?,
            Operation::Pass(by) => self.pass(*by).await,
            Operation::PassTo { which, offset } => {
                let moments = self.model.moments();
                if !moments.is_empty() {
                    let ahead = moments[which % moments.len()] - self.model.now;
                    self.pass(ahead.saturating_add_signed(*offset)).await;
                }
            }
            Operation::Restart => self.client.restart().await,
        }
        Ok((0..QUEUES).collect())
    }

    async fn pass(&mut self, by: u64) {
        self.client.pass(by).await;
        self.model.pass(by);
    }

    async fn send(&mut self, queue: usize, messages: &[Send]) -> Touched {
        let messages: Vec<_> = messages.iter().map(|message| self.named(queue, message)).collect();
        if let [message] = &messages[..] {
            let answer = self.client.send(queue, message).await;
            self.model.send(queue, message, &answer)?;
            return Ok(vec![queue]);
        }
        let is_fifo = self.model.queues[queue].kind == Kind::Fifo;
        let lacks_group = messages.iter().any(|message| message.group.is_none());
        let answers = match self.client.send_batch(queue, &messages).await {
            Ok(answers) => answers,
            // What every message must have is asked of the batch as a whole.
            Err(Refusal::MissingParameter) if is_fifo && lacks_group => return Ok(vec![queue]),
            Err(refusal) => return Err(format!("the batch was refused: {refusal:?}")),
        };
        let mut all = messages.iter().zip(&answers);
        all.try_for_each(|(message, answer)| self.model.send(queue, message, answer))?;
        Ok(vec![queue])
    }

    /// A message of a standard queue is told from all others by its body.
    fn named(&mut self, queue: usize, message: &Send) -> Send {
        self.bodies += 1;
        let is_standard = self.model.queues[queue].kind == Kind::Standard;
        match is_standard || message.body.is_empty() {
            true => Send { body: format!("unique-{}", self.bodies), ..message.clone() },
            false => message.clone(),
        }
    }

    async fn receive(&mut self, queue: usize, asked: &Receive) -> Touched {
        let overdue = self.model.overdue(queue);
        let answer = self.client.receive(queue, asked).await;
        let left = self.gone_of(queue, overdue).await;
        let receipts = self.model.receive(queue, asked, &answer, &left)?;
        let handles = answer.into_iter().flatten().map(|one| one.receipt_handle);
        self.receipts
            .extend(receipts.into_iter().zip(handles).map(|(of, handle)| (queue, of, handle)));
        Ok(vec![queue, DEAD_LETTERS])
    }

    /// Which of these messages cannot be received any more, once what was on its way has arrived.
    async fn gone_of(&self, queue: usize, mut ids: Vec<String>) -> Vec<String> {
        self.client.pass(0).await;
        if !ids.is_empty() {
            let there = self.client.visible(queue).await;
            ids.retain(|id| !there.contains(id));
        }
        ids
    }

    async fn delete(&mut self, which: &[Which], elsewhere: bool) -> Touched {
        let Some((queue, chosen)) = self.choose(which, elsewhere) else { return Ok(vec![]) };
        let handles: Vec<_> = chosen.iter().map(|(_, handle)| handle).collect();
        let answers = self.client.delete(queue, &handles).await;
        let receipts: Vec<_> = chosen.iter().map(|(receipt, _)| *receipt).collect();
        compare(&answers, &self.model.delete(queue, &receipts))?;
        Ok(vec![queue])
    }

    async fn change(&mut self, which: &[(Which, u64)], elsewhere: bool) -> Touched {
        let (which, seconds): (Vec<_>, Vec<_>) = which.iter().cloned().unzip();
        let Some((queue, chosen)) = self.choose(&which, elsewhere) else { return Ok(vec![]) };
        let wanted = || chosen.iter().zip(&seconds);
        let asked: Vec<_> = wanted().map(|((_, handle), seconds)| (handle, *seconds)).collect();
        let answers = self.client.change(queue, &asked).await;
        let asked: Vec<_> = wanted().map(|((receipt, _), seconds)| (*receipt, *seconds)).collect();
        compare(&answers, &self.model.change(queue, &asked))?;
        Ok(vec![queue])
    }

    /// Receipts that somebody remembers, and the queue in which they are shown: that of the first.
    fn choose(&self, which: &[Which], elsewhere: bool) -> Option<(usize, Vec<(Receipt, String)>)> {
        let one = |which: &Which| {
            let back = which.0.checked_rem(self.receipts.len())?;
            self.receipts.iter().rev().nth(back).cloned()
        };
        let chosen: Vec<_> = which.iter().filter_map(one).collect();
        let queue = chosen.first()?.0;
        let queue = if elsewhere { (queue + 1) % QUEUES } else { queue };
        let receipts = chosen.into_iter().map(|(_, receipt, handle)| (receipt, handle));
        Some((queue, receipts.collect()))
    }

    async fn set(&mut self, queue: usize, setting: &Setting) {
        // Dead letters of the dead-letter queue have nowhere to go.
        if queue == DEAD_LETTERS && matches!(setting, Setting::RedrivePolicy(_)) {
            return;
        }
        self.client.set(queue, setting, DEAD_LETTERS).await;
        // A retention that is shorter now is over for some at once.
        self.client.pass(0).await;
        self.model.set(queue, setting);
    }

    async fn start_move(&mut self, to: Option<usize>) -> Verdict {
        let movable = self.model.movable();
        let answer = self.client.start_move(DEAD_LETTERS, to).await;
        let moved = self.gone_of(DEAD_LETTERS, movable).await;
        self.model.start_move(to, &answer, &moved)
    }
}

fn compare(answers: &[Answer<()>], expected: &[Answer<()>]) -> Verdict {
    match answers == expected {
        true => Ok(()),
        false => Err(format!("answers {answers:?} instead of {expected:?}")),
    }
}
