//! A purge: for everybody it is done at once, for the disk piece by piece.

use base::Timestamp;
use store::Position;

use crate::keys::PurgeRow;

/// The newest purge of a queue, and what is left to do for it. Rows and records of purged messages are dead
/// from the moment of the purge: the marks name a head and a cursor above them, so nobody reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Purge {
    /// When it was asked for.
    pub(crate) at: Timestamp,
    /// What is dead and still there has positions from this one ...
    pub(crate) from: Position,
    /// ... up to, and without, this one.
    pub(crate) below: Position,
    /// When the next piece of it is deleted; none when all is gone.
    pub(crate) trim_at: Option<Timestamp>,
    /// What was found of the next piece.
    pub(crate) found: Option<Piece>,
}

/// A bounded part of what a purge has left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Positions in the log.
    pub(crate) records: Vec<Position>,
    /// Positions that have a row of a tracked message.
    pub(crate) tracked: Vec<Position>,
    /// Everything below is gone with this piece.
    pub(crate) end: Position,
}

impl Purge {
    /// The purge after a piece of its work: the next one is due at `now` if anything is left.
    pub(crate) fn after(&self, piece: &Piece, now: Timestamp) -> Self {
        let trim_at = (piece.end < self.below).then_some(now);
        Purge { from: piece.end, trim_at, found: None, ..*self }
    }

    pub(super) fn to_row(&self) -> PurgeRow {
        PurgeRow {
            at_ms: self.at.millis(),
            from: self.from.0,
            below: self.below.0,
            trim_ms: self.trim_at.map(Timestamp::millis),
        }
    }

    pub(super) fn from_row(row: &PurgeRow) -> Self {
        Purge {
            at: Timestamp::from_millis(row.at_ms),
            from: Position(row.from),
            below: Position(row.below),
            trim_at: row.trim_ms.map(Timestamp::from_millis),
            found: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purge_survives_its_row_and_ends_with_its_last_piece() {
        let purge = Purge {
            at: Timestamp::from_millis(5),
            from: Position(1),
            below: Position(9),
            trim_at: Some(Timestamp::from_millis(6)),
            found: None,
        };
        assert_eq!(Purge::from_row(&purge.to_row()), purge);
        let now = Timestamp::from_millis(7);
        let after = |end| purge.after(&Piece { end: Position(end), ..Piece::default() }, now);
        assert_eq!((after(8).from, after(8).trim_at), (Position(8), Some(now)));
        assert_eq!((after(9).from, after(9).trim_at), (Position(9), None));
    }
}
