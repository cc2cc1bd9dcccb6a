//! Push notification services.

/// A push notification service, as far as it is AWS's today.
/// <https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformApplication.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Platform {
    Adm,
    Apns,
    ApnsSandbox,
    ApnsVoip,
    ApnsVoipSandbox,
    Gcm,
    Macos,
    MacosSandbox,
    Mpns,
    Wns,
}

const NAMES: [(Platform, &str); 10] = [
    (Platform::Adm, "ADM"),
    (Platform::Apns, "APNS"),
    (Platform::ApnsSandbox, "APNS_SANDBOX"),
    (Platform::ApnsVoip, "APNS_VOIP"),
    (Platform::ApnsVoipSandbox, "APNS_VOIP_SANDBOX"),
    (Platform::Gcm, "GCM"),
    (Platform::Macos, "MACOS"),
    (Platform::MacosSandbox, "MACOS_SANDBOX"),
    (Platform::Mpns, "MPNS"),
    (Platform::Wns, "WNS"),
];

impl Platform {
    /// The platform of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(platform, _)| *platform)
    }

    /// The platform's name in ARNs.
    pub(crate) fn as_str(self) -> &'static str {
        NAMES.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }

    /// True for Apple's platforms: device tokens are hexadecimal.
    pub(crate) fn is_apples(self) -> bool {
        !matches!(self, Platform::Adm | Platform::Gcm | Platform::Mpns | Platform::Wns)
    }

    /// True if credentials come with a principal.
    pub(crate) fn has_principal(self) -> bool {
        self != Platform::Gcm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_has_one_name() {
        for (platform, name) in NAMES {
            assert_eq!((Platform::of(name), platform.as_str()), (Some(platform), name));
        }
        assert_eq!(Platform::of("gcm"), None);
        assert!(Platform::ApnsSandbox.is_apples() && !Platform::Gcm.is_apples());
    }
}
