//! What the service can do, and what its callers must be allowed for that.

use api::sns::operations::*;
use runtime::Service;

use crate::{Sns, access, ops};

/// Operations about topics.
pub(crate) fn about_topics(service: Service<Sns>) -> Service<Sns> {
    service
        .operation::<AddPermission, _>(ops::add_permission::run, |call, input| {
            access::own("sns:AddPermission", call, &input.topic_arn)
        })
        .operation::<CreateTopic, _>(ops::create_topic::run, access::create_topic)
        .operation::<DeleteTopic, _>(ops::delete_topic::run, |call, input| {
            access::own("sns:DeleteTopic", call, &input.topic_arn)
        })
        .operation::<GetDataProtectionPolicy, _>(
            ops::get_data_protection_policy::run,
            |call, input| access::to("sns:GetDataProtectionPolicy", call, &input.resource_arn),
        )
        .operation::<GetTopicAttributes, _>(ops::get_topic_attributes::run, |call, input| {
            access::to("sns:GetTopicAttributes", call, &input.topic_arn)
        })
        .operation::<ListTagsForResource, _>(ops::list_tags_for_resource::run, |call, input| {
            access::to("sns:ListTagsForResource", call, &input.resource_arn)
        })
        .operation::<ListTopics, _>(ops::list_topics::run, |_, _| access::all("sns:ListTopics"))
        .operation::<RemovePermission, _>(ops::remove_permission::run, |call, input| {
            access::own("sns:RemovePermission", call, &input.topic_arn)
        })
        .operation::<SetTopicAttributes, _>(ops::set_topic_attributes::run, |call, input| {
            access::to("sns:SetTopicAttributes", call, &input.topic_arn)
        })
        .operation::<TagResource, _>(ops::tag_resource::run, access::tag_resource)
        .operation::<UntagResource, _>(ops::untag_resource::run, access::untag_resource)
}

/// Operations about subscriptions and messages.
pub(crate) fn about_messages(service: Service<Sns>) -> Service<Sns> {
    service
        .operation::<ConfirmSubscription, _>(ops::confirm_subscription::run, |call, input| {
            access::by_token("sns:ConfirmSubscription", call, &input.topic_arn)
        })
        .operation::<GetSubscriptionAttributes, _>(
            ops::get_subscription_attributes::run,
            |call, input| {
                let action = "sns:GetSubscriptionAttributes";
                access::subscription(action, call, &input.subscription_arn)
            },
        )
        .operation::<ListSubscriptions, _>(ops::list_subscriptions::run, |_, _| {
            access::all("sns:ListSubscriptions")
        })
        .operation::<ListSubscriptionsByTopic, _>(
            ops::list_subscriptions_by_topic::run,
            |call, input| access::to("sns:ListSubscriptionsByTopic", call, &input.topic_arn),
        )
        .operation::<Publish, _>(ops::publish::run, access::publish)
        .operation::<PublishBatch, _>(ops::publish_batch::run, |call, input| {
            access::to("sns:Publish", call, &input.topic_arn)
        })
        .operation::<SetSubscriptionAttributes, _>(
            ops::set_subscription_attributes::run,
            |call, input| {
                let action = "sns:SetSubscriptionAttributes";
                access::subscription(action, call, &input.subscription_arn)
            },
        )
        .operation::<Subscribe, _>(ops::subscribe::run, access::subscribe)
        .operation::<Unsubscribe, _>(ops::unsubscribe::run, |call, input| {
            access::subscription("sns:Unsubscribe", call, &input.subscription_arn)
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
            access::application("sns:CreatePlatformEndpoint", call, &input.platform_application_arn)
        })
        .operation::<DeleteEndpoint, _>(delete_endpoint::run, |call, input| {
            access::endpoint("sns:DeleteEndpoint", call, &input.endpoint_arn)
        })
        .operation::<DeletePlatformApplication, _>(
            delete_platform_application::run,
            |call, input| {
                access::application(
                    "sns:DeletePlatformApplication",
                    call,
                    &input.platform_application_arn,
                )
            },
        )
        .operation::<GetEndpointAttributes, _>(get_endpoint_attributes::run, |call, input| {
            access::endpoint("sns:GetEndpointAttributes", call, &input.endpoint_arn)
        })
        .operation::<GetPlatformApplicationAttributes, _>(
            get_platform_application_attributes::run,
            |call, input| {
                access::application(
                    "sns:GetPlatformApplicationAttributes",
                    call,
                    &input.platform_application_arn,
                )
            },
        )
        .operation::<ListEndpointsByPlatformApplication, _>(
            list_endpoints_by_platform_application::run,
            |call, input| {
                access::application(
                    "sns:ListEndpointsByPlatformApplication",
                    call,
                    &input.platform_application_arn,
                )
            },
        )
        .operation::<ListPlatformApplications, _>(list_platform_applications::run, |_, _| {
            access::all("sns:ListPlatformApplications")
        })
        .operation::<SetEndpointAttributes, _>(set_endpoint_attributes::run, |call, input| {
            access::endpoint("sns:SetEndpointAttributes", call, &input.endpoint_arn)
        })
        .operation::<SetPlatformApplicationAttributes, _>(
            set_platform_application_attributes::run,
            |call, input| {
                access::application(
                    "sns:SetPlatformApplicationAttributes",
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
            |_, _| access::all("sns:CheckIfPhoneNumberIsOptedOut"),
        )
        .operation::<CreateSMSSandboxPhoneNumber, _>(
            create_sms_sandbox_phone_number::run,
            |_, _| access::all("sns:CreateSMSSandboxPhoneNumber"),
        )
        .operation::<DeleteSMSSandboxPhoneNumber, _>(
            delete_sms_sandbox_phone_number::run,
            |_, _| access::all("sns:DeleteSMSSandboxPhoneNumber"),
        )
        .operation::<GetSMSAttributes, _>(get_sms_attributes::run, |_, _| {
            access::all("sns:GetSMSAttributes")
        })
        .operation::<GetSMSSandboxAccountStatus, _>(get_sms_sandbox_account_status::run, |_, _| {
            access::all("sns:GetSMSSandboxAccountStatus")
        })
        .operation::<ListOriginationNumbers, _>(list_origination_numbers::run, |_, _| {
            access::all("sns:ListOriginationNumbers")
        })
        .operation::<ListPhoneNumbersOptedOut, _>(list_phone_numbers_opted_out::run, |_, _| {
            access::all("sns:ListPhoneNumbersOptedOut")
        })
        .operation::<ListSMSSandboxPhoneNumbers, _>(list_sms_sandbox_phone_numbers::run, |_, _| {
            access::all("sns:ListSMSSandboxPhoneNumbers")
        })
        .operation::<OptInPhoneNumber, _>(opt_in_phone_number::run, |_, _| {
            access::all("sns:OptInPhoneNumber")
        })
        .operation::<SetSMSAttributes, _>(set_sms_attributes::run, |_, _| {
            access::all("sns:SetSMSAttributes")
        })
        .operation::<VerifySMSSandboxPhoneNumber, _>(
            verify_sms_sandbox_phone_number::run,
            |_, _| access::all("sns:VerifySMSSandboxPhoneNumber"),
        )
}
