//! Stored rows and message records that are not what was written: an archive, whose sum does not matter here,
//! becomes a store, and everything is asked of the queues in it.

use std::any::Any;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::Arc;

use store::archive::{Reader, Writer, restore};
use store::fjall::LIMITS;
use store::{Entry, MemoryStore, NodeId, Store};

use super::node::{Answered, Node};
use super::script;
use super::service::block_on;

const QUEUES: [&str; 4] = ["q", "q.fifo", "dead", "dead.fifo"];

/// Restores what can be read and uses it. It may be called damaged, and must be answered; rows that contradict each
/// other without showing it may end the program with what it saw, and with nothing else.
pub fn run(bytes: &[u8]) {
    let played = catch_unwind(|| play(bytes, |_| {}));
    if let Err(panic) = played
        && !is_broken_invariant(&*panic)
    {
        resume_unwind(panic);
    }
}

fn is_broken_invariant(panic: &(dyn Any + Send)) -> bool {
    panic.downcast_ref::<String>().is_some_and(|text| text.starts_with("an invariant is broken"))
}

fn play(bytes: &[u8], check: impl Fn(&Answered)) {
    let Ok(mut reader) = Reader::new(bytes, LIMITS) else { return };
    let mut entries = Vec::new();
    while let Ok(Some(entry)) = reader.entry() {
        entries.push(entry);
    }
    block_on(async {
        let Some(store) = filled(entries).await else { return };
        let Some(node) = Node::start(store).await else { return };
        for queue in QUEUES {
            use_queue(&node, queue, &check).await;
        }
        script::run(&node, "AmazonSQS.ListQueues {}\n+400\n+1500000", |_| {}).await;
        node.stop().await;
    });
}

async fn filled(entries: Vec<Entry>) -> Option<Arc<dyn Store>> {
    let mut writer = Writer::new();
    let mut archive = writer.write(entries).to_vec();
    archive.extend_from_slice(&writer.end());
    let store = MemoryStore::open(Default::default());
    let reader = Reader::new(&archive[..], LIMITS).ok()?;
    restore(&*store, NodeId(1), reader).await.ok()?;
    Some(store)
}

async fn use_queue(node: &Node, queue: &str, check: impl Fn(&Answered)) {
    let path = ["000000000000", "us-east-1", queue, "messages"];
    node.page(&path, &[("state", "visible")]).await;
    node.page(&path, &[]).await;
    let group = if queue.ends_with(".fifo") {
        r#","MessageGroupId":"g","MessageDeduplicationId":"new""#
    } else {
        ""
    };
    let arn = format!("arn:aws:sqs:us-east-1:000000000000:{queue}");
    let script = format!(
        r#"AmazonSQS.GetQueueAttributes {{"QueueUrl":"{queue}","AttributeNames":["All"]}}
AmazonSQS.ReceiveMessage {{"QueueUrl":"{queue}","MaxNumberOfMessages":10,"MessageAttributeNames":["All"],"AttributeNames":["All"]}}
AmazonSQS.ChangeMessageVisibility {{"QueueUrl":"{queue}","ReceiptHandle":"$ReceiptHandle","VisibilityTimeout":0}}
AmazonSQS.SendMessage {{"QueueUrl":"{queue}","MessageBody":"new"{group}}}
AmazonSQS.ListQueueTags {{"QueueUrl":"{queue}"}}
AmazonSQS.ListDeadLetterSourceQueues {{"QueueUrl":"{queue}"}}
AmazonSQS.ListMessageMoveTasks {{"SourceArn":"{arn}"}}
AmazonSQS.StartMessageMoveTask {{"SourceArn":"{arn}"}}
+60
AmazonSQS.ReceiveMessage {{"QueueUrl":"{queue}","MaxNumberOfMessages":10}}
AmazonSQS.DeleteMessage {{"QueueUrl":"{queue}","ReceiptHandle":"$ReceiptHandle"}}
+60
AmazonSQS.ReceiveMessage {{"QueueUrl":"{queue}","MaxNumberOfMessages":10}}
AmazonSQS.PurgeQueue {{"QueueUrl":"{queue}"}}
AmazonSQS.DeleteQueue {{"QueueUrl":"{queue}"}}"#
    );
    script::run(node, &script, check).await;
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    #[test]
    fn the_sample_has_messages_in_all_queues() {
        let messages = Cell::new(0);
        for sample in crate::corpus::samples("rows").expect("samples") {
            super::play(&sample, |answered| {
                let body = String::from_utf8_lossy(&answered.body);
                assert!(answered.status < 500, "{body}");
                messages.set(messages.get() + body.matches("ReceiptHandle").count());
            });
        }
        assert!(messages.get() > 10, "{}", messages.get());
    }
}
