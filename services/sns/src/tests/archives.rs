//! What a topic keeps of what was published, and for how long.

use super::*;

const DAY: u64 = 86_400;

pub(super) fn fifo(archive: &str) -> [(&str, &str); 3] {
    [("FifoTopic", "true"), ("ContentBasedDeduplication", "true"), ("ArchivePolicy", archive)]
}

pub(super) const ONE_DAY: &str = r#"{"MessageRetentionPeriod":"1"}"#;
const YEAR: &str = r#"{"MessageRetentionPeriod":"365"}"#;

impl World {
    pub(super) async fn publish_in_order(&self, messages: &[&str]) {
        for message in messages {
            self.publish(message, Some(("g", None))).await.unwrap();
        }
        self.pass(0).await;
    }

    async fn kept(&self) -> usize {
        self.entries(0).await.len()
    }

    async fn beginning(&self) -> u64 {
        let at = self.attributes().await["BeginningArchiveTime"].clone();
        let at = humantime::parse_rfc3339(&at).unwrap();
        at.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
    }
}

#[tokio::test]
async fn what_was_delivered_is_kept_until_it_is_older_than_the_policy_says() {
    let mut world = World::delivering("orders.fifo", &fifo(ONE_DAY)).await;
    world.subscribe(call(), "q.fifo", &[]).await.unwrap();
    world.publish_in_order(&["1", "2"]).await;
    world.pass(DAY / 2).await;
    world.publish_in_order(&["3"]).await;
    world.restart_unchanged().await;
    assert_eq!(world.kept().await, 3);
    world.pass(DAY / 2 - 1).await;
    assert_eq!(world.kept().await, 3, "a second is missing");
    world.pass(200).await;
    assert_eq!(world.kept().await, 1);
    world.restart_unchanged().await;
    world.pass(DAY).await;
    assert_eq!(world.kept().await, 0);
    let topic = world.topic().await;
    assert_eq!((topic.relay.released, topic.relay.deliver_at), (topic.end, None));
}

#[tokio::test]
async fn a_year_is_kept_and_no_more_whatever_comes_meanwhile() {
    let world = World::delivering("orders.fifo", &fifo(YEAR)).await;
    for month in 0..24 {
        world.publish_in_order(&[&month.to_string()]).await;
        world.pass(30 * DAY).await;
    }
    assert_eq!(world.kept().await, 12, "of the last 360 days");
}

#[tokio::test]
async fn an_archive_begins_with_its_policy_and_goes_with_it() {
    let mut world = World::delivering("orders.fifo", &fifo("{}")).await;
    world.publish_in_order(&["before"]).await;
    assert_eq!(world.kept().await, 0, "without a policy nothing is kept");
    world.set("ArchivePolicy", YEAR).await.unwrap();
    let set_at = world.beginning().await;
    world.publish_in_order(&["1", "2", "3"]).await;
    world.pass(DAY).await;
    world.restart_unchanged().await;
    assert_eq!((world.kept().await, world.beginning().await), (3, set_at));
    world.set("ArchivePolicy", "{}").await.unwrap();
    world.pass(0).await;
    assert_eq!(world.kept().await, 0);
    assert!(!world.attributes().await.contains_key("BeginningArchiveTime"));
    world.restart_unchanged().await;
    assert_eq!(world.topic().await.archive, None);
}

#[tokio::test]
async fn a_shorter_period_holds_at_once_and_what_it_gave_up_is_gone() {
    let mut world = World::delivering("orders.fifo", &fifo(YEAR)).await;
    world.publish_in_order(&["1"]).await;
    world.pass(2 * DAY).await;
    world.publish_in_order(&["2"]).await;
    world.set("ArchivePolicy", ONE_DAY).await.unwrap();
    world.pass(0).await;
    assert_eq!(world.kept().await, 1);
    let begins = world.beginning().await;
    world.set("ArchivePolicy", YEAR).await.unwrap();
    assert_eq!(world.beginning().await, begins);
    world.pass(100 * DAY).await;
    assert_eq!((world.kept().await, world.beginning().await), (1, begins));
    world.restart_unchanged().await;
}

#[tokio::test]
async fn a_topic_is_not_deleted_before_its_archive_is_given_up_and_leaves_nothing_due() {
    let world = World::delivering("orders.fifo", &fifo(YEAR)).await;
    world.publish_in_order(&["1"]).await;
    let input = DeleteTopicInput { topic_arn: world.arn().to_string() };
    let refused = ops::delete_topic::run(world.sns.clone(), call(), input).await.unwrap_err();
    assert_eq!((refused.code, refused.status), ("InvalidState", 400));
    assert_eq!(refused.message, "Invalid state: Cannot delete a topic with an ArchivePolicy");
    world.set("ArchivePolicy", "{}").await.unwrap();
    world.delete().await;
    world.create("orders.fifo", &fifo(ONE_DAY)).await.unwrap();
    world.publish_in_order(&["2"]).await;
    world.pass(DAY - 10).await;
    assert_eq!(world.kept().await, 1, "the next topic's archive is its own");
}

#[tokio::test]
async fn thousands_of_old_messages_go_in_bounded_pieces() {
    let world = World::delivering("orders.fifo", &fifo(ONE_DAY)).await;
    for number in 0..2500 {
        world.publish(&number.to_string(), Some(("g", None))).await.unwrap();
    }
    world.pass(10).await;
    assert_eq!(world.kept().await, 2500);
    world.pass(DAY + 200).await;
    assert_eq!(world.kept().await, 0);
}
