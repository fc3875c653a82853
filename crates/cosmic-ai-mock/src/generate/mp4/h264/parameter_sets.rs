//! What a decoder must know before the first picture: SPS (7.3.2.1), PPS (7.3.2.2), and both in an `avcC` record.

use super::Size;
use super::nal::{Unit, pack, signed, unsigned};
use crate::generate::bits::BitWriter;
use crate::generate::mp4::FRAMES_PER_SECOND;

/// The quantiser of every macroblock. At 28 a lone luma coefficient of `n` is exactly `n` steps of brightness.
const QUANTISER: i32 = 28;
/// At 22, six below, the same holds for a lone chroma coefficient.
const CHROMA_QUANTISER_OFFSET: i32 = -6;

const BASELINE: u8 = 66;
/// Promises that the stream also obeys the constraints of the main profile: "constrained baseline".
const CONSTRAINED: u8 = 0xc0;

/// Bits of the picture counter in slice headers.
pub(super) const FRAME_NUMBER_BITS: u32 = 4;

/// The `avcC` record (ISO 14496-15, 5.2.4.1).
pub(in crate::generate::mp4) fn decoder_configuration(size: Size) -> Vec<u8> {
    let mut record = vec![1, BASELINE, CONSTRAINED, level(size)];
    record.push(0b1111_1100 | 3); // sizes of NAL units have four bytes
    for (count, set) in [(0b1110_0000 | 1, sequence(size)), (1, picture())] {
        record.push(count);
        record.extend_from_slice(&u16::try_from(set.len()).unwrap_or(u16::MAX).to_be_bytes());
        record.extend_from_slice(&set);
    }
    record
}

/// The lowest level (table A-1, times ten) that allows this size at 24 pictures a second.
fn level(size: Size) -> u8 {
    /// Level, macroblocks in a picture, macroblocks a second.
    const LEVELS: [(u8, u32, u32); 10] = [
        (10, 99, 1_485),
        (13, 396, 11_880),
        (21, 792, 19_800),
        (22, 1_620, 20_250),
        (30, 1_620, 40_500),
        (31, 3_600, 108_000),
        (32, 5_120, 216_000),
        (40, 8_192, 245_760),
        (50, 22_080, 589_824),
        (51, 36_864, 983_040),
    ];
    let blocks = size.columns() * size.rows();
    // No side may be longer than the square root of eight times the picture.
    let longest = size.columns().max(size.rows());
    let fits = |&&(_, most, per_second): &&(u8, u32, u32)| {
        blocks <= most && blocks * FRAMES_PER_SECOND <= per_second && longest * longest <= 8 * most
    };
    LEVELS.iter().find(fits).map_or(52, |&(level, ..)| level)
}

fn packed(unit: Unit, bits: BitWriter) -> Vec<u8> {
    let mut set = Vec::new();
    pack(unit, bits, &mut set);
    set
}

fn sequence(size: Size) -> Vec<u8> {
    let mut bits = BitWriter::with_capacity(48);
    for byte in [BASELINE, CONSTRAINED, level(size)] {
        bits.put(byte.into(), 8);
    }
    unsigned(&mut bits, 0); // number of this set
    unsigned(&mut bits, FRAME_NUMBER_BITS - 4);
    unsigned(&mut bits, 2); // pictures are shown in the order in which they are coded
    unsigned(&mut bits, 1); // pictures kept for prediction
    bits.flag(false); // no gaps in the picture counter
    unsigned(&mut bits, size.columns() - 1);
    unsigned(&mut bits, size.rows() - 1);
    bits.flag(true); // no interlacing
    bits.flag(true); // direct_8x8_inference, for B slices
    // What whole macroblocks add on the right and below is cropped, in units of two pixels.
    let [right, bottom] = [size.columns() * 16 - size.width, size.rows() * 16 - size.height];
    bits.flag(right + bottom > 0);
    if right + bottom > 0 {
        for crop in [0, right / 2, 0, bottom / 2] {
            unsigned(&mut bits, crop);
        }
    }
    bits.flag(true);
    usability(&mut bits);
    packed(Unit::SequenceParameters, bits)
}

/// The "video usability information" (annex E): colours, timing, and that no picture waits for another.
fn usability(bits: &mut BitWriter) {
    const BT_709: u32 = 1;
    bits.put(0b00, 2); // no pixel shape, no overscan
    bits.flag(true); // video signal
    bits.put(5, 3); // of no particular format
    bits.flag(false); // luma from 16 to 235
    bits.flag(true); // colours
    for _ in ["primaries", "transfer", "matrix"] {
        bits.put(BT_709, 8);
    }
    bits.flag(false); // usual place of chroma samples
    bits.flag(true); // timing: a tick is half a picture
    bits.put(1, 32);
    bits.put(2 * FRAMES_PER_SECOND, 32);
    bits.flag(true); // constant rate
    bits.put(0b000, 3); // no buffer models, no picture structure
    bits.flag(true); // restrictions
    bits.flag(true); // motion may point outside
    for limit in [0, 0, 16, 16, 0, 1] {
        // Bytes and bits unlimited, vectors as the level allows, no reordering, one picture buffered.
        unsigned(bits, limit);
    }
}

fn picture() -> Vec<u8> {
    let mut bits = BitWriter::with_capacity(8);
    unsigned(&mut bits, 0); // number of this set
    unsigned(&mut bits, 0); // belongs to that sequence
    bits.put(0b00, 2); // CAVLC; no field order
    unsigned(&mut bits, 0); // one slice group
    unsigned(&mut bits, 0); // one reference picture
    unsigned(&mut bits, 0);
    bits.put(0b000, 3); // no weighted prediction
    signed(&mut bits, QUANTISER - 26);
    signed(&mut bits, 0);
    signed(&mut bits, CHROMA_QUANTISER_OFFSET);
    bits.flag(true); // slices switch the deblocking filter off
    bits.flag(false); // intra prediction from any neighbour
    bits.flag(false); // no redundant pictures
    packed(Unit::PictureParameters, bits)
}

#[cfg(test)]
mod tests {
    use super::{Size, decoder_configuration, level};

    #[test]
    fn levels_fit_the_size() {
        let check = |width, height, expected| assert_eq!(level(Size { width, height }), expected, "{width}x{height}");
        check(176, 144, 13);
        check(854, 480, 30);
        check(1280, 720, 31);
        check(1920, 1080, 40);
        check(1080, 1920, 40);
        check(4096, 2304, 51);
        check(4096, 16, 40);
    }

    #[test]
    fn configuration_names_profile_and_level() {
        let record = decoder_configuration(Size { width: 1920, height: 1080 });
        assert_eq!(record[..6], [1, 66, 0xc0, 40, 0xff, 0xe1]);
        assert_eq!(record[8], 0x67);
    }
}
