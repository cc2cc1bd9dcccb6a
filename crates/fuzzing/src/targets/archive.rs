//! Archives.

use store::archive::{Reader, Writer};
use store::fjall::LIMITS;

/// Reads an archive. One that is whole has the very bytes that its entries are written as.
pub fn run(bytes: &[u8]) {
    let Ok(mut reader) = Reader::new(bytes, LIMITS) else { return };
    let mut writer = Writer::new();
    let mut again = Vec::new();
    loop {
        match reader.entry() {
            Ok(Some(entry)) => again.extend_from_slice(&writer.write(vec![entry])),
            Ok(None) => break,
            Err(error) => return assert!(!error.to_string().is_empty()),
        }
    }
    again.extend_from_slice(&writer.end());
    assert_eq!(again, bytes);
}
