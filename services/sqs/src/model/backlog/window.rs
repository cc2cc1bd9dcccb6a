//! The first fresh messages, in memory.

use std::collections::VecDeque;

use store::Position;

use crate::model::backlog::Stored;

/// All fresh messages from the cursor up to `end`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    records: VecDeque<(Position, Stored)>,
    end: Position,
    bytes: usize,
}

/// What a decision lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Fresh messages from a position on; the log has none at or after `upto`.
    Fresh { from: Position, upto: Position },
    /// The records of returned messages.
    Returned(Vec<Position>),
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Supply {
    /// All records from a position up to another one.
    Fresh { from: Position, upto: Position, records: Vec<(Position, Stored)> },
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

    pub(super) fn iter(&self) -> impl Iterator<Item = &(Position, Stored)> {
        self.records.iter()
    }

    /// What to fetch when it holds too little.
    pub(super) fn need(&self, tail: Position) -> Need {
        Need::Fresh { from: self.end, upto: tail }
    }

    /// A message that has just come, if all before it are covered and there is room.
    pub(super) fn push(&mut self, position: Position, stored: Stored) {
        if self.end == position && self.bytes < WINDOW {
            self.end = position.next();
            self.bytes += stored.bytes.len();
            self.records.push_back((position, stored));
        }
    }

    /// A position that has no fresh message.
    pub(super) fn skip(&mut self, position: Position) {
        if self.end == position {
            self.end = position.next();
        }
    }

    /// Takes the message at a position out, and forgets all before it.
    pub(super) fn take(&mut self, position: Position) -> Option<Stored> {
        self.forget_below(position);
        let (_, stored) = self.records.pop_front_if(|(at, _)| *at == position)?;
        self.bytes -= stored.bytes.len();
        Some(stored)
    }

    /// Forgets what lies below the cursor.
    pub(super) fn forget_below(&mut self, cursor: Position) {
        while let Some((_, stored)) = self.records.pop_front_if(|(at, _)| *at < cursor) {
            self.bytes -= stored.bytes.len();
        }
        self.end = self.end.max(cursor);
    }

    /// Takes what was fetched, if it continues the window. Positions without a record had messages that
    /// were delayed, received ahead of the cursor, and deleted.
    pub(super) fn supply(
        &mut self,
        from: Position,
        upto: Position,
        records: Vec<(Position, Stored)>,
        is_tracked: impl Fn(Position) -> bool,
    ) {
        if from != self.end {
            return;
        }
        for (position, stored) in records {
            if !is_tracked(position) {
                self.bytes += stored.bytes.len();
                self.records.push_back((position, stored));
            }
        }
        self.end = upto;
    }
}
