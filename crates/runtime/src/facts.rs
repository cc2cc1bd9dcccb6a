//! What is known of a thing without a decision in its lane: what its policy says and how it is tagged.
//!
//! Requests are authorized from facts. They are as durable as any answer: a lane shows the newest fact whose
//! commit is on disk, so nobody is let in, or kept out, by a change that a crash could undo, and nobody
//! waits for a commit to be told no.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use base::{AccountId, Arn};
use futures::future::{self, BoxFuture};
use policy::Document;
use store::CommitNumber;

use crate::plan::Trouble;

/// What is known of a thing that exists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fact {
    /// The policy that it carries.
    pub policy: Option<Arc<Document>>,
    /// Its tags, which conditions can ask for.
    pub tags: BTreeMap<String, String>,
    /// Its owner, if its ARN names no account, as `arn:aws:s3:::bucket` does not.
    pub owner: Option<AccountId>,
}

/// Who knows the facts of a service's things.
pub trait Facts: Send + Sync {
    /// What is known of a thing; none if it does not exist.
    fn fact<'f>(&'f self, thing: &'f Arn) -> BoxFuture<'f, Result<Option<Arc<Fact>>, Trouble>>;

    /// Whose a part of a thing is, as of the newest durable commit; none if it does not exist. Without such
    /// parts everything is its thing's owner's.
    fn owner<'f>(
        &'f self,
        thing: &'f Arn,
        part: &'f str,
    ) -> BoxFuture<'f, Result<Option<AccountId>, Trouble>> {
        _ = (thing, part);
        Box::pin(future::ready(Ok(None)))
    }
}

/// The fact of a lane, and those that commits on their way to the disk bring.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    durable: Option<Arc<Fact>>,
    coming: VecDeque<(CommitNumber, Option<Arc<Fact>>)>,
}

impl Versions {
    /// What was read from the disk.
    pub(crate) fn loaded(fact: Option<&Arc<Fact>>) -> Self {
        Versions { durable: fact.cloned(), coming: VecDeque::new() }
    }

    /// Takes note of a commit, after which the lane has this fact; `last` is durable already.
    pub(crate) fn follow(
        &mut self,
        fact: Option<&Arc<Fact>>,
        commit: CommitNumber,
        last: CommitNumber,
    ) {
        if self.newest().map(Arc::as_ptr) != fact.map(Arc::as_ptr) {
            self.settle(last);
            self.coming.push_back((commit, fact.cloned()));
        }
    }

    /// The newest durable one.
    pub(crate) fn present(&mut self, last: CommitNumber) -> Option<Arc<Fact>> {
        self.settle(last);
        self.durable.clone()
    }

    /// The fact after all commits that are known.
    fn newest(&self) -> Option<&Arc<Fact>> {
        self.coming.back().map_or(self.durable.as_ref(), |(_, fact)| fact.as_ref())
    }

    fn settle(&mut self, last: CommitNumber) {
        while let Some((_, fact)) = self.coming.pop_front_if(|(commit, _)| *commit <= last) {
            self.durable = fact;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(team: &str) -> Arc<Fact> {
        let tags = [("team".to_owned(), team.to_owned())].into();
        Arc::new(Fact { tags, ..Fact::default() })
    }

    #[test]
    fn a_fact_is_shown_once_its_commit_is_durable_and_not_before() {
        let (old, new, newer) = (fact("old"), fact("new"), fact("newer"));
        let mut versions = Versions::loaded(Some(&old));
        versions.follow(Some(&new), CommitNumber(5), CommitNumber(4));
        versions.follow(Some(&newer), CommitNumber(7), CommitNumber(4));
        versions.follow(None, CommitNumber(8), CommitNumber(4));
        assert_eq!(versions.present(CommitNumber(4)), Some(old));
        assert_eq!(versions.present(CommitNumber(6)), Some(new));
        assert_eq!(versions.present(CommitNumber(7)), Some(newer));
        assert_eq!(versions.present(CommitNumber(8)), None);
    }

    #[test]
    fn commits_that_change_no_fact_leave_nothing_behind() {
        let fact = fact("same");
        let mut versions = Versions::loaded(Some(&fact));
        for commit in 1..100 {
            versions.follow(Some(&fact), CommitNumber(commit), CommitNumber(0));
        }
        assert!(versions.coming.is_empty());
    }
}
