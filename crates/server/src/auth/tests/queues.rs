//! The queue that is authorized is the one that is used, however a request names it.

use policy::{Document, Kind};

use super::*;

const MAY: &str = r#"{"Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:000000000000:open-*"}]}"#;

/// A house with the queues `open-1` and `shut`, and alice, who may use the first.
async fn house() -> House {
    let policy = Document::parse(Kind::Identity, MAY).ok().map(Arc::new);
    let alice = Some(User { name: "alice".into(), policy });
    let house = House::with(&[key(&ROOT, None), Key { user: alice, ..key(&ALICE, None) }]).await;
    for name in ["open-1", "shut"] {
        let form = form("/", &format!("Action=CreateQueue&QueueName={name}"));
        assert_eq!(house.ask(signed(form, "sqs", &ROOT)).await.0, 200);
    }
    house
}

fn form(uri: &str, body: &str) -> Request {
    let mut request = unsigned(&api_sqs::MODEL, Protocol::AwsQuery, "");
    request.uri = uri.parse().unwrap();
    request.body = Bytes::from(format!("Version=2012-11-05&{body}"));
    request.sent = request.body.clone();
    request
}

#[tokio::test]
async fn a_queue_in_the_form_wins_over_the_one_in_the_path_and_is_the_one_that_is_asked_for() {
    let house = house().await;
    let send = "Action=SendMessage&MessageBody=m";
    for (uri, queue, expected) in [
        ("/000000000000/open-1", "", 200),
        ("/000000000000/shut", "", 403),
        ("/000000000000/open-1", "&QueueUrl=http://h/000000000000/shut", 403),
        ("/000000000000/shut", "&QueueUrl=http://h/000000000000/open-1", 200),
        ("/000000000000/open-1?QueueUrl=shut", "", 403),
        ("/?QueueUrl=open-1", "&QueueUrl=shut", 403),
        ("/?QueueUrl=shut", "&QueueUrl=open-1", 200),
        ("/", "&QueueUrl=http://sqs.eu-west-1.amazonaws.com/000000000000/shut", 403),
        ("/", "&QueueUrl=http://h/999999999999/open-1", 403),
        ("/", "&QueueUrl=http://h/000000000000/open-1/../shut", 400),
        ("/", "&QueueUrl=http://h/000000000000/open-*", 400),
        ("/", "&QueueUrl=http://h/000000000000/open-1?x=shut", 400),
        ("/", "&QueueUrl=http://h/open-1/000000000000/shut", 403),
    ] {
        let request = form(uri, &format!("{send}{queue}"));
        let (status, text) = house.ask(signed(request, "sqs", &ALICE)).await;
        assert_eq!(status, expected, "{uri} {queue}: {text}");
    }
}

#[tokio::test]
async fn every_message_of_a_batch_is_for_the_queue_that_was_asked_for() {
    let house = house().await;
    let entry = "SendMessageBatchRequestEntry.1.Id=1&SendMessageBatchRequestEntry.1.MessageBody=m\
                 &SendMessageBatchRequestEntry.1.QueueUrl=shut";
    for (queue, expected) in [("open-1", 200), ("shut", 403)] {
        let body = format!("Action=SendMessageBatch&QueueUrl={queue}&{entry}");
        let (status, text) = house.ask(signed(form("/", &body), "sqs", &ALICE)).await;
        assert_eq!(status, expected, "{text}");
    }
}

/// What somebody on the way could do to a request that is signed.
#[tokio::test]
async fn a_signed_request_does_not_become_another_one_on_its_way() {
    let house = house().await;
    let receive = || signed(form("/000000000000/shut", "Action=ReceiveMessage"), "sqs", &ROOT);
    assert_eq!(house.ask(receive()).await.0, 200);
    let target = |mut request: Request| {
        request.headers.insert("x-amz-target", "AmazonSQS.PurgeQueue".parse().unwrap());
        request
    };
    let at = |uri: &str| Request { uri: uri.parse().unwrap(), ..receive() };
    let purge = Bytes::from_static(b"Version=2012-11-05&Action=PurgeQueue");
    for changed in [
        target(receive()),
        at("/000000000000/open-1"),
        at("/000000000000/shut?Action=PurgeQueue"),
        at("/000000000000/shut?QueueUrl=open-1"),
        Request { body: purge.clone(), sent: purge.clone(), ..receive() },
        Request { method: Method::PUT, ..receive() },
    ] {
        let (status, text) = house.ask(changed).await;
        assert_eq!(status, 403, "{text}");
    }
    // A plus sign is a space: that it was one of the two is signed, too.
    let named = |body: &str| {
        let uri = format!("/?Action=SendMessage&QueueUrl=shut&MessageBody={body}");
        uri.parse::<hyper::Uri>().unwrap()
    };
    let spaced = signed(Request { uri: named("a%2Bb"), ..form("/", "") }, "sqs", &ROOT);
    assert_eq!(house.ask(spaced.clone()).await.0, 200);
    assert_eq!(house.ask(Request { uri: named("a+b"), ..spaced }).await.0, 403);
}
