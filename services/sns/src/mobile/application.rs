//! The attributes of a platform application.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_SetPlatformApplicationAttributes.html>

use std::collections::BTreeMap;
use std::fmt;

use base::Arn;

use crate::error::Error;
use crate::limits;
use crate::mobile::Platform;

/// An attribute that can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    PlatformCredential,
    PlatformPrincipal,
    EventEndpointCreated,
    EventEndpointDeleted,
    EventEndpointUpdated,
    EventDeliveryFailure,
    SuccessFeedbackRoleArn,
    FailureFeedbackRoleArn,
    SuccessFeedbackSampleRate,
    ApplePlatformTeamId,
    ApplePlatformBundleId,
}

const NAMES: [(Name, &str); 11] = [
    (Name::PlatformCredential, "PlatformCredential"),
    (Name::PlatformPrincipal, "PlatformPrincipal"),
    (Name::EventEndpointCreated, "EventEndpointCreated"),
    (Name::EventEndpointDeleted, "EventEndpointDeleted"),
    (Name::EventEndpointUpdated, "EventEndpointUpdated"),
    (Name::EventDeliveryFailure, "EventDeliveryFailure"),
    (Name::SuccessFeedbackRoleArn, "SuccessFeedbackRoleArn"),
    (Name::FailureFeedbackRoleArn, "FailureFeedbackRoleArn"),
    (Name::SuccessFeedbackSampleRate, "SuccessFeedbackSampleRate"),
    (Name::ApplePlatformTeamId, "ApplePlatformTeamID"),
    (Name::ApplePlatformBundleId, "ApplePlatformBundleID"),
];

/// The attributes of an application, its secrets with them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ApplicationAttributes(BTreeMap<Name, String>);

impl Name {
    fn of(text: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == text).map(|(name, _)| *name)
    }

    fn as_str(self) -> &'static str {
        NAMES.iter().find(|(known, _)| *known == self).map_or("", |(_, text)| text)
    }

    fn is_secret(self) -> bool {
        matches!(self, Name::PlatformCredential | Name::PlatformPrincipal)
    }

    /// Checks a value. An empty one removes an attribute that is not a secret.
    fn check(self, platform: Platform, value: &str) -> Result<(), &'static str> {
        let holds = |holds: bool, reason: &'static str| if holds { Ok(()) } else { Err(reason) };
        match self {
            Name::PlatformCredential | Name::PlatformPrincipal => {
                holds(!value.is_empty(), "cannot be empty")?;
                holds(value.len() <= limits::CREDENTIAL, "is too long")
            }
            Name::ApplePlatformTeamId | Name::ApplePlatformBundleId if !platform.is_apples() => {
                Err("is for Apple's platforms only")
            }
            _ if value.is_empty() => Ok(()),
            Name::EventEndpointCreated
            | Name::EventEndpointDeleted
            | Name::EventEndpointUpdated
            | Name::EventDeliveryFailure => holds(is_topic(value), "must be a topic's ARN"),
            Name::SuccessFeedbackRoleArn | Name::FailureFeedbackRoleArn => {
                holds(is_role(value), "must be an IAM role's ARN")
            }
            Name::SuccessFeedbackSampleRate => {
                holds(is_percentage(value), "must be a number from 0 to 100")
            }
            Name::ApplePlatformTeamId | Name::ApplePlatformBundleId => {
                holds(value.len() <= limits::APPLE_ID, "is too long")
            }
        }
    }
}

impl ApplicationAttributes {
    /// The attributes of a new application, which must have credentials. The platform is not asked whether they are good.
    pub(crate) fn parse(
        platform: Platform,
        given: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let attributes = ApplicationAttributes::default().with(platform, given)?;
        let has = |name: Name| attributes.0.contains_key(&name);
        if !has(Name::PlatformCredential) {
            return Err(wrong(Name::PlatformCredential, "cannot be empty"));
        }
        if platform.has_principal() && !has(Name::PlatformPrincipal) {
            return Err(wrong(Name::PlatformPrincipal, "cannot be empty"));
        }
        Ok(attributes)
    }

