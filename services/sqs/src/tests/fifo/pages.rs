//! Seeing messages of FIFO queues without taking them.

use serde_json::Value;

use super::crossing::{Pair, SOURCE};

impl Pair {
    async fn bodies_in(&self, state: &str) -> Vec<String> {
        let page = self.0.page_of(SOURCE, "messages", &[("state", state)]).await.unwrap();
        let body = |message: &Value| message["Body"].as_str().unwrap().to_owned();
        page["Messages"].as_array().unwrap().iter().map(body).collect()
    }

    async fn explain(&self, id: &str) -> (String, String) {
        let page = self.0.page_of(SOURCE, &format!("explain/{id}"), &[]).await.unwrap();
        let text = |name: &str| page[name].as_str().unwrap().to_owned();
        (text("State"), text("Reason"))
    }
}

#[tokio::test]
async fn what_leaves_and_what_it_locks_are_seen_whatever_memory_knows() {
    let pair = Pair::new(1).await;
    let dying = pair.send_to(SOURCE, "a1").await;
    pair.look(SOURCE).await;
    let behind = pair.send_to(SOURCE, "a2").await;
    pair.send(&["b1"]).await;
    assert_eq!(pair.0.receive_from(SOURCE, 30).await.len(), 1, "b1, and a1 leaves");
    for _ in 0..2 {
        assert_eq!(pair.bodies_in("leaving").await, ["a1"]);
        assert_eq!(pair.bodies_in("inflight").await, ["b1"]);
        let (state, reason) = pair.explain(&dying).await;
        assert_eq!(state, "leaving");
        assert!(reason.contains("received too often") && reason.contains("dlq.fifo"), "{reason}");
        let (state, reason) = pair.explain(&behind).await;
        assert_eq!(state, "locked");
        assert!(reason.contains("on its way to another queue"), "{reason}");
        assert_eq!(pair.bodies_in("locked").await, ["a2"]);
        assert_eq!(pair.bodies_in("visible").await, [""; 0]);
        pair.0.reload_unchanged(SOURCE).await;
    }
    pair.0.pass(1).await;
    assert_eq!(pair.explain(&behind).await.0, "visible");
    assert_eq!(pair.bodies_in("visible").await, ["a2"]);
}
