//! Order within groups, and what locks a group.

use super::{FifoWorld, bodies, handle};

#[tokio::test]
async fn a_receive_gets_as_much_of_one_group_as_possible_and_then_of_the_next() {
    let world = FifoWorld::new(&[]).await;
    world.send_all(&[("a1", "a"), ("b1", "b"), ("a2", "a"), ("c1", "c"), ("a3", "a")]).await;
    assert_eq!(bodies(&world.receive(2, 30).await), ["a1", "a2"]);
    assert_eq!(world.bodies().await, ["b1", "c1"], "group a is locked");
}

#[tokio::test]
async fn two_receivers_never_have_messages_of_one_group() {
    let mut world = FifoWorld::new(&[]).await;
    world.send_all(&[("a1", "a"), ("a2", "a")]).await;
    let first = world.receive(1, 30).await;
    for _ in 0..2 {
        assert_eq!(world.bodies().await, [""; 0]);
        world.restart().await;
    }
    world.delete(handle(&first[0])).await.unwrap();
    assert_eq!(world.bodies().await, ["a2"]);
}

#[tokio::test]
async fn a_send_into_a_locked_group_waits_for_its_end() {
    let world = FifoWorld::new(&[]).await;
    world.send_all(&[("a1", "a")]).await;
    world.receive(10, 30).await;
    world.send_all(&[("a2", "a")]).await;
    assert_eq!(world.counts().await, [1, 1, 0]);
    assert_eq!(world.bodies().await, [""; 0]);
    world.0.pass(30).await;
    assert_eq!(world.bodies().await, ["a1", "a2"]);
}

#[tokio::test]
async fn a_delayed_message_at_the_head_holds_its_group_back() {
    let mut world = FifoWorld::new(&[("DelaySeconds", "10")]).await;
    world.send_all(&[("a1", "a")]).await;
    world.set(&[("DelaySeconds", "0")]).await.unwrap();
    world.send_all(&[("a2", "a"), ("b1", "b")]).await;
    assert_eq!(world.counts().await, [3, 0, 0], "the delay is the queue's, not the message's");
    world.set(&[("DelaySeconds", "20")]).await.unwrap();
    world.restart().await;
    assert_eq!(world.counts().await, [2, 0, 1]);
    assert_eq!(world.bodies().await, ["b1"]);
    world.0.pass(20).await;
    assert_eq!(world.bodies().await, ["a1", "a2"]);
}

#[tokio::test]
async fn the_queues_delay_holds_for_each_message() {
    let mut world = FifoWorld::new(&[("DelaySeconds", "5")]).await;
    world.send_all(&[("a1", "a")]).await;
    world.0.pass(3).await;
    world.send_all(&[("a2", "a")]).await;
    world.restart().await;
    assert_eq!(world.bodies().await, [""; 0]);
    world.0.pass(2).await;
    assert_eq!(bodies(&world.receive(10, 0).await), ["a1"], "a2 is delayed");
    world.0.pass(3).await;
    assert_eq!(world.bodies().await, ["a1", "a2"]);
}

#[tokio::test]
async fn the_head_made_visible_again_is_received_again_first() {
    let mut world = FifoWorld::new(&[]).await;
    world.send_all(&[("a1", "a"), ("a2", "a"), ("b1", "b")]).await;
    let head = world.receive(1, 30).await.remove(0);
    world.change(handle(&head), 0).await.unwrap();
    world.restart().await;
    let again = world.receive(1, 30).await.remove(0);
    assert_eq!(again.body.as_deref(), Some("a1"));
    assert_eq!(again.attributes.unwrap()["ApproximateReceiveCount"], "2");
    assert_eq!(world.bodies().await, ["b1"]);
}

#[tokio::test]
async fn a_group_is_locked_until_the_last_of_its_messages_is_back() {
    let mut world = FifoWorld::new(&[]).await;
    world.send_all(&[("a1", "a"), ("a2", "a"), ("a3", "a")]).await;
    let both = world.receive(2, 30).await;
    world.change(handle(&both[0]), 0).await.unwrap();
    world.restart().await;
    assert_eq!(world.bodies().await, [""; 0]);
    world.change(handle(&both[1]), 0).await.unwrap();
    assert_eq!(world.bodies().await, ["a1", "a2", "a3"]);
}

