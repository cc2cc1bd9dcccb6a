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
    /// Bytes up to which it is filled before it is empty: none until receives have emptied it once.
    reach: usize,
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

/// Bytes of records beyond which a new message is left to the log, and of one page that is read from there.
pub(crate) const WINDOW: usize = 256 * 1024;
/// Most bytes that it is filled to before it is empty. Receives that still empty it before the next page is
/// there double what is read ahead for them, up to this.
const REACH: usize = 8 * WINDOW;

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

    /// What to fetch before it holds too little.
    pub(super) fn ahead(&self, tail: Position) -> Option<Need> {
        let is_low = self.bytes + WINDOW <= self.reach;
        (is_low && self.end < tail).then(|| self.need(tail))
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
        if self.records.is_empty() {
            self.reach = (2 * self.reach).clamp(2 * WINDOW, REACH);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    const TAIL: Position = Position(1_000_000);
    /// Messages of a page.
    const PAGE: u64 = 256;

    /// Reads the next page, as a fetch would.
    fn read(window: &mut Window) {
        let (from, upto) = (window.end(), Position(window.end().0 + PAGE));
        let record =
            |at| (Position(at), Stored { bytes: vec![0; 1024].into(), ..testing::stored(1) });
        window.supply(from, upto, (from.0..upto.0).map(record).collect());
    }

    fn empty(window: &mut Window) {
        window.forget_below(window.end());
    }

    #[test]
    fn only_a_window_that_was_emptied_is_filled_before_it_is_empty_again() {
        let mut window = Window::at(Position(0));
        assert_eq!(window.ahead(TAIL), None, "nobody receives");
        read(&mut window);
        let next = Need::Fresh { from: Position(PAGE), upto: TAIL };
        assert_eq!(window.ahead(TAIL), Some(next));
        read(&mut window);
        assert_eq!(window.ahead(TAIL), None, "that is enough");
        window.forget_below(Position(PAGE));
        assert!(window.ahead(TAIL).is_some(), "half of it has gone");
        assert_eq!(window.ahead(window.end()), None, "there is no more");
    }

    #[test]
    fn receives_that_empty_it_all_the_same_double_what_is_read_for_them_up_to_a_bound() {
        let mut window = Window::default();
        let pages = |window: &mut Window| {
            empty(window);
            let mut pages = 0;
            while pages == 0 || window.ahead(TAIL).is_some() {
                read(window);
                pages += 1;
            }
            pages
        };
        let read: Vec<usize> = (0..5).map(|_| pages(&mut window)).collect();
        assert_eq!(read, [2, 4, 8, 8, 8]);
        assert!(window.bytes <= REACH);
    }
}
