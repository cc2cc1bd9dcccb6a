//! Everything about one message, whatever queues it goes through.

use super::Began;
use super::life::Life;
use crate::crash::breach::Breach;
use crate::crash::message::Token;
use crate::crash::queue::Queue;

/// One message.
#[derive(Debug)]
pub(super) struct Entry {
    /// The queue that it was sent to.
    pub(super) home: Queue,
    /// The step at which its first send began.
    pub(super) began: u64,
    /// In a FIFO queue, the highest sequence number that its group had when its send began.
    pub(super) floor: Option<u128>,
    /// The message before it in the same batch, in the same group.
    pub(super) after: Option<Token>,
    /// Its send was acknowledged.
    pub(super) acknowledged: bool,
    /// Its first `MessageId`, once that is known: then it was sent for certain.
    pub(super) id: Option<String>,
    pub(super) deletes: Deletes,
    /// The queues that it was known to be in, the newest last.
    pub(super) lives: Vec<Life>,
    /// How often it was seen without anybody being able to tell which of these that was.
    pub(super) untold: u32,
}

/// What was tried to delete a message.
#[derive(Debug, Default)]
pub(super) struct Deletes {
    pub(super) under_way: u32,
    /// The step at which the last one ended that may have deleted the message.
    pub(super) perhaps: Option<u64>,
    /// One was acknowledged, and the message was not seen since.
    pub(super) acknowledged: bool,
    /// The step at which one was acknowledged that deleted it for certain.
    pub(super) certain: Option<u64>,
}

impl Deletes {
    /// One ended at this step; `perhaps` says whether it may have deleted the message.
    pub(super) fn end(&mut self, step: u64, perhaps: bool) {
        self.under_way = self.under_way.saturating_sub(1);
        if perhaps {
            self.perhaps = Some(step);
        }
    }

    /// Whether any that was tried can have deleted the message.
    pub(super) fn may_have(&self) -> bool {
        self.under_way > 0 || self.perhaps.is_some() || self.certain.is_some()
    }
}

impl Entry {
    /// A message whose send begins.
    pub(super) fn new(home: Queue, began: u64) -> Entry {
        Entry {
            home,
            began,
            floor: None,
            after: None,
            acknowledged: false,
            id: None,
            deletes: Deletes::default(),
            lives: Vec::new(),
            untold: 0,
        }
    }

    /// What was known of it in this queue, under this message id.
    pub(super) fn life(&mut self, queue: Queue, id: &str) -> Option<&mut Life> {
        self.lives.iter_mut().find(|life| life.queue == queue && life.id == id)
    }

    /// What a receive that began then has broken by showing this message at all.
    pub(super) fn broken_by_sight(&self, began: Began) -> Vec<Breach> {
        let mut found = Vec::new();
        if self.deletes.certain.is_some_and(|step| step < began.step) {
            found.push(Breach::Undone);
        }
        if self.lives.iter().any(|life| life.is_hidden(began)) {
            found.push(Breach::Early);
        }
        found
    }

    /// A receive that began then has shown it: no delete that had ended by then has deleted it.
    pub(super) fn note_sight(&mut self, began: Began) {
        self.deletes.perhaps = self.deletes.perhaps.filter(|ended| *ended >= began.step);
    }

    /// Whether it must be there: it was sent, and nothing that was tried can have deleted it.
    pub(super) fn must_be_there(&self) -> bool {
        self.id.is_some() && !self.deletes.may_have()
    }
}
