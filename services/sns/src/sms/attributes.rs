//! The settings of an account about text messages.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html>

use std::collections::BTreeMap;

use crate::error::Error;
use crate::limits;
use crate::mobile::application::{is_percentage, is_role};

/// An attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    MonthlySpendLimit,
    DeliveryStatusIamRole,
    DeliveryStatusSuccessSamplingRate,
    DefaultSenderId,
    DefaultSmsType,
    UsageReportS3Bucket,
}

const NAMES: [(Name, &str); 6] = [
    (Name::MonthlySpendLimit, "MonthlySpendLimit"),
    (Name::DeliveryStatusIamRole, "DeliveryStatusIAMRole"),
    (Name::DeliveryStatusSuccessSamplingRate, "DeliveryStatusSuccessSamplingRate"),
    (Name::DefaultSenderId, "DefaultSenderID"),
    (Name::DefaultSmsType, "DefaultSMSType"),
    (Name::UsageReportS3Bucket, "UsageReportS3Bucket"),
];

/// Attributes that were set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SmsAttributes(BTreeMap<Name, String>);

impl Name {
    fn of(text: &str) -> Result<Self, Error> {
        let found = NAMES.iter().find(|(_, known)| *known == text).map(|(name, _)| *name);
        let unknown = || Error::because("Attributes", format!("Invalid attribute name: {text}"));
        found.ok_or_else(unknown)
    }

    fn as_str(self) -> &'static str {
        NAMES.iter().find(|(known, _)| *known == self).map_or("", |(_, text)| text)
    }

    /// The error of a value that is not empty.
    fn check(self, value: &str) -> Result<(), &'static str> {
        let (holds, reason) = match self {
            Name::MonthlySpendLimit => (is_amount(value), "must be a whole number of US dollars"),
            Name::DeliveryStatusIamRole => (is_role(value), "must be an IAM role's ARN"),
            Name::DeliveryStatusSuccessSamplingRate => {
                (is_percentage(value), "must be a number from 0 to 100")
            }
            Name::DefaultSenderId => (
                is_sender(value),
                "must be 1 to 11 letters and digits, at least one letter among them",
            ),
            Name::DefaultSmsType => (
                matches!(value, "Promotional" | "Transactional"),
                "must be Promotional or Transactional",
            ),
            Name::UsageReportS3Bucket => (is_bucket(value), "must be a bucket's name"),
        };
        if holds { Ok(()) } else { Err(reason) }
    }
}

impl SmsAttributes {
    /// These with what is given. An empty value takes an attribute back to its default.
    pub(crate) fn with(&self, given: &BTreeMap<String, String>) -> Result<Self, Error> {
        let mut attributes = self.0.clone();
        for (text, value) in given {
            let name = Name::of(text)?;
            if value.is_empty() {
                attributes.remove(&name);
                continue;
            }
            name.check(value).map_err(|reason| {
                let reason = format!("Invalid value for attribute: {text}: {reason}");
                Error::because("Attributes", reason)
            })?;
            attributes.insert(name, value.clone());
        }
        Ok(SmsAttributes(attributes))
    }

    /// What callers see: all of them, or those with these names. Nobody has more to spend than AWS gives a new
    /// account until they say so.
    pub(crate) fn show(&self, names: Option<&[String]>) -> Result<BTreeMap<String, String>, Error> {
        let mut shown = self.stored();
        shown.entry("MonthlySpendLimit".into()).or_insert_with(|| limits::SMS_SPEND.into());
        let Some(names) = names.filter(|names| !names.is_empty()) else { return Ok(shown) };
        names.iter().try_for_each(|name| Name::of(name).map(|_| ()))?;
        shown.retain(|name, _| names.contains(name));
        Ok(shown)
    }

    /// As rows have them.
    pub(super) fn stored(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(name, value)| (name.as_str().to_owned(), value.clone())).collect()
    }
}

fn is_amount(value: &str) -> bool {
    value.len() <= limits::SMS_SPEND_DIGITS && value.bytes().all(|b| b.is_ascii_digit())
}

fn is_sender(value: &str) -> bool {
    limits::SENDER_ID.contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_alphanumeric())
        && value.bytes().any(|b| b.is_ascii_alphabetic())
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn is_bucket(value: &str) -> bool {
    let is_end = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = value.as_bytes();
    limits::BUCKET.contains(&bytes.len())
        && bytes.iter().all(|b| is_end(Some(b)) || b".-".contains(b))
        && is_end(bytes.first())
        && is_end(bytes.last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::pairs;

    fn set(given: &[(&str, &str)]) -> Result<SmsAttributes, Error> {
        SmsAttributes::default().with(&pairs(given))
    }

    #[test]
    fn each_attribute_is_checked() {
        for (name, good, bad) in [
            ("MonthlySpendLimit", "50", "-1"),
            ("DeliveryStatusIAMRole", "arn:aws:iam::000000000000:role/logs", "logs"),
            ("DeliveryStatusSuccessSamplingRate", "100", "101"),
            ("DefaultSenderID", "Shop24", "24"),
            ("DefaultSenderID", "a", "twelve-chars"),
            ("DefaultSMSType", "Transactional", "transactional"),
            ("UsageReportS3Bucket", "my.reports-1", "-reports"),
        ] {
            assert_eq!(set(&[(name, good)]).unwrap().stored(), pairs(&[(name, good)]));
            let refused = set(&[(name, bad)]).unwrap_err().to_string();
            let start = format!(
                "Invalid parameter: Attributes Reason: Invalid value for attribute: {name}: "
            );
            assert!(refused.starts_with(&start), "{refused}");
        }
        assert!(set(&[("Colour", "red")]).unwrap_err().to_string().ends_with("name: Colour"));
    }

    #[test]
    fn an_empty_value_is_the_default() {
        let set = set(&[("MonthlySpendLimit", "50"), ("DefaultSMSType", "Promotional")]).unwrap();
        let reset = set.with(&pairs(&[("MonthlySpendLimit", ""), ("DefaultSMSType", "")])).unwrap();
        assert_eq!(reset, SmsAttributes::default());
        assert_eq!(reset.show(None), Ok(pairs(&[("MonthlySpendLimit", "1")])));
    }

    #[test]
    fn those_are_shown_that_are_asked_for() {
        let set = set(&[("DefaultSenderID", "Shop"), ("DefaultSMSType", "Promotional")]).unwrap();
        let show = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            set.show(Some(&names))
        };
        assert_eq!(show(&[]).unwrap().len(), 3);
        assert_eq!(show(&["DefaultSenderID"]), Ok(pairs(&[("DefaultSenderID", "Shop")])));
        assert!(show(&["Colour"]).is_err());
    }
}
