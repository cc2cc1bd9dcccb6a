//! A client of the front: whole requests in JSON, without sockets, to a node that can be ended and started again.

use std::sync::Arc;

use base::{AccountId, Clock, Random, Region, Span, Timestamp};
use hyper::Method;
use runtime::{Node, Parts, Quotas};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::memory::{Controls, Crash, MemoryStore};

use super::json::{ATTRIBUTE, each, entries, message, refusal, sent, text};
use super::vocabulary::*;
use crate::front::tests::{request, services};
use crate::front::{Front, World};
use web::Handler;

/// A program with queues of one kind, and what it runs on.
pub(super) struct Client {
    kind: Kind,
    clock: Clock,
    random: Random,
    controls: Controls,
    node: Arc<Node>,
    front: Front,
}

impl Client {
    /// A new program that has nothing yet.
    pub(super) async fn start(kind: Kind, now: Millis) -> Self {
        let (store, controls) = MemoryStore::controlled(Default::default());
        let clock = Clock::manual(Timestamp::from_millis(now));
        let random = Random::seeded(1);
        let (node, front) = start(store, &clock, &random).await;
        Client { kind, clock, random, controls, node, front }
    }

    /// The program is killed, and another one starts on what is on disk.
    pub(super) async fn restart(&mut self) {
        self.node.stop().await.unwrap();
        let (store, controls) = self.controls.crash(Crash::Process);
        self.controls = controls;
        (self.node, self.front) = start(store, &self.clock, &self.random).await;
    }

    /// Time passes, and what is due by then is done.
    pub(super) async fn pass(&self, by: Millis) {
        self.node.advance(Span::from_millis(by)).await.unwrap();
    }

    /// An operation on a queue.
    async fn call(&self, operation: &str, queue: usize, mut input: Value) -> Answer<Value> {
        input["QueueUrl"] = format!("http://localhost/000000000000/{}", self.name(queue)).into();
        self.raw(operation, &input).await
    }

