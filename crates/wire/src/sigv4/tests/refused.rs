//! What is refused, and in which words.

use base::Span;

use super::*;

fn vanilla() -> Sample {
    Sample::read(include_str!("vectors/get-vanilla.http"))
}

fn presigned() -> Sample {
    let mut sample = Sample::read(include_str!("vectors/presigned-get-utf8.http"));
    sample.headers.retain(|(name, _)| name == "host");
    sample
}

/// The sample with one header replaced.
fn with(mut sample: Sample, name: &str, value: &str) -> Sample {
    sample.headers.retain(|(known, _)| known != name);
    sample.headers.push((name.to_owned(), value.to_owned()));
    sample
}

/// The sample with another text in its `Authorization`.
fn authorization(from: &str, to: &str) -> Sample {
    let sample = vanilla();
    let line = sample.headers.get("authorization").unwrap().replace(from, to);
    with(sample, "authorization", &line)
}

#[track_caller]
fn mismatch(sample: &Sample, text: &str) {
    match sample.judge() {
        Err(Refusal::Mismatch(said)) => assert!(said.contains(text), "{said}"),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn incomplete(sample: &Sample, text: &str) {
    match sample.judge() {
        Err(Refusal::Incomplete(said)) => assert!(said.contains(text), "{said}"),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn unsupported(sample: &Sample, text: &str) {
    match sample.judge() {
        Err(Refusal::Unsupported(said)) => assert!(said.contains(text), "{said}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_without_a_signature_is_missing_one() {
    let mut sample = vanilla();
    sample.headers.retain(|(name, _)| name != "authorization");
    assert_eq!(sample.judge(), Err(Refusal::Missing));
    assert_eq!(Sample::default().judge(), Err(Refusal::Missing));
}

#[test]
fn what_is_not_whole_says_what_it_lacks() {
    incomplete(&authorization("Credential=", "Credentials="), "'Credential'");
    incomplete(&authorization("SignedHeaders=", "Headers="), "'SignedHeaders'");
    incomplete(&authorization("Signature=", "Sig="), "'Signature'");
    incomplete(&authorization("Signature=5", "Signature=x"), "64 hexadecimal digits");
    incomplete(&authorization("SignedHeaders=", "SignedHeaders=a, SignedHeaders="), "once");
    incomplete(&authorization("AKIDEXAMPLE/", ""), "5 slash-delimited");
    incomplete(&authorization("AKIDEXAMPLE", ""), "5 slash-delimited");
    incomplete(&authorization("AWS4-HMAC-SHA256", "Bearer"), "algorithm");
    incomplete(&with(vanilla(), "x-amz-date", "yesterday"), "ISO-8601");
    let mut dateless = vanilla();
    dateless.headers.retain(|(name, _)| name != "x-amz-date");
    incomplete(&dateless, "'X-Amz-Date'");
}

#[test]
fn what_is_not_implemented_is_refused_by_name() {
    unsupported(&authorization("HMAC-SHA256", "ECDSA-P256-SHA256"), "Version 4A");
    let streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    let sample = authorization("host;", "host;x-amz-content-sha256;");
    unsupported(&with(sample, "x-amz-content-sha256", streaming), "chunks");
}

#[test]
fn a_scope_is_for_the_service_the_day_and_a_region() {
    mismatch(&authorization("/service/", "/sqs/"), "correct service: 'service'");
    mismatch(&authorization("/20150830/", "/20150831/"), "'20150831' != '20150830'");
    mismatch(&authorization("aws4_request", "aws5_request"), "valid terminator");
    mismatch(&authorization("us-east-1", "Mars"), "valid region");
    mismatch(&authorization("us-east-1", "eu-west-1"), "does not match");
}

#[test]
fn a_clock_may_be_a_quarter_of_an_hour_off() {
    let (sample, quarter) = (vanilla(), Span::from_seconds(900));
    let second = Span::from_seconds(1);
    assert_eq!(sample.judge_at(SIGNED + quarter), Ok(()));
    assert_eq!(sample.judge_at(SIGNED - quarter), Ok(()));
    let Err(late) = sample.judge_at(SIGNED + quarter + second) else { panic!("too late") };
    assert_eq!(
        late.to_string(),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)"
    );
    let Err(early) = sample.judge_at(SIGNED - quarter - second) else { panic!("too early") };
    assert_eq!(
        early.to_string(),
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z \
         (20150830T122059Z + 15 min.)"
    );
    assert!(presigned().judge_at(SIGNED - quarter - second).is_err());
}

#[test]
fn host_and_every_amz_header_must_be_signed() {
    mismatch(&authorization("host;", ""), "'Host' must be");
    mismatch(&with(vanilla(), "x-amz-target", "AmazonSQS.PurgeQueue"), "'x-amz-target' must be");
    let traced = with(vanilla(), "x-amzn-trace-id", "added by a proxy");
    assert_eq!(traced.judge(), Ok(()));
}

#[test]
fn a_body_cannot_be_left_out_of_the_signature() {
    let sample = authorization("host;", "host;x-amz-content-sha256;");
    mismatch(&with(sample, "x-amz-content-sha256", "UNSIGNED-PAYLOAD"), "UNSIGNED-PAYLOAD");
}

#[test]
fn a_wrong_signature_is_told_what_should_have_been_signed() {
    let sample = with(vanilla(), "host", "example.org");
    mismatch(&sample, "The request signature we calculated does not match");
    mismatch(&sample, "should have been\n'GET\n/\n\nhost:example.org\n");
    mismatch(&sample, "20150830/us-east-1/service/aws4_request\n");
}

#[test]
fn a_presigned_request_is_read_from_its_query_string_alone() {
    let query = presigned().query;
    let judge = |from: &str, to: &str| Sample { query: query.replace(from, to), ..presigned() };
    assert_eq!(presigned().judge(), Ok(()));
    incomplete(&judge("X-Amz-Expires=3600", "X-Amz-Expires=604801"), "604800");
    incomplete(&judge("X-Amz-Expires=3600", "X-Amz-Expires=-1"), "X-Amz-Expires");
    incomplete(&judge("X-Amz-Date=20150830T123600Z", "x=y"), "'X-Amz-Date'");
    incomplete(&judge("X-Amz-Algorithm", "x"), "'X-Amz-Algorithm'");
    incomplete(&judge("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders="), "'X-Amz-SignedHeaders'");
    incomplete(&judge("X-Amz-Date", "X-Amz-Date=1&X-Amz-Date"), "more than once");
    mismatch(&judge("X-Amz-Expires=3600", "X-Amz-Expires=7200"), "does not match");
}

#[test]
fn over_http_2_the_host_is_the_authority() {
    let mut sample = vanilla();
    sample.headers.retain(|(name, _)| name != "host");
    let request = Signed { authority: Some("example.amazonaws.com"), ..sample.signed() };
    let claim = Claim::read(&request).unwrap();
    assert_eq!(claim.verify(&request, &secret(), &SigningKeys::default()), Ok(()));
    let other = Signed { authority: Some("example.org"), ..request };
    assert!(claim.verify(&other, &secret(), &SigningKeys::default()).is_err());
}

#[test]
fn a_key_that_was_kept_does_not_outlive_its_secret() {
    let (sample, keys) = (vanilla(), SigningKeys::default());
    let request = sample.signed();
    let claim = Claim::read(&request).unwrap();
    assert_eq!(claim.verify(&request, &secret(), &keys), Ok(()));
    assert_eq!(claim.verify(&request, &secret(), &keys), Ok(()));
    assert!(claim.verify(&request, &Secret::new("another"), &keys).is_err());
}
