//! Messages that can be told apart, and whose every byte is known.

/// Which message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Token(pub(super) u64);

const DIGITS: usize = 16;
const ORDINARY: u64 = 2 * 1024;
const LARGE: u64 = 200 * 1024;
const LARGE_ONE_IN: u64 = 64;

/// Its body: the token, then text that follows from it, mostly short and now and then large.
pub(super) fn body(token: Token) -> String {
    let mixed = mix(token.0);
    let longest = if mixed.is_multiple_of(LARGE_ONE_IN) { LARGE } else { ORDINARY };
    let length = DIGITS as u64 + (mixed >> 32) % longest;
    let mut body = format!("{:016x}", token.0);
    let mut word = mixed;
    while (body.len() as u64) < length {
        word = mix(word);
        body += &format!("{word:016x}");
    }
    body
}

/// Which message has this body; none unless it is the same to the last byte.
pub(super) fn read(text: &str) -> Option<Token> {
    let token = Token(u64::from_str_radix(text.get(..DIGITS)?, 16).ok()?);
    (text == body(token)).then_some(token)
}

/// SplitMix64: spreads neighbouring numbers far apart.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_tells_which_message_it_is() {
        for number in [0, 1, 63, 64, 65, 1_000_003] {
            assert_eq!(read(&body(Token(number))), Some(Token(number)));
        }
    }

    #[test]
    fn one_changed_byte_is_noticed() {
        let mut text = body(Token(7));
        text.replace_range(40..41, "z");
        assert_eq!(read(&text), None);
        assert_eq!(read(""), None);
        assert_eq!(read(&body(Token(7))[..20]), None);
    }

    #[test]
    fn some_bodies_are_large() {
        let longest = (0..1_000).map(|number| body(Token(number)).len()).max();
        assert!(longest > Some(100 * 1024), "{longest:?}");
    }
}
