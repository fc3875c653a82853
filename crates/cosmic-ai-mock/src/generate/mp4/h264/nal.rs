//! NAL units (7.3.1): the packets of an H.264 stream, and the Exp-Golomb numbers in them (9.1).

use crate::generate::bits::BitWriter;

/// What a NAL unit holds; with the importance (`nal_ref_idc`) in the upper bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// A slice of a picture that is predicted from the one before.
    Slice = 0x41,
    /// A slice of a picture that stands alone.
    IdrSlice = 0x65,
    SequenceParameters = 0x67,
    PictureParameters = 0x68,
}

/// Closes the payload with its stop bit and appends it to `out`, without start code; returns how many bytes it takes.
pub(super) fn pack(unit: Unit, mut payload: BitWriter, out: &mut Vec<u8>) -> usize {
    let start = out.len();
    payload.put(1, 1);
    let payload = payload.into_bytes();
    out.reserve(payload.len() + payload.len() / 64 + 8);
    out.push(unit as u8);
    escape(&payload, out);
    out.len() - start
}

/// Copies a payload, with an escape byte (3) wherever two zeros would be followed by a byte up to 3: otherwise it might
/// look like the start of another unit.
fn escape(payload: &[u8], out: &mut Vec<u8>) {
    const STEP: usize = 32;
    let mut zeros = 0;
    for step in payload.chunks(STEP) {
        // Nothing needs escaping among bytes without a zero, unless zeros came before.
        if zeros == 0 && !has_zero(step) {
            out.extend_from_slice(step);
            continue;
        }
        for &byte in step {
            if zeros >= 2 && byte <= 3 {
                out.push(3);
                zeros = 0;
            }
            out.push(byte);
            zeros = if byte == 0 { zeros + 1 } else { 0 };
        }
    }
}

/// Looks at all bytes without stopping early, which the compiler turns into a few wide instructions.
fn has_zero(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |zeros, &byte| zeros | u8::from(byte == 0)) != 0
}

/// An unsigned Exp-Golomb number.
pub(super) fn unsigned(bits: &mut BitWriter, value: u32) {
    let code = value.saturating_add(1);
    let length = code.ilog2();
    bits.put(0, length);
    bits.put(code, length + 1);
}

/// A signed Exp-Golomb number: 0, 1, -1, 2, -2 …
pub(super) fn signed(bits: &mut BitWriter, value: i32) {
    unsigned(bits, value.unsigned_abs() * 2 - u32::from(value > 0));
}

#[cfg(test)]
mod tests {
    use super::{BitWriter, escape, signed, unsigned};

    #[test]
    fn zeros_are_escaped_where_they_would_look_like_a_start_code() {
        let check = |payload: &[u8], expected: &[u8]| {
            let mut escaped = Vec::new();
            escape(payload, &mut escaped);
            assert_eq!(escaped, expected, "{payload:?}");
        };
        check(&[0, 0, 1], &[0, 0, 3, 1]);
        check(&[0, 0, 3], &[0, 0, 3, 3]);
        check(&[0, 0, 4], &[0, 0, 4]);
        check(&[0, 0, 0, 0, 0], &[0, 0, 3, 0, 0, 3, 0]);
        check(&[1, 0, 1, 0, 0x80], &[1, 0, 1, 0, 0x80]);
        // Zeros on both sides of a step.
        let mut payload = [9; 36];
        payload[31..34].copy_from_slice(&[0, 0, 2]);
        let mut escaped = Vec::new();
        escape(&payload, &mut escaped);
        assert_eq!(escaped[31..35], [0, 0, 3, 2]);
        assert_eq!(escaped.len(), 37);
    }

    #[test]
    fn exp_golomb_numbers_match_the_tables() {
        let coded = |write: &dyn Fn(&mut BitWriter)| {
            let mut bits = BitWriter::default();
            write(&mut bits);
            (bits.bit_len(), bits.into_bytes()[0])
        };
        assert_eq!(coded(&|bits| unsigned(bits, 0)), (1, 0b1000_0000));
        assert_eq!(coded(&|bits| unsigned(bits, 1)), (3, 0b0100_0000));
        assert_eq!(coded(&|bits| unsigned(bits, 7)), (7, 0b0001_0000));
        assert_eq!(coded(&|bits| signed(bits, 0)), (1, 0b1000_0000));
        assert_eq!(coded(&|bits| signed(bits, 1)), (3, 0b0100_0000));
        assert_eq!(coded(&|bits| signed(bits, -1)), (3, 0b0110_0000));
        assert_eq!(coded(&|bits| signed(bits, 2)), (5, 0b0010_0000));
    }
}
