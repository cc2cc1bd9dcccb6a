//! What a queue's memory may lack for a decision.

use store::Position;

use crate::model::backlog::{Need, Supply};
use crate::model::purge::Piece;

/// What a decision lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Messages.
    Backlog(Need),
    /// What a purge has left behind between two positions.
    Dead { from: Position, below: Position },
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Messages.
    Backlog(Supply),
    /// What a purge has left behind, from that position on.
    Dead { from: Position, piece: Piece },
}
