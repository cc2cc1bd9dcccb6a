//! Attributes, tags and permissions: changed, kept, and gone with their topic.

use super::*;

impl World {
    async fn tags(&self) -> Vec<Tag> {
        let input = ListTagsForResourceRequest { resource_arn: self.topic.clone() };
        let found = ops::list_tags_for_resource::run(self.sns.clone(), call(), input).await;
        found.unwrap().tags.unwrap()
    }

    async fn names(&self) -> Vec<String> {
        let (mut all, mut next_token) = (Vec::new(), None);
        loop {
            let input = ListTopicsInput { next_token };
            let page = ops::list_topics::run(self.sns.clone(), call(), input).await.unwrap();
            let topics = page.topics.unwrap();
            assert!(topics.len() <= 100);
            all.extend(topics.into_iter().map(|topic| topic.topic_arn.unwrap()));
            next_token = page.next_token;
            if next_token.is_none() {
                return all;
            }
        }
    }
}

#[tokio::test]
async fn what_was_set_is_kept() {
    let mut world = World::new("orders", &[("DisplayName", "Orders")]).await;
    world.set("SignatureVersion", "2").await.unwrap();
    world.set("DeliveryPolicy", r#"{"http":{}}"#).await.unwrap();
    let accounts = vec!["111122223333".to_owned()];
    let permission = AddPermissionInput {
        topic_arn: world.topic.clone(),
        label: "theirs".into(),
        aws_account_id: accounts,
        action_name: vec!["Publish".into()],
    };
    ops::add_permission::run(world.sns.clone(), call(), permission).await.unwrap();
    world.restart_unchanged().await;
    let attributes = world.attributes().await;
    assert_eq!(attributes["DisplayName"], "Orders");
    assert_eq!(attributes["SignatureVersion"], "2");
    assert!(attributes["Policy"].contains("theirs"));
    let input = RemovePermissionInput { topic_arn: world.topic.clone(), label: "theirs".into() };
    ops::remove_permission::run(world.sns.clone(), call(), input).await.unwrap();
    assert!(!world.attributes().await["Policy"].contains("theirs"));
    world.restart_unchanged().await;
}

#[tokio::test]
async fn tags_come_and_go() {
    let mut world = World::new("orders", &[]).await;
    let tag = |key: &str, value: &str| Tag { key: key.into(), value: value.into() };
    let input = TagResourceRequest {
        resource_arn: world.topic.clone(),
        tags: vec![tag("a", "1"), tag("b", "2")],
    };
    ops::tag_resource::run(world.sns.clone(), call(), input).await.unwrap();
    let input = UntagResourceRequest {
        resource_arn: world.topic.clone(),
        tag_keys: vec!["a".into(), "never".into()],
    };
    ops::untag_resource::run(world.sns.clone(), call(), input).await.unwrap();
    world.restart_unchanged().await;
    assert_eq!(world.tags().await, [tag("b", "2")]);
}

#[tokio::test]
async fn topics_are_listed_in_pages_of_a_hundred() {
    let world = World::new("t000", &[]).await;
    for number in 1..205 {
        world.create(&format!("t{number:03}"), &[]).await.unwrap();
    }
    let names = world.names().await;
    assert_eq!(names.len(), 205);
    assert!(names.is_sorted());
    world.delete().await;
    assert_eq!(world.names().await.len(), 204);
}

#[tokio::test]
async fn a_topic_of_the_same_name_is_another_one() {
    let mut world = World::new("orders", &[("DisplayName", "First")]).await;
    let arn = world.subscribe(call(), "q", &[]).await.unwrap();
    world.publish("m", None).await.unwrap();
    world.delete().await;
    world.delete().await;
    world.create("orders", &[("DisplayName", "Second")]).await.unwrap();
    world.pass(1).await;
    world.restart_unchanged().await;
    assert_eq!(world.counts().await, [0, 0, 0]);
    assert_eq!(world.entries(0).await, []);
    assert_eq!(world.subscription(&arn).await.unwrap_err().code, "NotFound");
    assert_eq!(world.attributes().await["DisplayName"], "Second");
}

#[tokio::test]
async fn every_topic_of_an_account_goes_with_a_reset() {
    let world = World::new("orders", &[]).await;
    for number in 0..150 {
        world.create(&format!("t{number}"), &[]).await.unwrap();
    }
    world.subscribe(call(), "q", &[]).await.unwrap();
    assert_eq!(crate::reset::run(world.sns.clone(), AccountId::DEFAULT).await, Ok(151));
    world.pass(1).await;
    assert!(world.names().await.is_empty());
    assert!(world.of_account(call()).await.is_empty());
    assert_eq!(crate::reset::run(world.sns.clone(), AccountId::DEFAULT).await, Ok(0));
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_missing() {
    let world = World::new("orders", &[]).await;
    world.delete().await;
    let input = GetTopicAttributesInput { topic_arn: world.topic.clone() };
    let missing = ops::get_topic_attributes::run(world.sns.clone(), call(), input).await;
    assert_eq!(missing.unwrap_err().message, "Topic does not exist");
    let input = ListTagsForResourceRequest { resource_arn: world.topic.clone() };
    let missing = ops::list_tags_for_resource::run(world.sns.clone(), call(), input).await;
    assert_eq!(missing.unwrap_err().code, "ResourceNotFound");
    assert_eq!(world.publish("m", None).await.unwrap_err().code, "NotFound");
    assert_eq!(world.subscribe(call(), "q", &[]).await.unwrap_err().code, "NotFound");
}
