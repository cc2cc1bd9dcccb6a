//! Compressed request bodies.
//!
//! SDKs compress large requests with gzip and nothing else.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html>

use std::io::Read;

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use hyper::header::{CONTENT_ENCODING, HeaderMap};

use crate::refusal::Refusal;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As it is.
    Plain,
    /// With gzip.
    Gzip,
}

/// What the headers say. `amz-1.0` is what older SDKs send with JSON; it does not change the body.
pub(crate) fn encoding(headers: &HeaderMap) -> Result<Encoding, Refusal> {
    let Some(value) = headers.get(CONTENT_ENCODING) else { return Ok(Encoding::Plain) };
    let is = |name: &str| value.as_bytes().eq_ignore_ascii_case(name.as_bytes());
    if is("gzip") {
        Ok(Encoding::Gzip)
    } else if is("identity") || is("amz-1.0") || value.is_empty() {
        Ok(Encoding::Plain)
    } else {
        Err(Refusal::UnknownEncoding)
    }
}

/// Decompresses, and stops as soon as the result would be longer than `most`.
pub(crate) fn decompress(body: &[u8], most: usize) -> Result<Bytes, Refusal> {
    let mut plain = Vec::with_capacity(most.min(body.len().saturating_mul(4)));
    let reader = MultiGzDecoder::new(body);
    let longest = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(longest).read_to_end(&mut plain).map_err(|_| Refusal::NotGzip)?;
    if plain.len() > most { Err(Refusal::BodyTooLarge) } else { Ok(plain.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::bufread::GzEncoder;
    use proptest::arbitrary::any;
    use proptest::collection::vec;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        GzEncoder::new(plain, Compression::best()).read_to_end(&mut packed).expect("in memory");
        packed
    }

    #[test]
    fn what_was_compressed_comes_back_up_to_the_limit() {
        let packed = gzip(b"hello");
        assert_eq!(decompress(&packed, 5), Ok(Bytes::from_static(b"hello")));
        assert_eq!(decompress(&packed, 4), Err(Refusal::BodyTooLarge));
    }

    #[test]
    fn a_bomb_is_refused_without_being_unpacked() {
        let bomb = gzip(&vec![0; 8 << 20]);
        assert!(bomb.len() < 16 * 1024);
        assert_eq!(decompress(&bomb, 64 * 1024), Err(Refusal::BodyTooLarge));
    }

    proptest::proptest! {
        #[test]
        fn changed_bytes_never_become_more_than_the_limit(
            plain in vec(0..3u8, 0..4096),
            changes in vec((any::<usize>(), any::<u8>()), 0..4),
        ) {
            let mut packed = gzip(&plain);
            for (place, byte) in changes {
                let place = place % packed.len();
                packed[place] = byte;
            }
            let unpacked = decompress(&packed, 64);
            proptest::prop_assert!(unpacked.is_err() || unpacked.is_ok_and(|plain| plain.len() <= 64));
        }
    }

    #[test]
    fn what_is_not_gzip_is_refused() {
        let mut cut = gzip(b"hello");
        cut.truncate(12);
        assert_eq!(decompress(&cut, 100), Err(Refusal::NotGzip));
        assert_eq!(decompress(b"hello", 100), Err(Refusal::NotGzip));
    }

    #[test]
    fn only_gzip_and_encodings_that_change_nothing_are_known() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, hyper::header::HeaderValue::from_static(text));
            encoding(&headers)
        };
        assert_eq!(encoding(&HeaderMap::new()), Ok(Encoding::Plain));
        assert_eq!(of("GZIP"), Ok(Encoding::Gzip));
        assert_eq!(of("amz-1.0"), Ok(Encoding::Plain));
        assert_eq!(of("deflate"), Err(Refusal::UnknownEncoding));
        assert_eq!(of("gzip, gzip"), Err(Refusal::UnknownEncoding));
    }
}
