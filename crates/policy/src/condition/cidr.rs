//! Ranges of IP addresses: an address and how many of its bits count.

use std::net::IpAddr;

/// A range of addresses of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cidr {
    v4: bool,
    first: u128,
    /// The mask of the prefix.
    mask: u128,
}

impl Cidr {
    /// Reads `203.0.113.0/24` or `2001:db8::/32`; an address alone is a range of one. Bits that do not count
    /// are not looked at.
    pub(super) fn parse(text: &str) -> Option<Cidr> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let (v4, number) = number(address.parse().ok()?);
        let width: u32 = if v4 { 32 } else { 128 };
        let bits = match bits {
            Some(bits) if bits.bytes().all(|b| b.is_ascii_digit()) => bits.parse().ok()?,
            Some(_) => return None,
            None => width,
        };
        let rest = width.checked_sub(bits)?;
        let mask = u128::MAX.checked_shl(rest).unwrap_or(0);
        Some(Cidr { v4, first: number & mask, mask })
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let (v4, number) = number(address.to_canonical());
        v4 == self.v4 && number & self.mask == self.first
    }
}

fn number(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(address) => (true, address.to_bits().into()),
        IpAddr::V6(address) => (false, address.to_bits()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: &str, address: &str, expected: bool) {
        let contains = Cidr::parse(range).unwrap().contains(address.parse().unwrap());
        assert_eq!(contains, expected, "{address} in {range}");
    }

    #[test]
    fn a_range_has_the_addresses_whose_first_bits_are_its_own() {
        check("203.0.113.0/24", "203.0.113.255", true);
        check("203.0.113.0/24", "203.0.114.0", false);
        check("203.0.113.7/24", "203.0.113.1", true);
        check("203.0.113.7", "203.0.113.7", true);
        check("203.0.113.7", "203.0.113.8", false);
        check("0.0.0.0/0", "255.255.255.255", true);
        check("2001:db8:1234:5678::/64", "2001:db8:1234:5678::1", true);
        check("2001:db8:1234:5678::/64", "2001:db8:1234:5679::1", false);
        check("::/0", "2001:db8::1", true);
        check("::1", "::1", true);
    }

    #[test]
    fn families_do_not_mix_but_a_mapped_address_is_of_version_4() {
        check("0.0.0.0/0", "::1", false);
        check("::/0", "127.0.0.1", false);
        check("127.0.0.0/8", "::ffff:127.0.0.1", true);
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in ["", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/+8", "::/129", "a/8", "*"] {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }
}
