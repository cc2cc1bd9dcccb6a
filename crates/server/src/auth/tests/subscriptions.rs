//! Whose a subscription is: its owner's and its topic's owner's, and nobody else's.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html>

use policy::{Document, Kind};

use super::*;

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:t";
const OWNER: &str = "111111111111";
/// The root of the subscription's account, two users of it, and somebody whom all this does not concern.
const SUBSCRIBER: Pen<'static> = Pen { access_key: "AKSUB", secret: "subscriber's", ..ROOT };
const MAY: Pen<'static> = Pen { access_key: "AKMAY", secret: "may", ..ROOT };
const MAY_NOT: Pen<'static> = Pen { access_key: "AKMAYNOT", secret: "may not", ..ROOT };
const STRANGER: Pen<'static> = Pen { access_key: "AKSTRANGER", secret: "stranger's", ..ROOT };

/// The operations on a subscription; the last one ends it.
const OPERATIONS: [(&str, &str); 3] = [
    ("GetSubscriptionAttributes", ""),
    ("SetSubscriptionAttributes", "&AttributeName=RawMessageDelivery&AttributeValue=true"),
    ("Unsubscribe", ""),
];

/// A house with a topic that has this policy.
async fn house(topics_policy: &str) -> House {
    let everything = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sns:*","Resource":"*"}]}"#;
    let everything = Arc::new(Document::parse(Kind::Identity, everything).unwrap());
    let of =
        |pen: &Pen<'_>, account: &str| Key { account: account.parse().unwrap(), ..key(pen, None) };
    let user = |pen: &Pen<'_>, name: &str, policy| Key {
        user: Some(User { name: name.into(), policy }),
        ..of(pen, OWNER)
    };
    let house = House::with(&[
        key(&ROOT, None),
        of(&SUBSCRIBER, OWNER),
        user(&MAY, "may", Some(everything)),
        user(&MAY_NOT, "may-not", None),
        of(&STRANGER, "222222222222"),
    ])
    .await;
    ok(house.sns(Some(&ROOT), "CreateTopic", "&Name=t").await);
    let policy: String = form_urlencoded::byte_serialize(topics_policy.as_bytes()).collect();
    let set = format!("&TopicArn={TOPIC}&AttributeName=Policy&AttributeValue={policy}");
    ok(house.sns(Some(&ROOT), "SetTopicAttributes", &set).await);
    house
}

/// What a topic's policy lets everybody do.
fn everybody(effect: &str, action: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Principal":"*","Action":"{action}","Resource":"{TOPIC}"}}"#)
}

fn policy(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn ok((status, text): (u16, String)) -> String {
    assert_eq!(status, 200, "{text}");
    text
}

/// Whether a request was kept out.
fn denied((status, text): &(u16, String)) -> bool {
    let codes = ["AuthorizationError", "MissingAuthenticationToken"];
    *status == 403 && codes.iter().any(|code| text.contains(code))
}

fn between<'t>(text: &'t str, name: &str) -> &'t str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let (_, rest) = text.split_once(&open).expect(text);
    rest.split_once(&close).expect(text).0
}

impl House {
    async fn sns(&self, pen: Option<&Pen<'_>>, operation: &str, rest: &str) -> (u16, String) {
        let mut request = unsigned(&api_sns::MODEL, Protocol::AwsQuery, operation);
        let body = [&request.body[..], rest.as_bytes()].concat();
        request.body = Bytes::from(body);
        request.sent = request.body.clone();
        match pen {
            Some(pen) => self.ask(signed(request, "sns", pen)).await,
            None => self.ask(request).await,
        }
    }

    /// The subscriber's own queue, subscribed by the subscriber.
    async fn subscribed(&self) -> String {
        let queue = format!("arn:aws:sqs:us-east-1:{OWNER}:q");
        let rest = format!("&TopicArn={TOPIC}&Protocol=sqs&Endpoint={queue}");
        let answer = ok(self.sns(Some(&SUBSCRIBER), "Subscribe", &rest).await);
        between(&answer, "SubscriptionArn").to_owned()
    }

