//! Emptying an account.

use base::{AccountId, Region};

use super::*;

fn other_region() -> Call {
    let region: Region = "eu-west-1".parse().unwrap();
    let caller = identity::testing::root(AccountId::DEFAULT, region);
    Call { caller, ..call() }
}

async fn create(world: &World, call: Call, name: &str) {
    let input = CreateQueueRequest { queue_name: name.into(), ..Default::default() };
    ops::create_queue::run(world.sqs.clone(), call, input).await.unwrap();
}

async fn names(world: &World, call: Call) -> Vec<String> {
    let listed = ops::list_queues::run(world.sqs.clone(), call, Default::default()).await;
    let urls = listed.unwrap().queue_urls.unwrap_or_default();
    urls.iter().map(|url| url.rsplit('/').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_queue_of_the_account_is_gone_in_all_regions_and_no_other() {
    let world = World::new(&[]).await;
    let stranger: AccountId = "111111111111".parse().unwrap();
    let caller = identity::testing::root(stranger, Region::default());
    let of_stranger = Call { caller, ..call() };
    create(&world, of_stranger.clone(), "theirs").await;
    for number in 0..250 {
        create(&world, call(), &format!("queue-{number}")).await;
    }
    create(&world, other_region(), "far").await;
    let deleted = crate::reset::run(world.sqs.clone(), AccountId::DEFAULT).await;
    assert_eq!(deleted, Ok(252), "with the one that a world begins with");
    assert_eq!(names(&world, call()).await, [""; 0]);
    assert_eq!(names(&world, other_region()).await, [""; 0]);
    assert_eq!(names(&world, of_stranger).await, ["theirs"]);
    assert_eq!(crate::reset::run(world.sqs.clone(), AccountId::DEFAULT).await, Ok(0));
}

#[tokio::test]
async fn a_name_can_be_used_again_at_once_and_its_queue_is_empty() {
    let world = World::new(&[]).await;
    world.send("before", None).await.unwrap();
    crate::reset::run(world.sqs.clone(), AccountId::DEFAULT).await.unwrap();
    create(&world, call(), "q").await;
    assert!(world.receive(10, None).await.is_empty());
}