    /// These with what is given.
    pub(crate) fn with(
        &self,
        platform: Platform,
        given: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let mut attributes = self.0.clone();
        for (name, value) in given {
            let unknown =
                || Error::because("Attributes", format!("Invalid attribute name: {name}"));
            let name = Name::of(name).ok_or_else(unknown)?;
            name.check(platform, value).map_err(|reason| wrong(name, reason))?;
            match value.is_empty() {
                true => attributes.remove(&name),
                false => attributes.insert(name, value.clone()),
            };
        }
        Ok(ApplicationAttributes(attributes))
    }

    /// The attributes that callers see: all but secrets.
    /// <https://docs.aws.amazon.com/sns/latest/api/API_GetPlatformApplicationAttributes.html>
    pub(crate) fn show(&self, platform: Platform) -> BTreeMap<String, String> {
        let open = self.0.iter().filter(|(name, _)| !name.is_secret());
        let mut shown: BTreeMap<String, String> =
            open.map(|(name, value)| (name.as_str().to_owned(), value.clone())).collect();
        shown.insert("Enabled".into(), "true".into());
        if let Some(method) = self.method(platform) {
            shown.insert("AuthenticationMethod".into(), method.into());
        }
        shown
    }

    /// `AuthenticationMethod`: of Apple's platforms and of Google's only.
    fn method(&self, platform: Platform) -> Option<&'static str> {
        let credential = self.0.get(&Name::PlatformCredential).map_or("", String::as_str);
        let by_token = match platform {
            Platform::Gcm => credential.trim_start().starts_with('{'),
            _ => self.0.contains_key(&Name::ApplePlatformTeamId),
        };
        match platform {
            _ if platform.is_apples() => Some(if by_token { "token" } else { "certificate" }),
            Platform::Gcm => Some(if by_token { "token" } else { "key" }),
            _ => None,
        }
    }

    /// As rows have them, secrets too.
    pub(super) fn stored(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(name, value)| (name.as_str().to_owned(), value.clone())).collect()
    }

    /// From a row; none if it has a name that nobody wrote.
    pub(super) fn restore(stored: BTreeMap<String, String>) -> Option<Self> {
        let known = |(name, value): (String, String)| Some((Name::of(&name)?, value));
        stored.into_iter().map(known).collect::<Option<_>>().map(ApplicationAttributes)
    }
}

/// Secrets are nobody's to read.
impl fmt::Debug for ApplicationAttributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |name: &Name, value: &String| match name.is_secret() {
            true => "(secret)".to_owned(),
            false => value.clone(),
        };
        f.debug_map().entries(self.0.iter().map(|(name, text)| (name, value(name, text)))).finish()
    }
}

fn wrong(name: Name, reason: &str) -> Error {
    Error::because(
        "Attributes",
        format!("Invalid value for attribute: {}: {reason}", name.as_str()),
    )
}

fn is_topic(value: &str) -> bool {
    let arn: Option<Arn> = value.parse().ok();
    arn.is_some_and(|arn| arn.service() == "sns" && !arn.resource().contains(['/', ':']))
}

/// True if it may be an IAM role.
pub(crate) fn is_role(value: &str) -> bool {
    let mut parts = value.splitn(6, ':');
    let head = [parts.next(), parts.next(), parts.next(), parts.next()];
    let account = parts.next().unwrap_or_default();
    let name = parts.next().and_then(|role| role.strip_prefix("role/")).unwrap_or_default();
    head == [Some("arn"), Some("aws"), Some("iam"), Some("")]
        && account.parse::<base::AccountId>().is_ok()
        && (1..=limits::ROLE).contains(&name.len())
}