    async fn raw(&self, operation: &str, input: &Value) -> Answer<Value> {
        let target = ["AmazonSQS.", operation].concat();
        let headers = [("x-amz-target", target.as_str()), super::super::JSON];
        let response = self.front.handle(request("/", &headers, &input.to_string())).await;
        let body = response.body.full().unwrap();
        let answer = match body.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(body).unwrap(),
        };
        if response.status.is_success() { Ok(answer) } else { Err(refusal(&answer["__type"])) }
    }

    fn name(&self, queue: usize) -> String {
        match self.kind {
            Kind::Standard => format!("queue-{queue}"),
            Kind::Fifo => format!("queue-{queue}.fifo"),
        }
    }

    fn arn(&self, queue: usize) -> String {
        ["arn:aws:sqs:us-east-1:000000000000:", &self.name(queue)].concat()
    }

    pub(super) async fn create(&self, queue: usize) {
        let mut input = json!({ "QueueName": self.name(queue) });
        if self.kind == Kind::Fifo {
            input["Attributes"] = json!({ "FifoQueue": "true" });
        }
        self.raw("CreateQueue", &input).await.unwrap();
    }

    pub(super) async fn delete_queue(&self, queue: usize) {
        self.call("DeleteQueue", queue, json!({})).await.unwrap();
    }

    pub(super) async fn purge(&self, queue: usize) {
        self.call("PurgeQueue", queue, json!({})).await.unwrap();
    }

    /// `dead_letters` is the queue to which a redrive policy leads.
    pub(super) async fn set(&self, queue: usize, setting: &Setting, dead_letters: usize) {
        let (name, value) = match setting {
            Setting::VisibilityTimeout(seconds) => ("VisibilityTimeout", seconds.to_string()),
            Setting::DelaySeconds(seconds) => ("DelaySeconds", seconds.to_string()),
            Setting::MessageRetentionPeriod(seconds) => {
                ("MessageRetentionPeriod", seconds.to_string())
            }
            Setting::ContentBasedDeduplication(is_on) => {
                ("ContentBasedDeduplication", is_on.to_string())
            }
            Setting::DeduplicationWithinGroups(is_on) => {
                ("DeduplicationScope", if *is_on { "messageGroup" } else { "queue" }.to_owned())
            }
            Setting::RedrivePolicy(None) => ("RedrivePolicy", String::new()),
            Setting::RedrivePolicy(Some(most)) => {
                let target = self.arn(dead_letters);
                let policy = json!({ "deadLetterTargetArn": target, "maxReceiveCount": most });
                ("RedrivePolicy", policy.to_string())
            }
        };
        self.call("SetQueueAttributes", queue, json!({ "Attributes": { name: value } }))
            .await
            .unwrap();
    }

    /// Visible, in flight, delayed.
    pub(super) async fn counts(&self, queue: usize) -> [usize; 3] {
        let names =
            ["", "NotVisible", "Delayed"].map(|kind| format!("ApproximateNumberOfMessages{kind}"));
        let input = json!({ "AttributeNames": names });
        let answer = self.call("GetQueueAttributes", queue, input).await.unwrap();
        names.map(|name| text(&answer["Attributes"][name]).unwrap().parse().unwrap())
    }

    pub(super) async fn send(&self, queue: usize, send: &Send) -> Answer<Sent> {
        self.call("SendMessage", queue, message(send)).await.map(|answer| sent(&answer))
    }

    pub(super) async fn send_batch(
        &self,
        queue: usize,
        sends: &[Send],
    ) -> Answer<Vec<Answer<Sent>>> {
        let input = entries(sends.iter().map(message));
        let answer = self.call("SendMessageBatch", queue, input).await?;
        Ok(each(&answer, sends.len(), sent))
    }

    pub(super) async fn receive(&self, queue: usize, asked: &Receive) -> Answer<Vec<Received>> {
        let mut input = json!({
            "MaxNumberOfMessages": asked.max_number_of_messages,
            "WaitTimeSeconds": 0,
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        if let Some(seconds) = asked.visibility_timeout {
            input["VisibilityTimeout"] = seconds.into();
        }
        if let Some(attempt) = asked.attempt {
            input["ReceiveRequestAttemptId"] = format!("attempt-{attempt}").into();
        }
        let answer = self.call("ReceiveMessage", queue, input).await?;
        let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
        Ok(messages.iter().map(|message| self.received(message)).collect())
    }

    fn received(&self, message: &Value) -> Received {
        let attributes = &message["Attributes"];
        let number = |name: &str| text(&attributes[name]).unwrap().parse::<u64>().unwrap();
        let source = text(&attributes["DeadLetterQueueSourceArn"]);
        let note = &message["MessageAttributes"][ATTRIBUTE]["StringValue"];
        let send = Send {
            body: text(&message["Body"]).unwrap(),
            group: text(&attributes["MessageGroupId"]),
            deduplication_id: self.deduplication_id(message),
            delay_seconds: None,
            attribute: text(note),
        };
        Received {
            id: text(&message["MessageId"]).unwrap(),
            receipt_handle: text(&message["ReceiptHandle"]).unwrap(),
            send,
            sequence: text(&attributes["SequenceNumber"]),
            sent: number("SentTimestamp"),
            first_received: number("ApproximateFirstReceiveTimestamp"),
            receives: number("ApproximateReceiveCount") as u32,
            source: source.map(|arn| (0..9).find(|queue| self.arn(*queue) == arn).unwrap()),
        }
    }

    /// The deduplication id that the sender gave; where it gave none, the hash of the body stands there.
    fn deduplication_id(&self, message: &Value) -> Option<String> {
        let shown = text(&message["Attributes"]["MessageDeduplicationId"]);
        assert_eq!(shown.is_some(), self.kind == Kind::Fifo, "{message}");
        let hash = Sha256::digest(message["Body"].as_str().unwrap().as_bytes());
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        shown.filter(|shown| *shown != hash)
    }

    /// Deletes the messages of these handles: one by itself, several as a batch.
    pub(super) async fn delete(&self, queue: usize, handles: &[&String]) -> Vec<Answer<()>> {
        let entry = |handle: &&String| json!({ "ReceiptHandle": handle });
        self.one_or_batch("DeleteMessage", queue, handles.iter().map(entry).collect()).await
    }

    /// Changes visibility timeouts: one by itself, several as a batch.
    pub(super) async fn change(&self, queue: usize, all: &[(&String, u64)]) -> Vec<Answer<()>> {
        let entry = |(handle, seconds): &(&String, u64)| json!({ "ReceiptHandle": handle, "VisibilityTimeout": seconds });
        let entries = all.iter().map(entry).collect();
        self.one_or_batch("ChangeMessageVisibility", queue, entries).await
    }

    async fn one_or_batch(&self, name: &str, queue: usize, all: Vec<Value>) -> Vec<Answer<()>> {
        if let [one] = &all[..] {
            return vec![self.call(name, queue, one.clone()).await.map(|_| ())];
        }
        let count = all.len();
        let name = [name, "Batch"].concat();
        let answer = self.call(&name, queue, entries(all.into_iter())).await.unwrap();
        each(&answer, count, |_| ())
    }

    pub(super) async fn start_move(&self, from: usize, to: Option<usize>) -> Answer<()> {
        let mut input = json!({ "SourceArn": self.arn(from) });
        if let Some(to) = to {
            input["DestinationArn"] = self.arn(to).into();
        }
        self.raw("StartMessageMoveTask", &input).await.map(|_| ())
    }

    /// The ids of the messages that can be received, as the operators' page shows them.
    pub(super) async fn visible(&self, queue: usize) -> Vec<String> {
        let name = self.name(queue);
        let path = format!(
            "/_millpond/queues/000000000000/us-east-1/{name}/messages?state=visible&limit=100"
        );
        let mut request = request(&path, &[], "");
        request.method = Method::GET;
        let response = self.front.handle(request).await;
        let shown: Value = serde_json::from_slice(response.body.full().unwrap()).unwrap();
        let shown = shown["Messages"].as_array().unwrap();
        shown.iter().map(|message| text(&message["MessageId"]).unwrap()).collect()
    }
}

async fn start(store: Arc<MemoryStore>, clock: &Clock, random: &Random) -> (Arc<Node>, Front) {
    let (clock, random) = (clock.clone(), random.clone());
    let node = Node::start(Parts { store, clock, random, quotas: Quotas::None }).await.unwrap();
    let services = services(&node, identity::testing::open(&[7; 32]));
    services.registry.start_background(&node).unwrap();
    let world = World {
        account: AccountId::DEFAULT,
        region: Region::default(),
        public_url: None,
        faults: None,
    };
    let front = Front::new(Arc::clone(&node), services, world);
    (node, front)
}
