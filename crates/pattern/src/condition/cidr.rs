//! Blocks of IP addresses.

use std::net::IpAddr;

/// A block of addresses, such as `10.0.0.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Network {
    is_v6: bool,
    /// The length of the prefix, in bits.
    length: u8,
    /// Those bits, and zeros behind them.
    bits: u128,
}

impl Network {
    /// Reads an address and its mask. The bits behind the mask may be anything.
    pub(crate) fn parse(text: &str) -> Option<Network> {
        let (address, length) = text.split_once('/')?;
        if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Network::of(address.parse().ok()?, length.parse().ok()?)
    }

    /// The block of an address in which so many bits count.
    fn of(address: IpAddr, length: u8) -> Option<Network> {
        let (is_v6, bits, all): (bool, u128, u8) = match address {
            IpAddr::V4(address) => (false, u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (true, address.to_bits(), 128),
        };
        let behind = all.checked_sub(length)?;
        let kept = bits.checked_shr(behind.into()).unwrap_or(0);
        Some(Network { is_v6, length, bits: kept.checked_shl(behind.into()).unwrap_or(0) })
    }

    /// The length of the prefix, in bits.
    pub(crate) fn length(self) -> u8 {
        self.length
    }

    /// The block of so many bits that an address lies in; `None` for other text.
    pub(crate) fn around(text: &str, length: u8) -> Option<Network> {
        Network::of(text.parse().ok()?, length)
    }

    /// Returns true if a text is an address of the block.
    pub(crate) fn contains(self, text: &str) -> bool {
        Network::around(text, self.length) == Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lie_in_their_blocks() {
        for (block, address, expected) in [
            ("10.0.0.0/24", "10.0.0.255", true),
            ("10.0.0.0/24", "10.0.1.0", false),
            ("10.0.0.77/24", "10.0.0.1", true),
            ("0.0.0.0/0", "255.1.2.3", true),
            ("0.0.0.0/0", "::1", false),
            ("10.0.0.1/32", "10.0.0.1", true),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:0db8:0:0::5", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("::1/128", "::1", true),
            ("10.0.0.0/24", "10.0.0", false),
            ("10.0.0.0/24", "10.0.0.1/24", false),
        ] {
            assert_eq!(
                Network::parse(block).unwrap().contains(address),
                expected,
                "{block} {address}"
            );
        }
    }

    #[test]
    fn what_is_no_block_is_none() {
        for text in [
            "10.0.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "a/8",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "/",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
