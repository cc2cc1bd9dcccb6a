//! Each attribute with what it takes, and what becomes of it.

use super::*;

const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"SNS:Publish"}]}"#;

fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

fn parse(given: &[(&str, &str)]) -> Result<Attributes, (String, Refused)> {
    Attributes::parse(&pairs(given))
}

fn topic() -> Arn {
    "arn:aws:sns:us-east-1:000000000000:orders".parse().unwrap()
}

#[test]
fn what_callers_read_is_read_again() {
    let standard = parse(&[
        ("DisplayName", "Orders"),
        ("Policy", POLICY),
        ("DeliveryPolicy", r#"{"http":{}}"#),
        ("KmsMasterKeyId", "key"),
        ("SignatureVersion", "2"),
        ("TracingConfig", "Active"),
        ("MaximumMessageSize", "1024"),
        ("FifoTopic", "false"),
    ]);
    let fifo = parse(&[
        ("FifoTopic", "true"),
        ("ContentBasedDeduplication", "true"),
        ("FifoThroughputScope", "MessageGroup"),
        ("ArchivePolicy", r#"{"MessageRetentionPeriod":"30"}"#),
    ]);
    for attributes in [standard.unwrap(), fifo.unwrap(), Attributes::default()] {
        let list = attributes.list().into_iter().map(|(name, value)| (name.to_owned(), value));
        assert_eq!(Attributes::parse(&list.collect()), Ok(attributes));
    }
}

#[test]
fn a_wrong_value_is_refused_with_the_attributes_name() {
    for (name, value) in [
        ("DisplayName", "d".repeat(101)),
        ("Policy", "{}".into()),
        ("DeliveryPolicy", "x".into()),
        ("KmsMasterKeyId", "k".repeat(2049)),
        ("SignatureVersion", "3".into()),
        ("TracingConfig", "active".into()),
        ("MaximumMessageSize", "1023".into()),
        ("MaximumMessageSize", "1048577".into()),
    ] {
        let (refused, why) = parse(&[(name, &value)]).unwrap_err();
        assert_eq!(refused, name);
        assert!(matches!(why, Refused::Value(_)), "{name}: {why:?}");
    }
}

#[test]
fn a_topics_type_decides_what_it_knows_and_never_changes() {
    for name in ["ContentBasedDeduplication", "FifoThroughputScope", "ArchivePolicy", "Colour"] {
        assert_eq!(parse(&[(name, "true")]), Err((name.into(), Refused::Unknown)));
    }
    let fifo = parse(&[("FifoTopic", "true")]).unwrap();
    assert_eq!(fifo.with("TracingConfig", "Active"), Err(Refused::Unknown));
    assert!(matches!(fifo.with("FifoTopic", "false"), Err(Refused::Value(_))));
    assert_eq!(Attributes::default().with("FifoTopic", "true"), Err(Refused::Unknown));
    assert!(fifo.with("FifoThroughputScope", "Group").is_err());
    assert!(fifo.with("ContentBasedDeduplication", "yes").is_err());
    let archived = fifo.with("ArchivePolicy", r#"{"MessageRetentionPeriod":3}"#).unwrap();
    assert_eq!(archived.with("ArchivePolicy", "{}"), Ok(fifo));
}

#[test]
fn logs_of_deliveries_are_not_there_and_say_so() {
    for name in ["SQSSuccessFeedbackRoleArn", "HTTPSuccessFeedbackSampleRate"] {
        assert_eq!(parse(&[(name, "1")]), Err((name.into(), Refused::NotImplemented)));
    }
}

#[test]
fn only_what_is_given_is_compared() {
    let topic = topic();
    let present = parse(&[("DisplayName", "a"), ("Policy", POLICY)]).unwrap();
    let differs = |given: &[(&str, &str)]| {
        let given = pairs(given);
        present.differs(&topic, &given, &Attributes::parse(&given).unwrap())
    };
    assert!(!differs(&[]));
    assert!(!differs(&[("DisplayName", "a"), ("SignatureVersion", "1")]));
    assert!(!differs(&[("Policy", &POLICY.replace(r#"":"#, r#"" : "#))]));
    assert!(!differs(&[("MaximumMessageSize", "262144"), ("FifoTopic", "false")]));
    assert!(differs(&[("DisplayName", "b")]));
    assert!(differs(&[("SignatureVersion", "2")]));
    assert!(differs(&[("Policy", "")]));
    assert!(differs(&[("KmsMasterKeyId", "key")]));
}

#[test]
fn an_empty_value_takes_back_what_may_be_absent() {
    let full = parse(&[("Policy", POLICY), ("KmsMasterKeyId", "k"), ("DisplayName", "d")]).unwrap();
    let mut empty = full;
    for name in ["Policy", "KmsMasterKeyId", "DisplayName", "DeliveryPolicy"] {
        empty = empty.with(name, "").unwrap();
    }
    assert_eq!(empty, Attributes::default());
}
