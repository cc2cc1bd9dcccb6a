//! Signs requests: Signature Version 4, written anew here, so that it is no copy of what checks it.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The configuration in which the clients' key is the root of its account.
pub(in crate::crash) const KEYS: &str = "auth = \"sigv4\"\n[[keys]]\nid = \"AKIACRASH00000000000\"\n\
     account = \"000000000000\"\nsecret = \"not-much-of-a-secret\"\n";

const ACCESS_KEY: &str = "AKIACRASH00000000000";
const SECRET: &str = "not-much-of-a-secret";
const REGION: &str = "us-east-1";

/// The headers by which a `POST` of this body to `/` is signed: the date, the target and the signature.
pub(super) fn head(service: &str, target: Option<&str>, body: &[u8], at: SystemTime) -> String {
    let date = humantime::format_rfc3339_seconds(at).to_string().replace(['-', ':'], "");
    let scope = format!("{}/{REGION}/{service}/aws4_request", &date[..8]);
    let mut headers = vec![("host", "localhost"), ("x-amz-date", &date)];
    headers.extend(target.map(|target| ("x-amz-target", target)));
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let request = format!("POST\n/\n\n{lines}\n{names}\n{}", hex(&Sha256::digest(body)));
    let request = hex(&Sha256::digest(request));
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in scope.split('/') {
        key = mac(&key, part);
    }
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{request}");
    let signature = hex(&mac(&key, &to_sign));
    let sent = headers.iter().skip(1).map(|(name, value)| format!("{name}: {value}\r\n"));
    sent.collect::<String>()
        + &format!(
            "Authorization: AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, \
             SignedHeaders={names}, Signature={signature}\r\n"
        )
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(never) => unreachable!("a key of any length will do: {never}"),
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_configuration_has_the_key_that_signs() {
        assert!(KEYS.contains(&format!("id = \"{ACCESS_KEY}\"")));
        assert!(KEYS.contains(&format!("secret = \"{SECRET}\"")));
    }

    #[test]
    fn what_is_sent_is_what_is_signed() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160);
        let head = |target, body: &[u8]| head("sqs", target, body, at);
        let signed = head(Some("AmazonSQS.ListQueues"), b"{}");
        assert!(signed.starts_with("x-amz-date: 20150830T123600Z\r\nx-amz-target: AmazonSQS.Li"));
        assert!(signed.contains("/20150830/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-"));
        assert_ne!(signed, head(Some("AmazonSQS.ListQueues"), b"{ }"));
        assert!(head(None, b"").contains("SignedHeaders=host;x-amz-date, "));
    }
}
