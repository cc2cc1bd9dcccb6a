//! How long it takes to verify a signature: `cargo run --release -p wire --example sigv4`.

use base::Timestamp;
use base::clock::Stopwatch;
use wire::sigv4::{Claim, Secret, Signed, SigningKeys};

const ROUNDS: u32 = 200_000;
const NOW: Timestamp = Timestamp::from_millis(1_440_938_160_000);

fn main() {
    let line = |signature: &str| {
        let scope = "AKIDEXAMPLE/20150830/us-east-1/sqs/aws4_request";
        let names = "content-type;host;x-amz-date;x-amz-target;x-amzn-query-mode";
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={names}, Signature={signature}")
    };
    let (body, secret, keys) = (vec![b'x'; 1024], Secret::new("secret"), SigningKeys::default());
    let with = |authorization: String, work: &mut dyn FnMut(&Signed<'_>)| {
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/x-amz-json-1.0"),
            ("host", "localhost:4566"),
            ("user-agent", "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6 md/arch#x86_64"),
            ("x-amz-date", "20150830T123600Z"),
            ("x-amz-target", "AmazonSQS.SendMessage"),
            ("x-amzn-query-mode", "true"),
            ("content-length", "1024"),
        ];
        work(&Signed {
            method: "POST",
            path: "/",
            query: "",
            authority: None,
            headers: &headers,
            body: &body,
        });
    };
    let mut signature = String::new();
    with(line(&"0".repeat(64)), &mut |request| {
        let claim = Claim::read(request).expect("it is well-formed");
        let bytes = claim.signature(request, &secret);
        signature = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    });
    with(line(&signature), &mut |request| {
        let stopwatch = Stopwatch::start();
        for _ in 0..ROUNDS {
            let claim = Claim::read(request).expect("it is well-formed");
            claim.check(request, "sqs", NOW).expect("it is in time");
            claim.verify(request, &secret, &keys).expect("it is signed");
        }
        let micros = stopwatch.seconds() * 1e6 / f64::from(ROUNDS);
        println!("{micros:.2} µs for a request with a body of 1 KiB");
    });
}