#[tokio::test]
async fn a_handle_is_of_use_only_while_its_receive_lasts() {
    let world = FifoWorld::new(&[]).await;
    world.send_all(&[("a1", "a")]).await;
    let old = world.receive(1, 30).await.remove(0);
    world.0.pass(30).await;
    let expected = format!(
        "Value {} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.",
        handle(&old)
    );
    for _ in 0..2 {
        for refused in [world.delete(handle(&old)).await, world.change(handle(&old), 5).await] {
            let refused = refused.unwrap_err();
            assert_eq!(
                (refused.code, &refused.message[..]),
                ("InvalidParameterValue", &expected[..])
            );
        }
        world.receive(1, 30).await;
    }
    assert_eq!(world.counts().await, [0, 1, 0]);
}

#[tokio::test]
async fn a_message_that_was_deleted_before_the_index_is_read_does_not_come_back() {
    let mut world = FifoWorld::new(&[]).await;
    world.send_all(&[("a1", "a"), ("a2", "a")]).await;
    let first = world.receive(1, 30).await.remove(0);
    world.restart().await;
    world.delete(handle(&first)).await.unwrap();
    assert_eq!(world.bodies().await, ["a2"]);
    assert_eq!(world.counts().await, [0, 1, 0]);
}

#[tokio::test]
async fn large_messages_of_one_group_are_received_together() {
    let world = FifoWorld::new(&[]).await;
    let sent: Vec<_> = (0..10).map(|number| number.to_string().repeat(300 << 10)).collect();
    for body in &sent {
        world.send(body, "a", Some(&body[..1])).await.unwrap();
    }
    assert!(world.bodies().await == sent, "ten messages, in order");
}

#[tokio::test]
async fn bodies_that_memory_does_not_hold_are_fetched() {
    let mut world = FifoWorld::new(&[]).await;
    let large = |n: usize| format!("{}{n}", "x".repeat(200_000));
    let sent: Vec<String> = (0..20).map(large).collect();
    for (number, body) in sent.iter().enumerate() {
        world.send(body, ["a", "b"][number % 2], Some(&number.to_string())).await.unwrap();
    }
    let mut received = Vec::new();
    while received.len() < sent.len() {
        let got = world.receive(3, 30).await;
        assert!(!got.is_empty());
        for message in &got {
            world.delete(handle(message)).await.unwrap();
        }
        received.extend(bodies(&got));
        world.restart().await;
    }
    let of = |all: &[String], rest| {
        all.iter().filter(|b| b.ends_with(rest)).cloned().collect::<Vec<_>>()
    };
    let odd = |all: &[String]| [1, 3, 5, 7, 9].map(|n| of(all, char::from(b'0' + n)));
    assert_eq!(odd(&received), odd(&sent));
    assert_eq!(world.counts().await, [0, 0, 0]);
}

#[tokio::test]
async fn an_attempt_gets_the_same_messages_again_until_one_of_them_is_touched() {
    let mut world = FifoWorld::new(&[]).await;
    world.send_all(&[("a1", "a"), ("a2", "a"), ("b1", "b")]).await;
    let first = world.receive_as(2, 30, Some("try")).await;
    world.0.pass(20).await;
    for _ in 0..2 {
        let again = world.receive_as(2, 30, Some("try")).await;
        assert_eq!(bodies(&again), ["a1", "a2"]);
        assert_eq!(handle(&again[0]), handle(&first[0]));
        world.restart().await;
    }
    world.0.pass(20).await;
    assert_eq!(world.counts().await, [1, 2, 0], "the timeout counts from the last attempt");
    world.delete(handle(&first[0])).await.unwrap();
    assert_eq!(bodies(&world.receive_as(2, 30, Some("try")).await), ["b1"]);
    assert_eq!(bodies(&world.receive_as(2, 30, Some("try")).await), ["b1"]);
}

#[tokio::test]
async fn an_attempt_is_over_after_five_minutes() {
    let world = FifoWorld::new(&[]).await;
    world.send_all(&[("a1", "a")]).await;
    world.receive_as(1, 600, Some("try")).await;
    world.0.pass(299).await;
    assert_eq!(world.receive_as(1, 600, Some("try")).await.len(), 1);
    world.0.pass(1).await;
    assert_eq!(world.receive_as(1, 600, Some("try")).await, []);
}
