//! The filter of the addresses that the program connects to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use serde::Deserialize;

/// Networks that are denied unless configured otherwise, because they are never a user's endpoint and
/// often a way to credentials of the machine.
const DENIED: &[&str] = &[
    "0.0.0.0/8",          // this host
    "100.100.100.200/32", // metadata of a cloud
    "168.63.129.16/32",   // metadata of a cloud
    "169.254.0.0/16",     // link-local; metadata of most clouds
    "192.0.0.0/24",       // protocol assignments; metadata of a cloud
    "224.0.0.0/4",        // multicast
    "240.0.0.0/4",        // reserved, broadcast
    "::/96",              // unspecified, IPv4-compatible
    "2001::/32",          // Teredo, which carries another address
    "2002::/16",          // 6to4, which carries another address
    "fd00:ec2::/32",      // metadata of AWS
    "fd20:ce::254/128",   // metadata of a cloud
    "fe80::/10",          // link-local
    "ff00::/8",           // multicast
];

/// Private networks: a self-hosted program's receivers are mostly its neighbours there.
const PRIVATE: &[&str] =
    &["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/// The configuration of the filter. A network in `deny` is denied, else one in `allow` is allowed, else
/// the settings for loopback and private networks and the built-in list decide.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Addresses {
    /// Networks (CIDR) that are allowed though the built-in rules deny them.
    pub allow: Vec<IpNet>,
    /// Networks (CIDR) that are denied in any case.
    pub deny: Vec<IpNet>,
    /// Whether this machine's own addresses are allowed. The default is no: on loopback listen
    /// databases and administration (this program's too) that trust whoever reaches them. A program that
    /// itself listens on loopback only, as one for development does, sets it.
    pub loopback: bool,
    /// Whether private networks are allowed. The default is yes: there live the receivers of a
    /// self-hosted program. Where callers are not trusted with the internal network, set it to no.
    pub private: bool,
}

impl Default for Addresses {
    fn default() -> Self {
        Addresses { allow: Vec::new(), deny: Vec::new(), loopback: false, private: true }
    }
}

/// Decides which addresses may be connected to.
#[derive(Clone, Debug)]
pub struct AddressFilter {
    addresses: Addresses,
    denied: Vec<IpNet>,
    private: Vec<IpNet>,
}

impl AddressFilter {
    /// The filter of a configuration.
    pub fn new(addresses: Addresses) -> Self {
        AddressFilter { addresses, denied: networks(DENIED), private: networks(PRIVATE) }
    }

    /// Returns true if the program may connect to the address. An IPv4 address inside an IPv6 one
    /// (mapped, or NAT64) is judged as itself.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = plain(address);
        if contains(&self.addresses.deny, address) {
            return false;
        }
        contains(&self.addresses.allow, address) || self.allows_by_kind(address)
    }

    fn allows_by_kind(&self, address: IpAddr) -> bool {
        if address.is_loopback() {
            return self.addresses.loopback;
        }
        if contains(&self.denied, address) {
            return false;
        }
        self.addresses.private || !contains(&self.private, address)
    }
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

fn networks(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => nat64(v6).map_or_else(|| v6.to_canonical(), IpAddr::V4),
        v4 => v4,
    }
}

/// The IPv4 address behind one of NAT64's well-known prefix, 64:ff9b::/96 (RFC 6052).
fn nat64(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = address.to_bits();
    (bits >> 32 == 0x0064_ff9b_u128 << 64).then(|| Ipv4Addr::from_bits(bits as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(addresses: Addresses, address: &str) -> bool {
        AddressFilter::new(addresses).allows(address.parse().unwrap())
    }

    #[test]
    fn every_built_in_network_is_one() {
        assert_eq!(networks(DENIED).len(), DENIED.len());
        assert_eq!(networks(PRIVATE).len(), PRIVATE.len());
    }

    #[test]
    fn metadata_and_loopback_are_denied_by_default_and_neighbours_are_not() {
        for address in ["93.184.216.34", "10.1.2.3", "192.168.0.9", "fd12::1", "2606:4700::1"] {
            assert!(allows(Addresses::default(), address), "{address}");
        }
        let denied = "169.254.169.254 127.0.0.1 127.9.9.9 0.0.0.0 ::1 :: fe80::1 fd00:ec2::254 224.0.0.1 \
                      255.255.255.255 100.100.100.200 2002:7f00:1::";
        for address in denied.split_whitespace() {
            assert!(!allows(Addresses::default(), address), "{address}");
        }
    }

    #[test]
    fn an_address_inside_another_is_judged_as_itself() {
        for address in ["::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"] {
            assert!(!allows(Addresses::default(), address), "{address}");
        }
        assert!(allows(Addresses::default(), "64:ff9b::5db8:d822"));
        let loopback = Addresses { loopback: true, ..Addresses::default() };
        assert!(allows(loopback, "::ffff:127.0.0.1"));
    }

    #[test]
    fn deny_goes_before_allow_and_allow_before_the_rest() {
        let net = |text: &str| vec![text.parse::<IpNet>().unwrap()];
        let configured = Addresses {
            allow: net("169.254.0.0/16"),
            deny: net("169.254.169.254/32"),
            private: false,
            ..Addresses::default()
        };
        assert!(allows(configured.clone(), "169.254.1.1"));
        assert!(!allows(configured.clone(), "169.254.169.254"));
        assert!(!allows(configured.clone(), "172.16.0.1"));
        assert!(allows(configured, "8.8.8.8"));
    }
}
