//! Quotas, each with the page that it comes from.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html>

use std::ops::RangeInclusive;

use base::Span;

/// Seconds that a message may be delayed (`DelaySeconds`).
pub(crate) const DELAY: RangeInclusive<i64> = 0..=900;
/// Bytes of a message, and of a batch (`MaximumMessageSize`).
pub(crate) const MESSAGE_SIZE: RangeInclusive<i64> = 1024..=1_048_576;
/// Seconds that a message is kept (`MessageRetentionPeriod`).
pub(crate) const RETENTION: RangeInclusive<i64> = 60..=1_209_600;
/// Seconds that a receive waits (`WaitTimeSeconds`).
pub(crate) const WAIT: RangeInclusive<i64> = 0..=20;
/// Seconds that a received message is hidden (`VisibilityTimeout`).
pub(crate) const VISIBILITY: RangeInclusive<i64> = 0..=43_200;
/// Messages of one receive.
pub(crate) const RECEIVE: RangeInclusive<i64> = 1..=10;
/// The longest time that a message stays hidden, counted from its receive.
pub(crate) const TOTAL_VISIBILITY: Span = Span::from_seconds(43_200);
/// Attributes of a message.
pub(crate) const MESSAGE_ATTRIBUTES: usize = 10;
/// Characters of a message attribute's name, and of its type.
pub(crate) const ATTRIBUTE_NAME: usize = 256;
/// Characters of a queue's name.
pub(crate) const QUEUE_NAME: usize = 80;
/// Entries of a batch.
pub(crate) const BATCH: usize = 10;
/// Bytes of all messages of a batch.
pub(crate) const BATCH_SIZE: usize = 1_048_576;
/// Characters of the id of a batch's entry.
pub(crate) const BATCH_ENTRY_ID: usize = 80;
/// Seconds that a data key is used again (`KmsDataKeyReusePeriodSeconds`).
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
pub(crate) const DATA_KEY_REUSE: RangeInclusive<i64> = 60..=86_400;
/// Characters of a KMS key's id or ARN.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>
pub(crate) const KMS_KEY: usize = 2048;
/// Tags of a queue.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html>
pub(crate) const TAGS: usize = 50;
/// Characters of a tag's key.
pub(crate) const TAG_KEY: RangeInclusive<usize> = 1..=128;
/// Characters of a tag's value.
pub(crate) const TAG_VALUE: RangeInclusive<usize> = 0..=256;
/// Bytes of a policy.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html>
pub(crate) const POLICY_SIZE: usize = 8192;
/// Statements of a policy.
pub(crate) const POLICY_STATEMENTS: usize = 20;
/// Principals of a policy.
pub(crate) const POLICY_PRINCIPALS: usize = 50;
/// Conditions of a policy.
pub(crate) const POLICY_CONDITIONS: usize = 10;
/// Actions of a policy's statement.
pub(crate) const STATEMENT_ACTIONS: usize = 7;
/// Characters of a permission's label.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html>
pub(crate) const LABEL: usize = 80;
/// Queues of one page of `ListQueues`.
pub(crate) const LIST: RangeInclusive<i64> = 1..=1000;
/// How long a deduplication id is remembered, and a receive request attempt id.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html>
pub(crate) const DEDUPLICATION: Span = Span::from_seconds(300);
/// Characters of a message group id, a deduplication id and a receive request attempt id.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
pub(crate) const FIFO_ID: RangeInclusive<usize> = 1..=128;
/// Transactions a second of a FIFO queue and an action, or of one group where the quota is per group, with
/// AWS's quotas.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html>
pub(crate) const FIFO_TRANSACTIONS: u32 = 300;
/// Messages in flight, with AWS's quotas.
pub(crate) const IN_FLIGHT: u64 = 120_000;
/// How long a deleted queue's name cannot be used again, with AWS's quotas.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html>
pub(crate) const DELETED_RECENTLY: Span = Span::from_seconds(60);
/// How long a queue cannot be purged again, with AWS's quotas.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html>
pub(crate) const PURGED_RECENTLY: Span = Span::from_seconds(60);
/// How often a message is received before it is a dead letter (`maxReceiveCount`).
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>
pub(crate) const MAX_RECEIVE_COUNT: RangeInclusive<i64> = 1..=1000;
/// Queues that a `RedriveAllowPolicy` names.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
pub(crate) const REDRIVE_SOURCES: RangeInclusive<usize> = 1..=10;
/// Messages a second that a move task is allowed (`MaxNumberOfMessagesPerSecond`).
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html>
pub(crate) const MOVE_RATE: RangeInclusive<i64> = 1..=500;
/// Move tasks of a queue that are remembered, and listed at most.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html>
pub(crate) const MOVE_TASKS: RangeInclusive<i64> = 1..=10;
