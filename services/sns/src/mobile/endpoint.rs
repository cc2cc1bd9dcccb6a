//! An endpoint: an app on a device.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_SetEndpointAttributes.html>

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::limits;
use crate::mobile::Platform;

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The device token.
    pub(crate) token: String,
    pub(crate) custom_user_data: Option<String>,
    pub(crate) enabled: bool,
}

/// By what an endpoint is found: the SHA-256 of its device token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenHash(pub(crate) [u8; 32]);

/// The caller's parameters of an endpoint, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) token: Option<String>,
    custom_user_data: Option<String>,
    enabled: Option<bool>,
}

impl Given {
    /// Reads attributes.
    pub(crate) fn parse(
        platform: Platform,
        attributes: BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let mut given = Given::default();
        for (name, value) in attributes {
            match name.as_str() {
                "Token" => given.token = Some(token(platform, value)?),
                "CustomUserData" => given.custom_user_data = Some(custom_user_data(value)?),
                "Enabled" => given.enabled = Some(enabled(&value)?),
                _ => {
                    let reason = format!("Invalid attribute name: {name}");
                    return Err(Error::because("Attributes", reason));
                }
            }
        }
        Ok(given)
    }

    /// Adds what CreatePlatformEndpoint has beside the attributes: these come first.
    pub(crate) fn beside(
        self,
        platform: Platform,
        token: String,
        custom_user_data: Option<String>,
    ) -> Result<Self, Error> {
        let custom_user_data = custom_user_data.map(self::custom_user_data).transpose()?;
        Ok(Given {
            token: Some(self::token(platform, token)?),
            custom_user_data: custom_user_data.or(self.custom_user_data),
            enabled: self.enabled,
        })
    }

    /// True if an endpoint is already as it is wanted.
    pub(crate) fn is_met_by(&self, endpoint: &Endpoint) -> bool {
        self.apply(endpoint) == *endpoint
    }

    /// An endpoint with what is given.
    pub(crate) fn apply(&self, endpoint: &Endpoint) -> Endpoint {
        let data = self.custom_user_data.as_ref().or(endpoint.custom_user_data.as_ref());
        Endpoint {
            token: self.token.as_ref().unwrap_or(&endpoint.token).clone(),
            custom_user_data: data.filter(|data| !data.is_empty()).cloned(),
            enabled: self.enabled.unwrap_or(endpoint.enabled),
        }
    }
}

impl Endpoint {
    /// A new one.
    pub(crate) fn new(given: &Given) -> Self {
        let plain = Endpoint { token: String::new(), custom_user_data: None, enabled: true };
        given.apply(&plain)
    }

    /// The attributes that callers see.
    pub(crate) fn show(&self) -> BTreeMap<String, String> {
        let mut shown = BTreeMap::from([
            ("Enabled".to_owned(), self.enabled.to_string()),
            ("Token".to_owned(), self.token.clone()),
        ]);
        let data = self.custom_user_data.clone();
        shown.extend(data.map(|data| ("CustomUserData".to_owned(), data)));
        shown
    }

    /// By what it is found.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash::of(&self.token)
    }
}

impl TokenHash {
    /// The hash of a device token.
    pub(crate) fn of(token: &str) -> Self {
        TokenHash(Sha256::digest(token.as_bytes()).into())
    }
}

/// A device token; Apple's are hexadecimal and in lower case.
fn token(platform: Platform, token: String) -> Result<String, Error> {
    if token.is_empty() {
        return Err(Error::because("Token", "cannot be empty"));
    }
    if token.len() > limits::DEVICE_TOKEN {
        let reason = format!("must be at most {} bytes long", limits::DEVICE_TOKEN);
        return Err(Error::because("Token", reason));
    }
    if !platform.is_apples() {
        return Ok(token);
    }
    if token.len() > limits::IOS_TOKEN || !token.bytes().all(|b| b.is_ascii_hexdigit()) {
        let reason = "iOS device tokens must be no more than 400 hexadecimal characters";
        return Err(Error::because("Token", reason));
    }
    Ok(token.to_ascii_lowercase())
}

fn custom_user_data(data: String) -> Result<String, Error> {
    if data.len() > limits::CUSTOM_USER_DATA {
        let reason = "must be at most 2048 bytes long in UTF-8 encoding";
        return Err(Error::because("CustomUserData", reason));
    }
    Ok(data)
}

fn enabled(value: &str) -> Result<bool, Error> {
    value.to_ascii_lowercase().parse().map_err(|_| {
        let reason = "Invalid value for attribute: Enabled: must be either true or false";
        Error::because("Attributes", reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::pairs;

    fn given(platform: Platform, attributes: &[(&str, &str)]) -> Result<Given, String> {
        Given::parse(platform, pairs(attributes)).map_err(|error| error.to_string())
    }

    #[test]
    fn an_endpoint_is_enabled_until_it_is_set_otherwise() {
        let wanted = given(Platform::Gcm, &[("Token", "t"), ("CustomUserData", "u")]).unwrap();
        let endpoint = Endpoint::new(&wanted);
        let shown = pairs(&[("Token", "t"), ("CustomUserData", "u"), ("Enabled", "true")]);
        assert_eq!(endpoint.show(), shown);
        assert!(wanted.is_met_by(&endpoint));
        let change = given(Platform::Gcm, &[("Enabled", "False"), ("CustomUserData", "")]).unwrap();
        assert!(!change.is_met_by(&endpoint));
        let changed = change.apply(&endpoint);
        assert_eq!(changed.show(), pairs(&[("Token", "t"), ("Enabled", "false")]));
    }

    #[test]
    fn apples_tokens_are_hexadecimal_and_shown_in_lower_case() {
        let token = |token: &str| given(Platform::ApnsSandbox, &[("Token", token)]);
        assert_eq!(token("AB09").unwrap().token.as_deref(), Some("ab09"));
        let wrong = "Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal characters";
        for bad in ["xyz", &"a".repeat(401)] {
            assert_eq!(token(bad), Err(wrong.to_owned()));
        }
        assert_eq!(
            given(Platform::Gcm, &[("Token", "xYz")]).unwrap().token.as_deref(),
            Some("xYz")
        );
    }

    #[test]
    fn what_is_too_long_or_unknown_is_refused() {
        let refused = |name: &str, value: &str| given(Platform::Gcm, &[(name, value)]).unwrap_err();
        assert!(refused("Token", "").contains("Token Reason: cannot be empty"));
        assert!(refused("Token", &"t".repeat(8193)).contains("at most 8192 bytes"));
        assert!(refused("CustomUserData", &"u".repeat(2049)).contains("at most 2048 bytes"));
        assert!(refused("Enabled", "yes").contains("must be either true or false"));
        assert!(refused("Colour", "red").contains("Invalid attribute name: Colour"));
    }
}
