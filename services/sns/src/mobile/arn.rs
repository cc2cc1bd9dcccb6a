//! The names of platform applications and of their endpoints.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/mobile-push-send-register.html>

use std::fmt;

use base::Arn;
use runtime::Caller;
use uuid::Uuid;

use crate::error::Error;
use crate::limits;
use crate::mobile::Platform;
use crate::model::arn::parse;

/// The kind of platform applications in the index of names, so that no list of topics meets them.
pub(crate) const LISTED: &str = "sns-application";

/// The name of a platform application: `app/<platform>/<name>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApplicationArn {
    pub(crate) arn: Arn,
    pub(crate) platform: Platform,
}

/// The name of an endpoint: `endpoint/<platform>/<name>/<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndpointArn {
    pub(crate) application: ApplicationArn,
    pub(crate) id: Uuid,
}

/// True for a platform application or an endpoint.
pub(crate) fn is_mobile(thing: &Arn) -> bool {
    let resource = thing.resource();
    resource.starts_with("app/") || resource.starts_with("endpoint/")
}

impl ApplicationArn {
    /// A caller's own application.
    pub(crate) fn of_name(caller: &Caller, platform: &str, name: &str) -> Result<Self, Error> {
        let platform = match Platform::of(platform) {
            Some(platform) => platform,
            None if platform == "BAIDU" => {
                return Err(Error::NotImplemented("The platform BAIDU".into()));
            }
            None => {
                let reason = format!("{platform} is not supported");
                return Err(Error::because("Platform", reason));
            }
        };
        if !is_name(name) {
            let reason = "must be 1 to 256 letters, digits, underscores, hyphens and periods";
            return Err(Error::because("Name", reason));
        }
        let resource = ["app/", platform.as_str(), "/", name].concat();
        let arn = Arn::new("sns", &caller.region, &caller.account, &resource);
        Ok(ApplicationArn { arn, platform })
    }

    /// The application that a caller names.
    pub(crate) fn parse(caller: &Caller, text: &str) -> Result<Self, Error> {
        const PARAMETER: &str = "PlatformApplicationArn";
        let arn = parse(caller, PARAMETER, text)?;
        let parts: Vec<&str> = arn.resource().split('/').collect();
        let ["app", platform, name] = parts[..] else { return Err(slashes(PARAMETER, &parts, 3)) };
        let platform = Platform::of(platform).filter(|_| is_name(name));
        let platform = platform.ok_or_else(|| Error::invalid(PARAMETER))?;
        Ok(ApplicationArn { arn, platform })
    }

    /// Under which name the index lists an application: `<platform>/<name>`.
    pub(crate) fn listed(arn: &Arn) -> Arn {
        let name = arn.resource().strip_prefix("app/").unwrap_or_default();
        arn.beside(LISTED, name)
    }

    /// The application that a name in the index stands for.
    pub(crate) fn of_listed(listed: &Arn) -> Arn {
        let resource = ["app/", listed.resource()].concat();
        listed.beside("sns", &resource)
    }

    /// An endpoint of it.
    pub(crate) fn endpoint(&self, id: Uuid) -> EndpointArn {
        EndpointArn { application: self.clone(), id }
    }
}

impl EndpointArn {
    /// The endpoint that a caller names.
    pub(crate) fn parse(caller: &Caller, text: &str) -> Result<Self, Error> {
        const PARAMETER: &str = "EndpointArn";
        let arn = parse(caller, PARAMETER, text)?;
        let parts: Vec<&str> = arn.resource().split('/').collect();
        let ["endpoint", platform, name, id] = parts[..] else {
            return Err(slashes(PARAMETER, &parts, 4));
        };
        let platform = Platform::of(platform).filter(|_| is_name(name));
        // An id has one spelling.
        let is_it = |found: &Uuid| found.to_string() == id;
        let id = Uuid::try_parse(id).ok().filter(is_it);
        let (platform, id) = platform.zip(id).ok_or_else(|| Error::invalid(PARAMETER))?;
        let resource = ["app/", platform.as_str(), "/", name].concat();
        let arn = arn.beside("sns", &resource);
        Ok(EndpointArn { application: ApplicationArn { arn, platform }, id })
    }

    /// The whole name.
    pub(crate) fn arn(&self) -> Arn {
        let application = &self.application.arn;
        let name = application.resource().strip_prefix("app/").unwrap_or_default();
        let resource = ["endpoint/", name, "/", &self.id.to_string()].concat();
        application.beside("sns", &resource)
    }
}

impl fmt::Display for EndpointArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arn().fmt(f)
    }
}

fn slashes(parameter: &str, parts: &[&str], wanted: usize) -> Error {
    if parts.len() == wanted {
        return Error::invalid(parameter);
    }
    Error::because(parameter, "Wrong number of slashes in relative portion of the ARN.")
}

fn is_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    !name.is_empty() && name.len() <= limits::APPLICATION_NAME && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::call;

    const APPLICATION: &str = "arn:aws:sns:us-east-1:000000000000:app/GCM/news.1";
    const ENDPOINT: &str = "arn:aws:sns:us-east-1:000000000000:endpoint/GCM/news.1/01234567-89ab-4def-8123-456789abcdef";

    #[test]
    fn an_application_is_named_by_its_platform_and_its_name() {
        let caller = call().caller;
        let named = ApplicationArn::of_name(&caller, "GCM", "news.1").unwrap();
        assert_eq!(named.arn.as_str(), APPLICATION);
        assert_eq!(ApplicationArn::parse(&caller, APPLICATION).unwrap(), named);
        let listed = ApplicationArn::listed(&named.arn);
        assert_eq!((listed.service(), listed.resource()), (LISTED, "GCM/news.1"));
        assert_eq!(ApplicationArn::of_listed(&listed), named.arn);
        let refused = |platform: &str, name: &str| {
            ApplicationArn::of_name(&caller, platform, name).unwrap_err().to_string()
        };
        assert_eq!(refused("FAX", "n"), "Invalid parameter: Platform Reason: FAX is not supported");
        assert_eq!(refused("BAIDU", "n"), "The platform BAIDU is not implemented.");
        assert!(refused("GCM", "a/b").starts_with("Invalid parameter: Name Reason"));
        assert!(refused("GCM", &"n".repeat(257)).starts_with("Invalid parameter: Name Reason"));
    }

    #[test]
    fn an_endpoint_is_named_by_its_application_and_its_id() {
        let caller = call().caller;
        let endpoint = EndpointArn::parse(&caller, ENDPOINT).unwrap();
        assert_eq!(endpoint.application.arn.as_str(), APPLICATION);
        assert_eq!(endpoint.to_string(), ENDPOINT);
        for bad in [APPLICATION, "arn:aws:sns:us-east-1:000000000000:endpoint/GCM/x"] {
            assert_eq!(
                EndpointArn::parse(&caller, bad).unwrap_err().to_string(),
                "Invalid parameter: EndpointArn Reason: Wrong number of slashes in relative portion of the ARN."
            );
        }
        for bad in [
            ENDPOINT.to_uppercase(),
            ENDPOINT.replace("GCM", "FAX"),
            ENDPOINT.replace("east", "west"),
        ] {
            assert!(EndpointArn::parse(&caller, &bad).is_err(), "{bad}");
        }
    }
}
