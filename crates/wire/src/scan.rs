//! Looking for bytes that cannot stand for themselves.

/// How many bytes are looked at together.
const STRIDE: usize = 32;

/// Whether no byte is special. There is no way out of the loop half-way, so that compilers make a few
/// vector instructions of it.
pub(crate) fn is_plain(chunk: &[u8], special: impl Fn(u8) -> bool) -> bool {
    !chunk.iter().fold(false, |found, &byte| found | special(byte))
}

/// Where the first special byte is.
pub(crate) fn position(bytes: &[u8], special: impl Fn(u8) -> bool) -> Option<usize> {
    let skipped = bytes.chunks(STRIDE).take_while(|chunk| is_plain(chunk, &special)).count();
    let start = skipped * STRIDE;
    let found = bytes.get(start..)?.iter().position(|&byte| special(byte))?;
    Some(start + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_special_byte_is_found_wherever_it_is() {
        for length in [1, 31, 32, 33, 64, 100] {
            assert_eq!(position(&vec![b'a'; length], |byte| byte == b'!'), None);
            for at in 0..length {
                let mut bytes = vec![b'a'; length];
                bytes[at] = b'!';
                bytes[length - 1] = b'!';
                assert_eq!(position(&bytes, |byte| byte == b'!'), Some(at));
            }
        }
        assert_eq!(position(b"", |_| true), None);
    }
}
