//! Batches that follow each other while receivers are slow and lag.

use super::receivers::Mood;
use super::*;

/// Queues in the order in which batches come to their subscriptions.
async fn in_order(world: &World, count: usize) -> Vec<String> {
    let mut queues = BTreeMap::new();
    for number in 0..count {
        let queue = format!("q{number}");
        let arn = world.subscribe(call(), &queue, &[RAW]).await.unwrap();
        queues.insert(arn, queue);
    }
    queues.into_values().collect()
}

async fn advance(world: &World, millis: u64) {
    world.node.timers().advance(Span::from_millis(millis));
    quiet().await;
}

#[tokio::test]
async fn who_catches_up_between_two_batches_misses_neither() {
    let world = World::delivering_little_by_little("orders", &[]).await;
    let queues = in_order(&world, 8).await;
    let (slow, lag) = (&queues[6], &queues[7]);
    world.receivers.set(lag, Mood::Fails);
    world.publish("1", None).await.unwrap();
    quiet().await;
    advance(&world, 500).await;
    world.receivers.set(slow, Mood::Slow(1));
    world.receivers.set(lag, Mood::Takes);

    // The second message is on its way to the first three when the third one is published.
    world.controls.hold();
    let release = async {
        for _ in 0..2 {
            quiet().await;
            assert!(world.controls.release_one());
        }
        quiet().await;
    };
    let (published, ()) = tokio::join!(world.publish("2", None), release);
    published.unwrap();
    assert_eq!(world.receivers.bodies(&queues[0]), ["1", "2"]);
    assert_eq!(world.receivers.bodies(&queues[3]), ["1"]);
    let release = async {
        quiet().await;
        world.controls.release_all();
    };
    let (published, ()) = tokio::join!(world.publish("3", None), release);
    published.unwrap();
    quiet().await;

    // The batch waits for the slow one, and the next one is known: both have passed by who lags.
    let relay = world.topic().await.relay;
    let in_flight = relay.in_flight.unwrap();
    assert_eq!(
        (relay.delivered, in_flight.passed, in_flight.to),
        (Position(1), Position(2), Position(3))
    );
    advance(&world, 500).await;
    assert_eq!(world.receivers.bodies(lag), ["1", "2"]);
    assert_eq!(world.topic().await.relay.delivered, Position(1));
    world.drift(3).await;
    for queue in &queues {
        assert_eq!(world.receivers.bodies(queue), ["1", "2", "3"], "{queue}");
    }
}
