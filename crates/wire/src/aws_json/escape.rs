//! Texts as JSON strings.

use crate::scan::is_plain;

/// How many bytes are looked at together.
const STRIDE: usize = 32;

/// Appends a text in quotes.
pub(super) fn quoted(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut written = 0;
    for (index, chunk) in bytes.chunks(STRIDE).enumerate() {
        if is_plain(chunk, is_special) {
            continue;
        }
        let start = index * STRIDE;
        out.extend_from_slice(&bytes[written..start]);
        escape(chunk, out);
        written = start + chunk.len();
    }
    out.extend_from_slice(&bytes[written..]);
    out.push(b'"');
}

fn is_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

/// What stands for each byte: itself, a letter after a backslash, or 0 for those that have no letter.
static SHORT: [u8; 256] = {
    let mut short = [0; 256];
    let mut byte = 0x20;
    while byte < 256 {
        short[byte] = byte as u8;
        byte += 1;
    }
    short[0x08] = b'b';
    short[0x09] = b't';
    short[0x0A] = b'n';
    short[0x0C] = b'f';
    short[0x0D] = b'r';
    short
};

/// Appends a few bytes of which some are special. JSON within JSON is full of quotes, in no order that
/// a processor could guess: so nothing here branches on them.
fn escape(chunk: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut buffer = [0; STRIDE * 6];
    let mut length = 0;
    for &byte in chunk {
        let short = SHORT[usize::from(byte)];
        if short == 0 {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            buffer[length..length + 4].copy_from_slice(b"\\u00");
            buffer[length + 4..length + 6].copy_from_slice(&digits);
            length += 6;
            continue;
        }
        buffer[length] = b'\\';
        length += usize::from(is_special(byte));
        buffer[length] = short;
        length += 1;
    }
    out.extend_from_slice(&buffer[..length]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        quoted(text, &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn what_json_does_not_allow_is_escaped_and_nothing_else() {
        assert_eq!(written("é/\u{7f}\u{2028}😀"), "\"é/\u{7f}\u{2028}😀\"");
        assert_eq!(written("\"\\\n\r\t\u{8}\u{c}\0\u{1f}"), r#""\"\\\n\r\t\b\f\u0000\u001f""#);
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(text in ".{0,100}", tail in "[a-z\"\\\\\n]{0,100}") {
            let text = text + &tail;
            let json = written(&text);
            let mut jiter = jiter::Jiter::new(json.as_bytes());
            prop_assert_eq!(jiter.next_str().expect("a string"), text);
        }
    }
}
