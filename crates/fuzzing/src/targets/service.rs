//! Operations, one after the other, on a node in memory: whatever they carry inside (attributes, policies,
//! queue URLs, ARNs, receipt handles, tokens, task handles) is read on the way.

use store::MemoryStore;

use super::node::{Answered, Node};
use super::{request, script};

/// Runs a script. Nothing that a caller sends is an error of the server.
pub fn run(bytes: &[u8]) {
    play(bytes, check);
}

fn play(bytes: &[u8], check: impl Fn(&Answered)) {
    let script = request::text(bytes);
    block_on(async {
        let node = Node::start(MemoryStore::open(Default::default())).await.expect("it starts");
        script::run(&node, &script, check).await;
        node.stop().await;
    });
}

fn check(answered: &Answered) {
    let body = String::from_utf8_lossy(&answered.body);
    assert!(answered.status < 500 || answered.status == 501, "{} {body}", answered.status);
}

/// Runs something on this thread, with nothing left behind.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(work)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    #[test]
    fn every_line_of_the_samples_is_answered_with_success() {
        let answers = Cell::new(0);
        for sample in crate::corpus::samples("service").expect("samples") {
            super::play(&sample, |answered| {
                let body = String::from_utf8_lossy(&answered.body);
                assert_eq!(answered.status, 200, "{body}");
                answers.set(answers.get() + 1);
            });
        }
        assert!(answers.get() > 30);
    }
}
