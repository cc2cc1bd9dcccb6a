//! The first fresh messages, in memory.

use std::collections::{VecDeque, vec_deque};

use store::Position;

use crate::model::backlog::Stored;

/// All fresh messages from the cursor up to `end`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    records: VecDeque<(Position, Stored)>,
    end: Position,
    bytes: usize,
    /// How many are of a group.
    grouped: usize,
}

/// What a decision lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Fresh messages from a position on; the log has none at or after `upto`.
    Fresh { from: Position, upto: Position },
    /// The same for the index of fair turns.
    Ahead { from: Position, upto: Position },
    /// The records of messages that were returned, or whose turn comes before that of older ones.
    Returned(Vec<Position>),
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Supply {
    /// All records from a position up to another one.
    Fresh { from: Position, upto: Position, records: Vec<(Position, Stored)> },
    /// The same for the index of fair turns.
    Ahead { from: Position, upto: Position, records: Vec<(Position, Stored)> },
    /// The records that are still there of those that were asked for.
    Returned { asked: Vec<Position>, records: Vec<(Position, Stored)> },
}

/// Bytes of records beyond which a new message is left to the log.
pub(crate) const WINDOW: usize = 256 * 1024;

impl Window {
    /// An empty window that begins there.
    pub(super) fn at(position: Position) -> Self {
        Window { end: position, ..Self::default() }
    }

    /// The first position that it does not cover.
    pub(super) fn end(&self) -> Position {
        self.end
    }

    pub(super) fn front(&self) -> Option<&(Position, Stored)> {
        self.records.front()
    }

    pub(super) fn iter(&self) -> vec_deque::Iter<'_, (Position, Stored)> {
        self.records.iter()
    }

    /// The record at a position, if it is here.
    pub(super) fn get(&self, position: Position) -> Option<&Stored> {
        let at = self.records.binary_search_by_key(&position, |(at, _)| *at).ok()?;
        self.records.get(at).map(|(_, stored)| stored)
    }

    /// Whether there is a message of a group.
    pub(super) fn is_grouped(&self) -> bool {
        self.grouped > 0
    }

    /// What to fetch when it holds too little.
    pub(super) fn need(&self, tail: Position) -> Need {
        Need::Fresh { from: self.end, upto: tail }
    }

    /// Whether it takes a message that comes there.
    pub(super) fn takes(&self, position: Position) -> bool {
        self.end == position && self.bytes < WINDOW
    }

    /// A message that has just come, if all before it are covered and there is room.
    pub(super) fn push(&mut self, position: Position, stored: Stored) {
        if self.takes(position) {
            self.end = position.next();
            self.append(position, stored);
        }
    }

    /// A position that has no fresh message.
    pub(super) fn skip(&mut self, position: Position) {
        if self.end == position {
            self.end = position.next();
        }
    }

    /// Takes the message at a position out.
    pub(super) fn take(&mut self, position: Position) -> Option<Stored> {
        let at = match self.records.front() {
            Some((first, _)) if *first == position => 0,
            _ => self.records.binary_search_by_key(&position, |(at, _)| *at).ok()?,
        };
        let (_, stored) = self.records.remove(at)?;
        self.forget(&stored);
        Some(stored)
    }

    /// Forgets what lies below the cursor.
    pub(super) fn forget_below(&mut self, cursor: Position) {
        while let Some((_, stored)) = self.records.pop_front_if(|(at, _)| *at < cursor) {
            self.forget(&stored);
        }
        self.end = self.end.max(cursor);
    }

    /// Takes what was fetched, if it continues the window. Positions without a record had messages that
    /// were received ahead of the cursor, and deleted.
    pub(super) fn supply(
        &mut self,
        from: Position,
        upto: Position,
        records: Vec<(Position, Stored)>,
    ) {
        if from != self.end {
            return;
        }
        for (position, stored) in records {
            self.append(position, stored);
        }
        self.end = upto;
    }

    fn append(&mut self, position: Position, stored: Stored) {
        self.bytes += stored.bytes.len();
        self.grouped += usize::from(stored.group.is_some());
        self.records.push_back((position, stored));
    }

    fn forget(&mut self, stored: &Stored) {
        self.bytes -= stored.bytes.len();
        self.grouped -= usize::from(stored.group.is_some());
    }
}
