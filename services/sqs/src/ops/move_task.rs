//! What the operations about move tasks have in common: ARNs of queues, and handles.

use base::Arn;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use runtime::Caller;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;

/// Reads the ARN of a queue of the caller's region. What cannot be a queue's is no ARN; whether there is one is
/// asked later. A queue of another region is not there: each region has an endpoint of its own, and a policy
/// that keeps somebody to a region must do so here too.
pub(crate) fn arn(caller: &Caller, parameter: &'static str, text: &str) -> Result<Arn, Error> {
    let arn = read_arn(parameter, text)?;
    match arn.region() == caller.region {
        true => Ok(arn),
        false => Err(Error::ResourceNotFound(parameter)),
    }
}

fn read_arn(parameter: &'static str, text: &str) -> Result<Arn, Error> {
    let arn: Option<Arn> = text.parse().ok();
    arn.filter(|arn| arn.service() == "sqs" && arn.account().is_some()).ok_or_else(|| {
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

/// Which task, of which queue of the caller's region, a handle is of.
pub(crate) fn read_handle(caller: &Caller, handle: &str) -> Result<(Uuid, Arn), Error> {
    let (id, source) = decode(handle)?;
    if source.region() != caller.region {
        return Err(Error::TaskNotFound);
    }
    Ok((id, source))
}

fn decode(handle: &str) -> Result<(Uuid, Arn), Error> {
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

    fn caller(region: &str) -> Caller {
        identity::testing::root(base::AccountId::DEFAULT, region.parse().unwrap())
    }

    #[test]
    fn a_queue_of_another_region_is_not_there() {
        let queue = "arn:aws:sqs:us-east-1:000000000000:q";
        assert!(arn(&caller("us-east-1"), "SourceArn", queue).is_ok());
        let elsewhere = arn(&caller("eu-west-1"), "SourceArn", queue);
        assert_eq!(elsewhere, Err(Error::ResourceNotFound("SourceArn")));
    }

    #[test]
    fn a_handle_is_read_back_and_anything_else_is_refused() {
        let (id, source) = (Uuid::from_u128(7), "arn:aws:sqs:us-east-1:000000000000:dlq");
        let (here, elsewhere) = (caller("us-east-1"), caller("eu-west-1"));
        let source = arn(&here, "SourceArn", source).unwrap();
        assert_eq!(read_handle(&elsewhere, &handle(&id, &source)), Err(Error::TaskNotFound));
        assert_eq!(read_handle(&here, &handle(&id, &source)), Ok((id, source)));
        for bad in ["", "!", "e30=", &STANDARD.encode(r#"{"taskId":"7","sourceArn":"x"}"#)] {
            assert!(read_handle(&here, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_queue_has_the_arn_of_one() {
        for bad in ["", "q", "arn:aws:sns:us-east-1:000000000000:t"] {
            assert!(arn(&caller("us-east-1"), "SourceArn", bad).is_err(), "{bad}");
        }
    }
}
