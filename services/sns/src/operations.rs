//! The operations of the service, and what their callers must be allowed.

use api::operations::*;
use runtime::Service;

use crate::{Sns, access, ops};

/// Operations about topics.
pub(crate) fn about_topics(service: Service<Sns>) -> Service<Sns> {
    service
        .operation::<AddPermission, _>(ops::add_permission::run, |call, input| {
            access::own("SNS:AddPermission", call, &input.topic_arn)
        })
        .operation::<CreateTopic, _>(ops::create_topic::run, access::create_topic)
        .operation::<DeleteTopic, _>(ops::delete_topic::run, |call, input| {
            access::own("SNS:DeleteTopic", call, &input.topic_arn)
        })
        .operation::<GetDataProtectionPolicy, _>(
            ops::get_data_protection_policy::run,
            |call, input| access::to("SNS:GetDataProtectionPolicy", call, &input.resource_arn),
        )
        .operation::<GetTopicAttributes, _>(ops::get_topic_attributes::run, |call, input| {
            access::to("SNS:GetTopicAttributes", call, &input.topic_arn)
        })
        .operation::<ListTagsForResource, _>(ops::list_tags_for_resource::run, |call, input| {
            access::to("SNS:ListTagsForResource", call, &input.resource_arn)
        })
        .operation::<ListTopics, _>(ops::list_topics::run, |_, _| access::all("SNS:ListTopics"))
        .operation::<RemovePermission, _>(ops::remove_permission::run, |call, input| {
            access::own("SNS:RemovePermission", call, &input.topic_arn)
        })
        .operation::<SetTopicAttributes, _>(ops::set_topic_attributes::run, |call, input| {
            access::to("SNS:SetTopicAttributes", call, &input.topic_arn)
        })
        .operation::<TagResource, _>(ops::tag_resource::run, access::tag_resource)
        .operation::<UntagResource, _>(ops::untag_resource::run, access::untag_resource)
}

/// Operations about subscriptions and messages.
pub(crate) fn about_messages(service: Service<Sns>) -> Service<Sns> {
    service
        .operation::<ConfirmSubscription, _>(ops::confirm_subscription::run, |call, input| {
            access::by_token("SNS:ConfirmSubscription", call, &input.topic_arn)
        })
        .operation::<GetSubscriptionAttributes, _>(
            ops::get_subscription_attributes::run,
            |call, input| {
                let action = "SNS:GetSubscriptionAttributes";
                access::subscription(action, call, &input.subscription_arn)
            },
        )
        .operation::<ListSubscriptions, _>(ops::list_subscriptions::run, |_, _| {
            access::all("SNS:ListSubscriptions")
        })
        .operation::<ListSubscriptionsByTopic, _>(
            ops::list_subscriptions_by_topic::run,
            |call, input| access::to("SNS:ListSubscriptionsByTopic", call, &input.topic_arn),
        )
        .operation::<Publish, _>(ops::publish::run, access::publish)
        .operation::<PublishBatch, _>(ops::publish_batch::run, |call, input| {
            access::to("SNS:Publish", call, &input.topic_arn)
        })
        .operation::<SetSubscriptionAttributes, _>(
            ops::set_subscription_attributes::run,
            |call, input| {
                let action = "SNS:SetSubscriptionAttributes";
                access::subscription(action, call, &input.subscription_arn)
            },
        )
        .operation::<Subscribe, _>(ops::subscribe::run, access::subscribe)
        .operation::<Unsubscribe, _>(ops::unsubscribe::run, |call, input| {
            access::subscription("SNS:Unsubscribe", call, &input.subscription_arn)
        })
}

