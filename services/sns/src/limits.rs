//! Quotas, each with the page that it comes from.
//!
//! <https://docs.aws.amazon.com/general/latest/gr/sns.html>
//! <https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>

use std::ops::RangeInclusive;

use base::Span;

/// Characters of a topic's name.
/// <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
pub(crate) const TOPIC_NAME: usize = 256;
/// Characters of a `DisplayName`.
pub(crate) const DISPLAY_NAME: usize = 100;
/// Bytes of a message with its attributes (`MaximumMessageSize`).
pub(crate) const MESSAGE_SIZE: RangeInclusive<usize> = 1024..=1_048_576;
/// Bytes of a message with its attributes, unless the topic is set otherwise.
pub(crate) const DEFAULT_MESSAGE_SIZE: usize = 262_144;
/// Subscriptions of a topic whose messages may be larger than [`DEFAULT_MESSAGE_SIZE`].
pub(crate) const SUBSCRIPTIONS_OF_LARGE: u64 = 100;
/// Subscriptions of a FIFO topic, with AWS's quotas.
pub(crate) const SUBSCRIPTIONS_OF_FIFO: u64 = 100;
/// Subscriptions of a standard topic, with AWS's quotas.
pub(crate) const SUBSCRIPTIONS: u64 = 12_500_000;
/// Characters of a KMS key's id or ARN.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>
pub(crate) const KMS_KEY: usize = 2048;
/// Days that an archive keeps messages (`MessageRetentionPeriod` of an `ArchivePolicy`).
/// <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-topic-owner.html>
pub(crate) const ARCHIVE_DAYS: RangeInclusive<u64> = 1..=365;
/// Bytes of a policy.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>
pub(crate) const POLICY_SIZE: usize = 30_720;
/// Seconds between two attempts of a delivery policy, and all of them together.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
pub(crate) const RETRY_DELAY: RangeInclusive<u64> = 1..=3600;
/// Attempts of a delivery policy.
pub(crate) const RETRIES: RangeInclusive<u64> = 0..=100;
/// Tags of a topic.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-tags.html>
pub(crate) const TAGS: usize = 50;
/// Topics or subscriptions of one page.
/// <https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html>
pub(crate) const PAGE: usize = 100;
/// How long a subscription waits to be confirmed.
/// <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>
pub(crate) const CONFIRMATION: Span = Span::from_seconds(172_800);
/// Characters of a `Subject`.
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
pub(crate) const SUBJECT: RangeInclusive<usize> = 1..=100;
/// Characters of a message attribute's name, and of its type.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html>
pub(crate) const ATTRIBUTE_NAME: usize = 256;
/// Characters of a message group id and of a deduplication id.
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
pub(crate) const FIFO_ID: RangeInclusive<usize> = 1..=128;
/// How long a deduplication id is remembered.
/// <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html>
pub(crate) const DEDUPLICATION: Span = Span::from_seconds(300);
/// Entries of a batch.
/// <https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html>
pub(crate) const BATCH: usize = 10;
/// Characters of the id of a batch's entry.
pub(crate) const BATCH_ENTRY_ID: RangeInclusive<usize> = 1..=80;
