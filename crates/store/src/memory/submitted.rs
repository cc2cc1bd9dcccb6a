//! A batch on its way.

use std::sync::Arc;

use crate::commits::Commits;
use crate::{Batch, CommitNumber, Durability};

/// What was submitted, and who waits for it.
pub(super) struct Submitted {
    pub(super) commits: Arc<Commits>,
    pub(super) number: CommitNumber,
    pub(super) batch: Batch,
    pub(super) level: Durability,
}
