//! What the operations about move tasks have in common: ARNs of queues, and handles.

use base::Arn;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;

/// Reads the ARN of a queue. What cannot be a queue's is no ARN; whether there is one is asked later.
pub(crate) fn arn(parameter: &'static str, text: &str) -> Result<Arn, Error> {
    let arn: Option<Arn> = text.parse().ok();
    arn.filter(|arn| arn.service() == "sqs").ok_or_else(|| {
        Error::InvalidParameter(format!(
            "You must use this format to specify the {parameter}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>"
        ))
    })
}

/// The handle of a task.
pub(super) fn handle(id: &Uuid, source: &Arn) -> String {
    let plain = json!({ "taskId": id.to_string(), "sourceArn": source.as_str() });
    STANDARD.encode(plain.to_string())
}

/// Which task, of which queue, a handle is of.
pub(crate) fn read_handle(handle: &str) -> Result<(Uuid, Arn), Error> {
    let read = || {
        let plain: Value = serde_json::from_slice(&STANDARD.decode(handle).ok()?).ok()?;
        let id = plain["taskId"].as_str()?.parse().ok()?;
        let source: Arn = plain["sourceArn"].as_str()?.parse().ok()?;
        (source.service() == "sqs").then_some((id, source))
    };
    read()
        .ok_or_else(|| Error::InvalidParameter("Value for parameter TaskHandle is invalid.".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_back_and_anything_else_is_refused() {
        let (id, source) = (Uuid::from_u128(7), "arn:aws:sqs:us-east-1:000000000000:dlq");
        let source = arn("SourceArn", source).unwrap();
        assert_eq!(read_handle(&handle(&id, &source)), Ok((id, source)));
        for bad in ["", "!", "e30=", &STANDARD.encode(r#"{"taskId":"7","sourceArn":"x"}"#)] {
            assert!(read_handle(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_queue_has_the_arn_of_one() {
        for bad in ["", "q", "arn:aws:sns:us-east-1:000000000000:t"] {
            assert!(arn("SourceArn", bad).is_err(), "{bad}");
        }
    }
}
