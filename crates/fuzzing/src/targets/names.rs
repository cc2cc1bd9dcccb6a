//! Accounts, regions, ARNs and principals, a line each.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use base::{AccountId, Arn, Region};
use policy::Principal;

use super::request;

/// Reads each line as each of them. What was read is written as it came.
pub fn run(bytes: &[u8]) {
    let text = request::text(bytes);
    for line in text.lines() {
        same::<AccountId>(line);
        same::<Region>(line);
        if let Ok(arn) = line.parse::<Arn>() {
            assert_eq!(arn.to_string(), line);
            same::<Arn>(line);
            let _ = (arn.service(), arn.account(), arn.region(), arn.resource());
        }
        if let Ok(principal) = line.parse::<Principal>() {
            let again = principal.arn();
            assert_eq!(again.parse::<Principal>().as_ref(), Ok(&principal), "{line} {again}");
        }
    }
}

fn same<T: FromStr + Display + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text);
    }
}
