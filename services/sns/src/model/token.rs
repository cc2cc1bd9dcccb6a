//! Confirmation tokens: what the owner of an endpoint shows to confirm a subscription.
//!
//! A token names its subscription, sealed with a secret that the topic drew when it was created: it cannot
//! be guessed, it needs no row, and it dies with its topic. How long it counts is the subscription's affair.
//! <https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html>

use base::Incarnation;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::ids::SubscriptionId;

/// A topic's seal.
pub(crate) type Secret = [u8; 32];

const SEAL: usize = 32;

/// The token of a subscription: hexadecimal, like AWS's.
pub(crate) fn seal(topic: &Incarnation, secret: &Secret, id: SubscriptionId) -> String {
    let mac = mac(topic, secret, id).finalize().into_bytes();
    let bytes = id.as_bytes().iter().chain(mac.iter().take(SEAL));
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// The subscription that a token of this topic was given for.
pub(crate) fn open(token: &str, topic: &Incarnation, secret: &Secret) -> Option<SubscriptionId> {
    let bytes = from_hex(token)?;
    let (id, seal) = bytes.split_first_chunk::<16>()?;
    let id = SubscriptionId::from_bytes(*id);
    if seal.len() != SEAL {
        return None;
    }
    mac(topic, secret, id).verify_truncated_left(seal).ok()?;
    Some(id)
}

fn mac(topic: &Incarnation, secret: &Secret, id: SubscriptionId) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length will do");
    mac.update(topic.as_bytes());
    mac.update(id.as_bytes());
    mac
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: &u8| char::from(*c).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOPIC: Incarnation = Incarnation::from_bytes([1; 16]);
    const SECRET: Secret = [2; 32];

    #[test]
    fn a_token_opens_for_its_topic_only_and_only_as_it_was_given() {
        let id = SubscriptionId::from_bytes([3; 16]);
        let token = seal(&TOPIC, &SECRET, id);
        assert_eq!(open(&token, &TOPIC, &SECRET), Some(id));
        assert_eq!(open(&token, &Incarnation::from_bytes([4; 16]), &SECRET), None);
        assert_eq!(open(&token, &TOPIC, &[5; 32]), None);
        assert_eq!(open(&token[2..], &TOPIC, &SECRET), None);
        assert_eq!(open(&token.replacen('0', "1", 1), &TOPIC, &SECRET), None);
    }

    proptest! {
        #[test]
        fn no_other_text_opens(text: String) {
            prop_assert_eq!(open(&text, &TOPIC, &SECRET), None);
        }
    }
}