/// True for a whole number from 0 to 100.
pub(crate) fn is_percentage(value: &str) -> bool {
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    digits && value.len() <= 3 && value.parse::<u8>().is_ok_and(|share| share <= 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::pairs;

    const KEY: (&str, &str) = ("PlatformCredential", "top-secret");

    fn refused(platform: Platform, given: &[(&str, &str)]) -> String {
        let error = ApplicationAttributes::parse(platform, &pairs(given)).unwrap_err();
        let text = error.to_string();
        text.strip_prefix("Invalid parameter: Attributes Reason: ").unwrap().to_owned()
    }

    #[test]
    fn credentials_are_needed_and_never_shown() {
        let wrong = "Invalid value for attribute: PlatformCredential: cannot be empty";
        assert_eq!(refused(Platform::Gcm, &[]), wrong);
        assert_eq!(refused(Platform::Gcm, &[("PlatformCredential", "")]), wrong);
        let wrong = "Invalid value for attribute: PlatformPrincipal: cannot be empty";
        assert_eq!(refused(Platform::Apns, &[KEY]), wrong);
        let given = pairs(&[KEY, ("PlatformPrincipal", "hidden-too")]);
        let attributes = ApplicationAttributes::parse(Platform::Apns, &given).unwrap();
        let shown = attributes.show(Platform::Apns);
        assert_eq!(shown, pairs(&[("Enabled", "true"), ("AuthenticationMethod", "certificate")]));
        let debug = format!("{attributes:?}");
        assert!(!debug.contains("top-secret") && !debug.contains("hidden-too"), "{debug}");
        assert_eq!(ApplicationAttributes::restore(attributes.stored()), Some(attributes));
    }

    #[test]
    fn attributes_are_refused_as_aws_words_it() {
        assert_eq!(
            refused(Platform::Gcm, &[KEY, ("Colour", "red")]),
            "Invalid attribute name: Colour"
        );
        for (name, bad) in [
            ("EventEndpointCreated", "arn:aws:sqs:us-east-1:000000000000:q"),
            ("EventDeliveryFailure", "arn:aws:sns:us-east-1:000000000000:app/GCM/x"),
            ("SuccessFeedbackRoleArn", "arn:aws:iam::1:role/x"),
            ("FailureFeedbackRoleArn", "arn:aws:iam::000000000000:user/x"),
            ("SuccessFeedbackSampleRate", "101"),
            ("SuccessFeedbackSampleRate", "+1"),
            ("ApplePlatformTeamID", "T"),
        ] {
            let text = refused(Platform::Gcm, &[KEY, (name, bad)]);
            assert!(text.starts_with(&format!("Invalid value for attribute: {name}: ")), "{text}");
        }
    }

    #[test]
    fn an_empty_value_takes_an_attribute_away() {
        let rate = ("SuccessFeedbackSampleRate", "7");
        let before = ApplicationAttributes::parse(Platform::Gcm, &pairs(&[KEY, rate])).unwrap();
        assert_eq!(before.show(Platform::Gcm)[rate.0], "7");
        let after = before.with(Platform::Gcm, &pairs(&[(rate.0, "")])).unwrap();
        assert_eq!(after, ApplicationAttributes::parse(Platform::Gcm, &pairs(&[KEY])).unwrap());
    }

    #[test]
    fn the_method_follows_from_the_credentials() {
        let method = |platform: Platform, given: &[(&str, &str)]| {
            let attributes = ApplicationAttributes::parse(platform, &pairs(given)).unwrap();
            attributes.show(platform).remove("AuthenticationMethod")
        };
        let principal = ("PlatformPrincipal", "p");
        assert_eq!(method(Platform::Gcm, &[KEY]), Some("key".into()));
        assert_eq!(method(Platform::Gcm, &[("PlatformCredential", " {}")]), Some("token".into()));
        let team = ("ApplePlatformTeamID", "T");
        assert_eq!(method(Platform::Apns, &[KEY, principal, team]), Some("token".into()));
        assert_eq!(method(Platform::Adm, &[KEY, principal]), None);
    }
}