/// Operations about platform applications and their endpoints.
pub(crate) fn about_applications(service: Service<Sns>) -> Service<Sns> {
    use ops::mobile::*;
    service
        .operation::<CreatePlatformApplication, _>(
            create_platform_application::run,
            access::create_application,
        )
        .operation::<CreatePlatformEndpoint, _>(create_platform_endpoint::run, |call, input| {
            access::application("SNS:CreatePlatformEndpoint", call, &input.platform_application_arn)
        })
        .operation::<DeleteEndpoint, _>(delete_endpoint::run, |call, input| {
            access::endpoint("SNS:DeleteEndpoint", call, &input.endpoint_arn)
        })
        .operation::<DeletePlatformApplication, _>(
            delete_platform_application::run,
            |call, input| {
                access::application(
                    "SNS:DeletePlatformApplication",
                    call,
                    &input.platform_application_arn,
                )
            },
        )
        .operation::<GetEndpointAttributes, _>(get_endpoint_attributes::run, |call, input| {
            access::endpoint("SNS:GetEndpointAttributes", call, &input.endpoint_arn)
        })
        .operation::<GetPlatformApplicationAttributes, _>(
            get_platform_application_attributes::run,
            |call, input| {
                access::application(
                    "SNS:GetPlatformApplicationAttributes",
                    call,
                    &input.platform_application_arn,
                )
            },
        )
        .operation::<ListEndpointsByPlatformApplication, _>(
            list_endpoints_by_platform_application::run,
            |call, input| {
                access::application(
                    "SNS:ListEndpointsByPlatformApplication",
                    call,
                    &input.platform_application_arn,
                )
            },
        )
        .operation::<ListPlatformApplications, _>(list_platform_applications::run, |_, _| {
            access::all("SNS:ListPlatformApplications")
        })
        .operation::<SetEndpointAttributes, _>(set_endpoint_attributes::run, |call, input| {
            access::endpoint("SNS:SetEndpointAttributes", call, &input.endpoint_arn)
        })
        .operation::<SetPlatformApplicationAttributes, _>(
            set_platform_application_attributes::run,
            |call, input| {
                access::application(
                    "SNS:SetPlatformApplicationAttributes",
                    call,
                    &input.platform_application_arn,
                )
            },
        )
}

/// Operations about text messages.
pub(crate) fn about_texts(service: Service<Sns>) -> Service<Sns> {
    use ops::sms::*;
    service
        .operation::<CheckIfPhoneNumberIsOptedOut, _>(
            check_if_phone_number_is_opted_out::run,
            |_, _| access::all("SNS:CheckIfPhoneNumberIsOptedOut"),
        )
        .operation::<CreateSMSSandboxPhoneNumber, _>(
            create_sms_sandbox_phone_number::run,
            |_, _| access::all("SNS:CreateSMSSandboxPhoneNumber"),
        )
        .operation::<DeleteSMSSandboxPhoneNumber, _>(
            delete_sms_sandbox_phone_number::run,
            |_, _| access::all("SNS:DeleteSMSSandboxPhoneNumber"),
        )
        .operation::<GetSMSAttributes, _>(get_sms_attributes::run, |_, _| {
            access::all("SNS:GetSMSAttributes")
        })
        .operation::<GetSMSSandboxAccountStatus, _>(get_sms_sandbox_account_status::run, |_, _| {
            access::all("SNS:GetSMSSandboxAccountStatus")
        })
        .operation::<ListOriginationNumbers, _>(list_origination_numbers::run, |_, _| {
            access::all("SNS:ListOriginationNumbers")
        })
        .operation::<ListPhoneNumbersOptedOut, _>(list_phone_numbers_opted_out::run, |_, _| {
            access::all("SNS:ListPhoneNumbersOptedOut")
        })
        .operation::<ListSMSSandboxPhoneNumbers, _>(list_sms_sandbox_phone_numbers::run, |_, _| {
            access::all("SNS:ListSMSSandboxPhoneNumbers")
        })
        .operation::<OptInPhoneNumber, _>(opt_in_phone_number::run, |_, _| {
            access::all("SNS:OptInPhoneNumber")
        })
        .operation::<SetSMSAttributes, _>(set_sms_attributes::run, |_, _| {
            access::all("SNS:SetSMSAttributes")
        })
        .operation::<VerifySMSSandboxPhoneNumber, _>(
            verify_sms_sandbox_phone_number::run,
            |_, _| access::all("SNS:VerifySMSSandboxPhoneNumber"),
        )
}
