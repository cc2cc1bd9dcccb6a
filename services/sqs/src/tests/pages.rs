//! Seeing without taking.

use runtime::{NoPage, PageRequest};
use serde_json::Value;

use super::World;
use crate::pages;

impl World {
    async fn page(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, NoPage> {
        self.page_of("q", path, query).await
    }

    /// A page about a queue.
    pub(super) async fn page_of(
        &self,
        queue: &str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, NoPage> {
        let path = format!("000000000000/us-east-1/{queue}/{path}");
        let request = PageRequest {
            path: path.split('/').map(str::to_owned).collect(),
            query: query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        };
        let document = pages::queues(self.sqs.clone(), request).await?;
        Ok(serde_json::from_str(&document).unwrap())
    }

    async fn bodies_in(&self, state: &str) -> Vec<String> {
        let page = self.page("messages", &[("state", state)]).await.unwrap();
        let body = |message: &Value| message["Body"].as_str().unwrap().to_owned();
        page["Messages"].as_array().unwrap().iter().map(body).collect()
    }
}

#[tokio::test]
async fn every_message_is_seen_in_its_state_and_nothing_changes() {
    let world = World::new(&[]).await;
    for (body, delay) in [("a", None), ("b", None), ("late", Some(60)), ("c", None)] {
        world.send(body, delay).await.unwrap();
    }
    world.receive(1, None).await;
    for _ in 0..2 {
        assert_eq!(world.bodies_in("visible").await, ["b", "c"]);
        assert_eq!(world.bodies_in("inflight").await, ["a"]);
        assert_eq!(world.bodies_in("delayed").await, ["late"]);
    }
    world.pass(60).await;
    assert_eq!(world.bodies_in("visible").await, ["a", "late", "b", "c"]);
    let again = world.receive(10, None).await;
    let count = |body: &str| {
        let message = again.iter().find(|message| message.body.as_deref() == Some(body)).unwrap();
        message.attributes.as_ref().unwrap()["ApproximateReceiveCount"].clone()
    };
    assert_eq!((count("a"), count("b")), ("2".to_owned(), "1".to_owned()), "a look is no receive");
}

#[tokio::test]
async fn a_message_explains_why_it_is_not_delivered() {
    let world = World::new(&[]).await;
    let id = world.send("a", Some(5)).await.unwrap();
    let explain = async || world.page(&format!("explain/{id}"), &[]).await;
    assert_eq!(explain().await.unwrap()["State"], "delayed");
    world.pass(5).await;
    assert_eq!(explain().await.unwrap()["State"], "visible");
    let handle = world.receive(1, Some(30)).await.remove(0).receipt_handle.unwrap();
    let held = explain().await.unwrap();
    assert_eq!(held["State"], "inflight");
    assert!(held["Reason"].as_str().unwrap().contains("visible again in 30 s"));
    world.delete(&handle).await.unwrap();
    assert!(matches!(explain().await, Err(NoPage::NotFound(_))));
    assert!(matches!(world.page("explain/x", &[]).await, Err(NoPage::Invalid(_))));
}

#[tokio::test]
async fn a_limit_holds_over_both_kinds_of_visible_messages() {
    let world = World::new(&[]).await;
    for body in ["a", "b", "c", "d"] {
        world.send(body, None).await.unwrap();
    }
    for message in world.receive(2, Some(30)).await {
        world.change(&message.receipt_handle.unwrap(), 0).await.unwrap();
    }
    let page = world.page("messages", &[("limit", "3")]).await.unwrap();
    assert_eq!(page["Messages"].as_array().unwrap().len(), 3);
}
