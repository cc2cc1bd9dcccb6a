//! Message bodies.

/// Letters that need no escaping in JSON.
const LETTERS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/// A text of `length` letters, another for each seed, always the same for one: a server that
/// compresses what it stores finds no repetition.
pub(crate) fn text(seed: u64, length: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(LETTERS[(state >> 58) as usize])
    };
    (0..length).map(|_| letter()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_length_and_differ() {
        assert_eq!(text(1, 1024).len(), 1024);
        assert_ne!(text(1, 1024), text(2, 1024));
        assert_eq!(text(3, 64), text(3, 64));
    }
}
