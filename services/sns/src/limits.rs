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
/// Filter policies of a topic, with AWS's quotas.
/// <https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html>
pub(crate) const FILTER_POLICIES: usize = 200;
/// Messages a second that a FIFO topic takes whose scope is the topic, with AWS's quotas.
/// <https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>
pub(crate) const FIFO_MESSAGES: u64 = 3000;
/// Bytes a second, likewise.
pub(crate) const FIFO_BYTES: u64 = 20 << 20;
/// Characters of a KMS key's id or ARN.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>
pub(crate) const KMS_KEY: usize = 2048;
/// Days that an archive keeps messages (`MessageRetentionPeriod` of an `ArchivePolicy`).
/// <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-topic-owner.html>
pub(crate) const ARCHIVE_DAYS: RangeInclusive<u64> = 1..=365;
/// Replays of a topic that run at once. AWS has such a limit and names no number; this one is ours.
/// <https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html>
pub(crate) const REPLAYS: usize = 100;
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
/// The time for which a subscription waits to be confirmed.
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
/// The time for which a deduplication id is remembered.
/// <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html>
pub(crate) const DEDUPLICATION: Span = Span::from_seconds(300);
/// Entries of a batch.
/// <https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html>
pub(crate) const BATCH: usize = 10;
/// Characters of the id of a batch's entry.
pub(crate) const BATCH_ENTRY_ID: RangeInclusive<usize> = 1..=80;
/// Characters of a platform application's name.
/// <https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformApplication.html>
pub(crate) const APPLICATION_NAME: usize = 256;
/// Bytes of a platform's credential, and of its principal. AWS names no limit; this one is ours.
pub(crate) const CREDENTIAL: usize = 16_384;
/// Bytes of an Apple team's or bundle's id. AWS names no limit; this one is ours.
pub(crate) const APPLE_ID: usize = 256;
/// Characters of a role's name with its path.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
pub(crate) const ROLE: usize = 576;
/// Bytes of a device token. AWS names no limit; this one is ours.
pub(crate) const DEVICE_TOKEN: usize = 8192;
/// Characters of an Apple device's token.
pub(crate) const IOS_TOKEN: usize = 400;
/// Bytes of an endpoint's `CustomUserData`.
/// <https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformEndpoint.html>
pub(crate) const CUSTOM_USER_DATA: usize = 2048;
/// US dollars that a new account may spend on text messages each month.
/// <https://docs.aws.amazon.com/sns/latest/dg/channels-sms-awssupport-spend-threshold.html>
pub(crate) const SMS_SPEND: &str = "1";
/// Digits of a `MonthlySpendLimit`.
pub(crate) const SMS_SPEND_DIGITS: usize = 12;
/// Characters of a `DefaultSenderID`.
/// <https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html>
pub(crate) const SENDER_ID: RangeInclusive<usize> = 1..=11;
/// Characters of a bucket's name.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
pub(crate) const BUCKET: RangeInclusive<usize> = 3..=63;
/// Phone numbers in the SMS sandbox.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-sms-sandbox.html>
pub(crate) const SANDBOX: usize = 10;
/// How long a phone number stays in the sandbox, and in which time passwords are counted.
pub(crate) const SANDBOX_DAY: Span = Span::from_seconds(86_400);
/// One-time passwords of a phone number in [`SANDBOX_DAY`].
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-sms-sandbox-verifying-phone-numbers.html>
pub(crate) const PASSWORDS: usize = 5;
