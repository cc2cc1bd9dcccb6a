//! Accounts, regions and Amazon Resource Names.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A twelve-digit account number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 12]);

/// A region's name, such as `us-east-1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(Arc<str>);

/// A text is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(&'static str);

impl AccountId {
    /// The account of callers who do not say which: `000000000000`.
    pub const DEFAULT: AccountId = AccountId(*b"000000000000");

    /// Its twelve digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for AccountId {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match <[u8; 12]>::try_from(text.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(AccountId(digits)),
            _ => Err(Malformed("an account is twelve digits")),
        }
    }
}

impl Region {
    /// The longest region name that is accepted.
    pub const MAX: usize = 32;

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Region {
    fn default() -> Self {
        Region(Arc::from("us-east-1"))
    }
}

impl FromStr for Region {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let fits = !text.is_empty()
            && text.len() <= Region::MAX
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits {
            Ok(Region(Arc::from(text)))
        } else {
            Err(Malformed("a region is lower-case letters, digits and hyphens"))
        }
    }
}

/// The name of a thing: `arn:partition:service:region:account:resource`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn(Arc<str>);

impl Arn {
    /// The ARN of a service's resource in an account and a region.
    pub fn new(service: &str, region: &Region, account: &AccountId, resource: &str) -> Self {
        let parts =
            ["arn:aws:", service, ":", region.as_str(), ":", account.as_str(), ":", resource];
        Arn(parts.concat().into())
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The resource part: everything behind the account.
    pub fn resource(&self) -> &str {
        self.part(5)
    }

    /// The service, as in `sqs`.
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The account; none in the ARN of what has an owner elsewhere, such as `arn:aws:s3:::bucket`.
    pub fn account(&self) -> Option<AccountId> {
        self.part(4).parse().ok()
    }

    /// The account as it is written: empty if there is none.
    pub fn account_text(&self) -> &str {
        self.part(4)
    }

    /// The ARN of another resource of the same account and region.
    pub fn beside(&self, service: &str, resource: &str) -> Self {
        let parts = ["arn:aws:", service, ":", self.part(3), ":", self.part(4), ":", resource];
        Arn(parts.concat().into())
    }

    /// The region.
    pub fn region(&self) -> Region {
        self.part(3).parse().unwrap_or_default()
    }

    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }
}

impl FromStr for Arn {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut parts = text.splitn(6, ':');
        let head = (parts.next(), parts.next());
        let (service, region, account, resource) =
            (parts.next(), parts.next(), parts.next(), parts.next());
        let fits = head == (Some("arn"), Some("aws"))
            && service.is_some_and(|s| !s.is_empty())
            && region.is_some_and(|r| r.is_empty() || r.parse::<Region>().is_ok())
            && account.is_some_and(|a| a.is_empty() || a.parse::<AccountId>().is_ok())
            && resource.is_some_and(|r| !r.is_empty());
        if fits { Ok(Arn(text.into())) } else { Err(Malformed("not an ARN")) }
    }
}

macro_rules! text {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

text!(AccountId, Region, Arn);

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_gives_its_parts_back() {
        let arn = Arn::new("sqs", &Region::default(), &AccountId::DEFAULT, "a:b");
        assert_eq!(arn.as_str(), "arn:aws:sqs:us-east-1:000000000000:a:b");
        assert_eq!(arn.as_str().parse(), Ok(arn.clone()));
        assert_eq!((arn.service(), arn.resource()), ("sqs", "a:b"));
        assert_eq!((arn.account(), arn.region()), (Some(AccountId::DEFAULT), Region::default()));
        assert_eq!(arn.beside("sns", "t").as_str(), "arn:aws:sns:us-east-1:000000000000:t");
        let bucket: Arn = "arn:aws:s3:::b".parse().unwrap();
        assert_eq!(bucket.account(), None, "it does not say whose it is");
    }

    #[test]
    fn texts_that_are_no_names_are_refused() {
        for text in ["", "arn:aws:sqs", "arn:aws::us-east-1:000000000000:q", "arn:aws:sqs:US:1:q"] {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
        assert!("12345678901".parse::<AccountId>().is_err());
        assert!("12345678901x".parse::<AccountId>().is_err());
        assert!("".parse::<Region>().is_err());
    }
}
