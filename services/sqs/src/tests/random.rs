//! Random operations on a queue and on the model of one must have the same effect, across restarts too.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::World;
use super::model::Model;

#[derive(Clone, Debug)]
enum Step {
    Send { delay: Option<u8>, group: Option<u8>, is_large: bool },
    Receive { most: u8, visibility: u8 },
    Delete { which: Index },
    Change { which: Index, visibility: u8 },
    SendBatch { count: u8 },
    DeleteBatch { which: Vec<Index> },
    ChangeBatch { which: Vec<(Index, u8)> },
    Pass { seconds: u8 },
    Restart,
    Purge,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (proptest::option::of(0_u8..6), proptest::option::of(0_u8..4), any::<bool>())
            .prop_map(|(delay, group, is_large)| Step::Send { delay, group, is_large }),
        4 => (1_u8..=10, 0_u8..20)
            .prop_map(|(most, visibility)| Step::Receive { most, visibility }),
        3 => any::<Index>().prop_map(|which| Step::Delete { which }),
        2 => (any::<Index>(), 0_u8..20)
            .prop_map(|(which, visibility)| Step::Change { which, visibility }),
        2 => (1_u8..=10).prop_map(|count| Step::SendBatch { count }),
        2 => vec(any::<Index>(), 1..=10).prop_map(|which| Step::DeleteBatch { which }),
        2 => vec((any::<Index>(), 0_u8..20), 1..=10).prop_map(|which| Step::ChangeBatch { which }),
        2 => (1_u8..30).prop_map(|seconds| Step::Pass { seconds }),
        2 => Just(Step::Restart),
        1 => Just(Step::Purge),
    ]
}

/// A receive that somebody remembers.
struct Receipt {
    body: String,
    receive: u32,
    handle: String,
}

async fn check(steps: Vec<Step>, has_groups: bool) {
    let mut world = World::new(&[("MessageRetentionPeriod", "60")]).await;
    let mut model = Model { retention: 60, ..Model::default() };
    let mut receipts: Vec<Receipt> = Vec::new();
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::Send { delay, group, is_large } => {
                // A few large ones are more than the window holds.
                let body = format!("m{number:0width$}", width = if is_large { 60_000 } else { 1 });
                let group = group.map(|group| format!("g{group}")).filter(|_| has_groups);
                world.send_in(&body, group.as_deref(), delay.map(i32::from)).await.unwrap();
                model.send(&body, delay.unwrap_or(0).into());
            }
            Step::Receive { most, visibility } => {
                let expected = model.available(most.into());
                let got = world.receive(most.into(), Some(visibility.into())).await;
                assert_eq!(got.len(), expected, "step {number}");
                for message in got {
                    let body = message.body.unwrap();
                    let receive = model.received(&body, visibility.into());
                    let counted = &message.attributes.unwrap()["ApproximateReceiveCount"];
                    assert_eq!(*counted, receive.to_string(), "step {number}");
                    let handle = message.receipt_handle.unwrap();
                    receipts.push(Receipt { body, receive, handle });
                }
            }
            Step::Delete { which } if !receipts.is_empty() => {
                let receipt = which.get(&receipts);
                world.delete(&receipt.handle).await.unwrap();
                model.delete(&receipt.body, receipt.receive);
            }
            Step::Change { which, visibility } if !receipts.is_empty() => {
                let receipt = which.get(&receipts);
                let changed = world.change(&receipt.handle, visibility.into()).await.is_ok();
                let allowed = model.change(&receipt.body, receipt.receive, visibility.into());
                assert_eq!(changed, allowed, "step {number}");
            }
            Step::SendBatch { count } => {
                let bodies: Vec<String> = (0..count).map(|n| format!("m{number}-{n}")).collect();
                let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
                assert_eq!(world.send_batch(&bodies).await.failed, []);
                bodies.iter().for_each(|body| model.send(body, 0));
            }
            Step::DeleteBatch { which } if !receipts.is_empty() => {
                let chosen: Vec<&Receipt> =
                    which.iter().map(|which| which.get(&receipts)).collect();
                let handles: Vec<String> = chosen.iter().map(|r| r.handle.clone()).collect();
                assert_eq!(world.delete_batch(&handles).await.failed, []);
                chosen.iter().for_each(|receipt| model.delete(&receipt.body, receipt.receive));
            }
            Step::ChangeBatch { which } if !receipts.is_empty() => {
                let chosen: Vec<_> =
                    which.iter().map(|(n, time)| (n.get(&receipts), *time)).collect();
                let wanted: Vec<_> =
                    chosen.iter().map(|(r, time)| (&r.handle, i32::from(*time))).collect();
                let changed = world.change_batch(&wanted).await;
                let changes =
                    chosen.iter().map(|(r, time)| (&r.body[..], r.receive, u64::from(*time)));
                assert_eq!(changed.successful.len(), model.change_all(changes), "step {number}");
            }
            Step::Pass { seconds } => {
                world.pass(seconds.into()).await;
                model.pass(seconds.into());
            }
            Step::Purge => {
                world.purge().await.unwrap();
                model.messages.clear();
            }
            Step::Restart => world.restart_unchanged().await,
            Step::Delete { .. }
            | Step::Change { .. }
            | Step::DeleteBatch { .. }
            | Step::ChangeBatch { .. } => {}
        }
        assert_eq!(world.counts().await, model.counts(), "step {number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_queue_does_what_its_model_does(steps in vec(step(), 1..120), has_groups: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(steps, has_groups));
    }
}
