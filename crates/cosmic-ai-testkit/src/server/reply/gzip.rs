//! Packed bodies, and one that unpacks to far more than it is.

use std::io::Write as _;

use bytes::Bytes;
use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress};

/// How much one block of a bomb unpacks to.
const BLOCK: usize = 1024 * 1024;
/// A gzip head without name and time (RFC 1952, section 2.3).
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

pub(super) fn pack(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default().into()
}

/// Valid gzip of `{"text":"aaa…"}`. One block of it is packed once and repeated: a full flush makes it stand alone.
pub(super) fn bomb(unpacked_bytes: u64) -> Vec<Bytes> {
    let count = usize::try_from(unpacked_bytes).unwrap_or(usize::MAX) / BLOCK;
    let fill = vec![b'a'; BLOCK];
    let (start, end) = (br#"{"text":""#.as_slice(), br#""}"#.as_slice());

    let mut sum = Crc::new();
    sum.update(start);
    let mut sum_of_fill = Crc::new();
    sum_of_fill.update(&fill);
    for _ in 0..count {
        sum.combine(&sum_of_fill);
    }
    sum.update(end);

    let block = Bytes::from(deflate(&fill, FlushCompress::Full));
    let mut parts = vec![Bytes::copy_from_slice(&HEAD), deflate(start, FlushCompress::Full).into()];
    parts.extend(std::iter::repeat_n(block, count));
    parts.push(deflate(end, FlushCompress::Finish).into());
    parts.push([sum.sum().to_le_bytes(), sum.amount().to_le_bytes()].concat().into());
    parts
}

fn deflate(bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() / 500 + 1024);
    // Writing to memory that is large enough does not fail.
    let _ = Compress::new(Compression::best(), false).compress_vec(bytes, &mut packed, flush);
    packed
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_bomb_is_valid_gzip_and_a_thousandth_of_what_it_unpacks_to() {
        let packed = bomb(5 * BLOCK as u64).concat();
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, format!(r#"{{"text":"{}"}}"#, "a".repeat(5 * BLOCK)));
        assert!(packed.len() < unpacked.len() / 500, "{} bytes", packed.len());
    }
}
