//! Several queues, for tests of what goes from one to another.

use api::types::*;
use base::Arn;
use runtime::{Decision, Moment, Trouble};
use shape::Fault;
use store::memory::Crash;

use super::{World, call, pairs, start};
use crate::model::{Queue, QueueLane, testing};
use crate::ops;

pub(super) fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:{queue}")
}

/// A redrive policy to the queue `dlq`.
pub(super) fn redrive(max_receive_count: u32) -> String {
    let target = arn("dlq");
    format!(r#"{{"deadLetterTargetArn":"{target}","maxReceiveCount":{max_receive_count}}}"#)
}

impl World {
    /// A queue `q` whose dead letters go to `dlq` after so many receives.
    pub(super) async fn with_dead_letters(max_receive_count: u32) -> Self {
        let world = World::new(&[]).await;
        world.create("dlq", &[]).await.unwrap();
        world.set(&[("RedrivePolicy", &redrive(max_receive_count))]).await.unwrap();
        world
    }

    pub(super) async fn create(
        &self,
        queue: &str,
        attributes: &[(&str, &str)],
    ) -> Result<(), Fault> {
        let attributes = Some(pairs(attributes));
        let input = CreateQueueRequest { queue_name: queue.into(), attributes, tags: None };
        ops::create_queue::run(self.sqs.clone(), call(), input).await.map(|_| ())
    }

    pub(super) async fn delete_queue(&self, queue: &str) {
        let input = DeleteQueueRequest { queue_url: queue.into() };
        ops::delete_queue::run(self.sqs.clone(), call(), input).await.unwrap();
    }

    pub(super) async fn receive_from(&self, queue: &str, visibility: i32) -> Vec<Message> {
        let input = ReceiveMessageRequest {
            queue_url: queue.into(),
            max_number_of_messages: Some(10),
            visibility_timeout: Some(visibility),
            attribute_names: Some(vec!["All".into()]),
            message_attribute_names: Some(vec!["All".into()]),
            ..Default::default()
        };
        let received = ops::receive_message::run(self.sqs.clone(), call(), input).await.unwrap();
        received.messages.unwrap_or_default()
    }

    /// Bodies that can be received, in order of the alphabet; they stay visible.
    pub(super) async fn bodies(&self, queue: &str) -> Vec<String> {
        let received = self.receive_from(queue, 0).await;
        let mut bodies: Vec<String> = received.into_iter().filter_map(|m| m.body).collect();
        bodies.sort();
        bodies
    }

    pub(super) async fn delete_from(&self, queue: &str, handle: &str) -> Result<(), Fault> {
        let input = DeleteMessageRequest { queue_url: queue.into(), receipt_handle: handle.into() };
        ops::delete_message::run(self.sqs.clone(), call(), input).await.map(|_| ())
    }

    /// Hides a message for so many seconds from now on.
    pub(super) async fn change_from(&self, queue: &str, handle: &str, timeout: i32) {
        let input = ChangeMessageVisibilityRequest {
            queue_url: queue.into(),
            receipt_handle: handle.into(),
            visibility_timeout: timeout,
        };
        ops::change_message_visibility::run(self.sqs.clone(), call(), input).await.unwrap();
    }

    pub(super) async fn attributes_of(
        &self,
        queue: &str,
    ) -> std::collections::BTreeMap<String, String> {
        let names = Some(vec!["All".to_owned()]);
        let input = GetQueueAttributesRequest { queue_url: queue.into(), attribute_names: names };
        let found = ops::get_queue_attributes::run(self.sqs.clone(), call(), input).await.unwrap();
        found.attributes.unwrap()
    }

    /// Visible, in flight, delayed.
    pub(super) async fn counts_of(&self, queue: &str) -> [usize; 3] {
        let found = self.attributes_of(queue).await;
        ["", "NotVisible", "Delayed"]
            .map(|kind| found[&format!("ApproximateNumberOfMessages{kind}")].parse().unwrap())
    }

    /// A queue as it is in memory, without what is there only to be faster.
    pub(super) async fn queue_named(&self, queue: &str) -> Queue {
        let arn: Arn = arn(queue).parse().unwrap();
        let copy = |lane: &QueueLane, _: Moment<'_>| {
            Decision::<_, _, Trouble>::answer(lane.queue.clone().unwrap())
        };
        testing::without_caches(self.sqs.queues.enter(&arn, copy).await.unwrap())
    }

    /// Loads a queue again from what is on disk; it must be the same. Nothing that is due may come between:
    /// everything is on disk already, so nobody else's turn comes.
    pub(super) async fn reload_unchanged(&self, queue: &str) {
        let before = self.queue_named(queue).await;
        let loaded = self.sqs.queues.loaded();
        self.sqs.queues.drop_idle();
        self.sqs.queues.drop_idle();
        assert!(self.sqs.queues.loaded() < loaded, "it was in memory and is not any more");
        assert_eq!(self.queue_named(queue).await, before);
    }

    /// Receives all that `q` has so often that it goes to `dlq`.
    pub(super) async fn fail_all(&self, times: u32) {
        for _ in 0..=times {
            self.receive_from("q", 0).await;
        }
        self.pass(1).await;
    }

    pub(super) async fn start_moving(
        &self,
        to: Option<&str>,
        rate: Option<i32>,
    ) -> Result<String, Fault> {
        self.start_moving_from("dlq", to, rate).await
    }

    pub(super) async fn start_moving_from(
        &self,
        source: &str,
        to: Option<&str>,
        rate: Option<i32>,
    ) -> Result<String, Fault> {
        let input = StartMessageMoveTaskRequest {
            source_arn: arn(source),
            destination_arn: to.map(arn),
            max_number_of_messages_per_second: rate,
        };
        let started = ops::start_message_move_task::run(self.sqs.clone(), call(), input).await?;
        Ok(started.task_handle.unwrap())
    }

    pub(super) async fn cancel_moving(&self, handle: &str) -> Result<i64, Fault> {
        let input = CancelMessageMoveTaskRequest { task_handle: handle.into() };
        let cancelled = ops::cancel_message_move_task::run(self.sqs.clone(), call(), input).await?;
        Ok(cancelled.approximate_number_of_messages_moved.unwrap())
    }

    /// The newest move task of `dlq`.
    pub(super) async fn task(&self) -> ListMessageMoveTasksResultEntry {
        self.task_of("dlq").await
    }

    pub(super) async fn task_of(&self, source: &str) -> ListMessageMoveTasksResultEntry {
        let input = ListMessageMoveTasksRequest { source_arn: arn(source), max_results: None };
        let listed =
            ops::list_message_move_tasks::run(self.sqs.clone(), call(), input).await.unwrap();
        listed.results.unwrap().remove(0)
    }

    /// Status and messages moved of the newest move task of `dlq`.
    pub(super) async fn progress(&self) -> (String, i64) {
        let task = self.task().await;
        (task.status.unwrap(), task.approximate_number_of_messages_moved.unwrap())
    }

    /// From now on commits reach the disk one by one: so many of them do, while `work` goes on, and then
    /// the process ends. Another one starts on what is on disk.
    pub(super) async fn crash_after(&mut self, commits: usize, work: Work) {
        self.controls.hold();
        {
            let work = self.work(work);
            tokio::pin!(work);
            let mut is_done = false;
            for _ in 0..=commits {
                for _ in 0..20 {
                    is_done = is_done || futures::poll!(work.as_mut()).is_ready();
                    tokio::task::yield_now().await;
                }
                self.controls.release_one();
            }
        }
        self.node.tasks().end().await;
        let (store, controls) = self.controls.crash(Crash::Process);
        (self.node, self.sqs) = start(store, &self.clock, &self.random).await;
        self.controls = controls;
    }

    async fn work(&self, work: Work) {
        match work {
            Work::Receive(queue) => _ = self.receive_from(queue, 0).await,
            Work::Move(queue) => _ = self.start_moving_from(queue, None, None).await,
        }
    }
}

/// What goes on when a process ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// A receive, which sends dead letters off.
    Receive(&'static str),
    /// A move task of a dead-letter queue.
    Move(&'static str),
}