    /// Which operations on a subscription somebody is kept out of.
    async fn kept_out(&self, pen: Option<&Pen<'_>>, subscription: &str) -> Vec<&'static str> {
        let mut kept_out = Vec::new();
        for (operation, rest) in OPERATIONS {
            let rest = format!("&SubscriptionArn={subscription}{rest}");
            let answer = self.sns(pen, operation, &rest).await;
            if denied(&answer) {
                kept_out.push(operation);
            } else {
                ok(answer);
            }
        }
        kept_out
    }
}

#[tokio::test]
async fn its_owner_and_the_topics_owner_may_do_everything_with_it_and_others_nothing() {
    let house = house(&policy(&[everybody("Allow", "sns:Subscribe")])).await;
    let all = OPERATIONS.map(|(operation, _)| operation);
    let mut subscription = house.subscribed().await;
    for pen in [None, Some(&MAY_NOT), Some(&STRANGER)] {
        let kept_out = house.kept_out(pen, &subscription).await;
        assert_eq!(kept_out, all, "{:?}", pen.map(|pen| pen.access_key));
    }
    for pen in [&SUBSCRIBER, &MAY, &ROOT] {
        let none: [&str; 0] = [];
        assert_eq!(house.kept_out(Some(pen), &subscription).await, none, "{}", pen.access_key);
        subscription = house.subscribed().await;
    }
}

#[tokio::test]
async fn the_topics_policy_lets_nobody_else_in() {
    let house = house(&policy(&[everybody("Allow", "*")])).await;
    let subscription = house.subscribed().await;
    for pen in [None, Some(&MAY_NOT), Some(&STRANGER)] {
        let all = OPERATIONS.map(|(operation, _)| operation);
        assert_eq!(house.kept_out(pen, &subscription).await, all);
    }
}

#[tokio::test]
async fn a_subscription_that_is_not_there_is_nobodys() {
    let house = house(&policy(&[everybody("Allow", "sns:Subscribe")])).await;
    let subscription = house.subscribed().await;
    let (rest, none) = (format!("&SubscriptionArn={subscription}"), [""; 0]);
    assert_eq!(house.kept_out(Some(&SUBSCRIBER), &subscription).await, none);
    assert!(denied(&house.sns(Some(&SUBSCRIBER), "GetSubscriptionAttributes", &rest).await));
    let (status, text) = house.sns(Some(&ROOT), "GetSubscriptionAttributes", &rest).await;
    assert_eq!(status, 404, "{text}");
}

#[tokio::test]
async fn who_does_not_sign_subscribes_for_the_topics_owner_and_must_have_it_confirmed() {
    let house = house(&policy(&[everybody("Allow", "sns:Subscribe")])).await;
    // A name in the place of a signature is nobody's.
    let named = format!("&X-Amz-Credential={OWNER}/20150830/us-east-1/sns/aws4_request");
    let rest = format!(
        "&TopicArn={TOPIC}&Protocol=sqs&Endpoint=arn:aws:sqs:us-east-1:{OWNER}:q&ReturnSubscriptionArn=true"
    );
    let answer = ok(house.sns(None, "Subscribe", &(rest + &named)).await);
    let subscription = format!("&SubscriptionArn={}", between(&answer, "SubscriptionArn"));
    let shown = house.sns(Some(&ROOT), "GetSubscriptionAttributes", &subscription).await;
    let shown = ok(shown);
    assert!(shown.contains("<key>PendingConfirmation</key><value>true</value>"), "{shown}");
    assert!(shown.contains("<key>Owner</key><value>000000000000</value>"), "{shown}");
    let theirs = house.sns(Some(&SUBSCRIBER), "GetSubscriptionAttributes", &subscription).await;
    assert!(denied(&theirs));
}

/// <https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html>
#[tokio::test]
async fn only_who_signs_can_confirm_so_that_ends_are_signed() {
    let house = house(&policy(&[everybody("Allow", "sns:Subscribe")])).await;
    let confirm = format!("&TopicArn={TOPIC}&Token=00");
    let (status, text) = house.sns(None, "ConfirmSubscription", &confirm).await;
    assert!(status == 400 && text.contains("Invalid parameter: Token"), "{text}");
    let elsewhere = house.sns(None, "ConfirmSubscription", &confirm.replace(":t&", ":u&")).await;
    assert_eq!(elsewhere.0, 400, "strangers do not learn which topics there are");
    let flagged = confirm + "&AuthenticateOnUnsubscribe=true";
    assert!(denied(&house.sns(None, "ConfirmSubscription", &flagged).await));
}
