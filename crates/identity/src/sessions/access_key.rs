//! Ids of temporary access keys: `ASIA` and sixteen digits, which name the account, as AWS's do.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>

use base::{AccountId, Random};

const PREFIX: &str = "ASIA";
const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// An account takes 40 bits, and as many are drawn.
const LENGTH: u32 = 16;

/// Draws one for an account.
pub(super) fn draw(random: &Random, account: AccountId) -> String {
    let account: u128 = account.as_str().parse().unwrap_or_default();
    let [a, b, c, d, e] = random.bytes();
    let drawn = u128::from(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]));
    let number = account << 40 | drawn;
    let digit = |index| DIGITS[(number >> (5 * (LENGTH - 1 - index)) & 31) as usize];
    PREFIX.chars().chain((0..LENGTH).map(|index| char::from(digit(index)))).collect()
}

/// The account that one names.
pub(super) fn account(access_key: &str) -> Option<AccountId> {
    let digits = access_key.strip_prefix(PREFIX).filter(|rest| rest.len() == LENGTH as usize)?;
    let number = digits.bytes().try_fold(0_u128, |number, byte| {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        Some(number << 5 | digit as u128)
    })?;
    format!("{:012}", number >> 40).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_account() {
        let random = Random::seeded(1);
        for number in ["000000000000", "123456789012", "999999999999"] {
            let number: AccountId = number.parse().unwrap();
            let id = draw(&random, number);
            assert_eq!(id.len(), 20);
            assert_eq!(account(&id), Some(number));
            assert_ne!(id, draw(&random, number));
        }
    }

    #[test]
    fn what_is_no_such_id_names_none() {
        for id in
            ["", "ASIA", "AKIAIOSFODNN7EXAMPLE", "ASIA1111111111111111", "ASIA7777777777777777"]
        {
            assert_eq!(account(id), None, "{id}");
        }
    }
}
