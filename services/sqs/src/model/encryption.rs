//! How a queue is to be encrypted at rest. It is kept and answered; nothing is encrypted yet.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html>

use base::Span;

use crate::error::Error;
use crate::limits;
use crate::model::values::seconds;

/// `SqsManagedSseEnabled`, `KmsMasterKeyId` and `KmsDataKeyReusePeriodSeconds`. With a key of KMS there is
/// no encryption managed by SQS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Encryption {
    managed: bool,
    key: Option<String>,
    /// How long a data key is used again: there is a key, or it was set.
    reuse: Option<Span>,
}

/// How long a data key is used again unless it is set.
const REUSE: Span = Span::from_seconds(300);

impl Default for Encryption {
    fn default() -> Self {
        Encryption { managed: true, key: None, reuse: None }
    }
}

impl Encryption {
    /// Sets `KmsMasterKeyId`; an empty one takes the key away.
    pub(super) fn set_key(&mut self, value: &str) -> Result<(), Error> {
        if value.len() > limits::KMS_KEY {
            return Err(Error::InvalidAttributeValue("KmsMasterKeyId"));
        }
        if value.is_empty() {
            self.drop_key();
        } else {
            self.key = Some(value.to_owned());
            self.reuse.get_or_insert(REUSE);
            self.managed = false;
        }
        Ok(())
    }

    /// Sets `KmsDataKeyReusePeriodSeconds`; an empty one brings the default back.
    pub(super) fn set_reuse(&mut self, value: &str) -> Result<(), Error> {
        const NAME: &str = "KmsDataKeyReusePeriodSeconds";
        self.reuse = match value {
            "" => self.key.as_ref().map(|_| REUSE),
            value => Some(seconds(NAME, value, limits::DATA_KEY_REUSE)?),
        };
        Ok(())
    }

    /// Sets `SqsManagedSseEnabled`; switched on, it takes the place of a key.
    pub(super) fn set_managed(&mut self, value: &str) -> Result<(), Error> {
        self.managed = match value {
            "true" => true,
            "false" => false,
            _ => return Err(Error::InvalidAttributeValue("SqsManagedSseEnabled")),
        };
        if self.managed {
            self.drop_key();
        }
        Ok(())
    }

    fn drop_key(&mut self) {
        if self.key.take().is_some() {
            self.reuse = None;
        }
    }

    /// How long a data key is used again.
    pub(super) fn reuse(&self) -> Span {
        self.reuse.unwrap_or(REUSE)
    }

    /// As callers read it.
    pub(super) fn list(&self) -> impl Iterator<Item = (&'static str, String)> {
        let reuse = self.reuse.map(|reuse| reuse.seconds().to_string());
        let managed = Some(self.managed.to_string());
        let all = [
            ("KmsDataKeyReusePeriodSeconds", reuse),
            ("KmsMasterKeyId", self.key.clone()),
            ("SqsManagedSseEnabled", managed),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(encryption: &Encryption, expected: &[(&'static str, &str)]) {
        let shown: Vec<_> = encryption.list().collect();
        let expected: Vec<_> = expected.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_key_takes_the_place_of_managed_encryption_and_the_other_way_round() {
        let mut encryption = Encryption::default();
        check(&encryption, &[("SqsManagedSseEnabled", "true")]);
        encryption.set_key("alias/aws/sqs").unwrap();
        let period = ("KmsDataKeyReusePeriodSeconds", "300");
        let key = ("KmsMasterKeyId", "alias/aws/sqs");
        check(&encryption, &[period, key, ("SqsManagedSseEnabled", "false")]);
        encryption.set_managed("true").unwrap();
        check(&encryption, &[("SqsManagedSseEnabled", "true")]);
    }

    #[test]
    fn what_is_not_a_value_is_refused() {
        let mut encryption = Encryption::default();
        for bad in ["59", "86401", "x"] {
            assert!(encryption.set_reuse(bad).is_err(), "{bad}");
        }
        for bad in ["", "TRUE", "1"] {
            assert!(encryption.set_managed(bad).is_err(), "{bad}");
        }
        assert!(encryption.set_key(&"k".repeat(2049)).is_err());
        assert_eq!(encryption, Encryption::default());
    }
}
